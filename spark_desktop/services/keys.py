"""Where the key of an endpoint comes from: this session, the keyring, or the environment."""

from collections.abc import Mapping
from enum import Enum

from spark_desktop.domain.endpoints import AuthKind, EndpointSpec
from spark_desktop.domain.errors import AccessRefusedError, SecretStoreError
from spark_desktop.domain.secret import Secret
from spark_desktop.domain.words import Said, say
from spark_desktop.services.ports import SecretStore


class KeySource(Enum):
    """Where a key was found."""

    SESSION = "session"
    KEYRING = "keyring"
    ENVIRONMENT = "environment"


class Keys:
    """One for the program; keys of this session are forgotten when it ends."""

    def __init__(self, store: SecretStore, environment: Mapping[str, str]) -> None:
        self._store = store
        self._environment = environment
        self._session: dict[str, Secret] = {}

    async def find(self, spec: EndpointSpec) -> tuple[Secret, KeySource] | None:
        """Return the endpoint's key and where it was; None where there is none.

        Raises SecretStoreError where the keyring cannot be read and nothing else has it.
        """
        held = self._session.get(spec.id)
        if held is not None:
            return held, KeySource.SESSION
        named = self._environment.get(spec.key_env, "") if spec.key_env else ""
        try:
            kept = await self._store.read(spec.id)
        except SecretStoreError:
            if not named:
                raise
            kept = None
        if kept is not None:
            return kept, KeySource.KEYRING
        return (Secret(named), KeySource.ENVIRONMENT) if named else None

    def is_named(self, variable: str) -> bool:
        """Return whether an environment variable holds something."""
        return bool(self._environment.get(variable, ""))

    async def require(self, spec: EndpointSpec) -> Secret | None:
        """Return the key to send, None where the endpoint wants none.

        Raises AccessRefusedError where it wants one and there is none, SecretStoreError.
        """
        if spec.auth is AuthKind.NONE:
            return None
        found = await self.find(spec)
        if found is not None:
            return found[0]
        raise AccessRefusedError(_no_key(spec), say("Enter it in the settings, under Endpoints."))

    async def keep(self, endpoint_id: str, key: Secret) -> None:
        """Keep a key in the keyring. Raises SecretStoreError, with nothing written."""
        await self._store.keep(endpoint_id, key)
        self._session.pop(endpoint_id, None)

    def keep_for_session(self, endpoint_id: str, key: Secret) -> None:
        """Keep a key in memory until the program ends."""
        self._session[endpoint_id] = key

    async def forget(self, endpoint_id: str) -> None:
        """Forget a key, in the keyring as well. Raises SecretStoreError."""
        self._session.pop(endpoint_id, None)
        await self._store.forget(endpoint_id)


def _no_key(spec: EndpointSpec) -> Said:
    if not spec.key_env:
        return say("There is no key for {title} in the keyring.", title=spec.title)
    return say(
        "There is no key for {title}, neither in the keyring nor in {variable}.",
        title=spec.title,
        variable=spec.key_env,
    )
