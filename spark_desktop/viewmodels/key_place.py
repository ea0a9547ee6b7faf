"""Where an endpoint's key is, and where one can be kept, in words."""

from collections.abc import Callable
from dataclasses import dataclass

from spark_desktop.domain.endpoints import EndpointSpec
from spark_desktop.domain.errors import SecretStoreError
from spark_desktop.services.keys import KeySource
from spark_desktop.viewmodels.endpoint_draft import KeyPlace
from spark_desktop.viewmodels.endpoint_ports import DeskServices
from spark_desktop.viewmodels.translation import in_language, tr


@dataclass(frozen=True, slots=True)
class KeyLook:
    """What a look for a key found.

    ``source`` is where it is, None for nowhere; ``places`` are where one can be kept, ``keyring``
    is what the keyring calls itself, and ``problem`` why there is none, with what was looked for.
    """

    source: KeySource | None
    places: tuple[KeyPlace, ...] = tuple(KeyPlace)
    keyring: str = ""
    problem: str = ""

    @property
    def text(self) -> str:
        """Return where the key is; empty where there is none."""
        return "" if self.source is None else _SOURCES[self.source]()


async def look_for_key(services: DeskServices, spec: EndpointSpec) -> KeyLook:
    """Return where the endpoint's key is, and where one can be kept; never raises."""
    keyring = ""
    try:
        if services.keyring_name is not None:
            keyring = await services.keyring_name()
        found = await services.endpoints.keys.find(spec)
    except SecretStoreError as error:
        named = services.endpoints.keys.is_named(spec.key_env)
        return KeyLook(
            KeySource.ENVIRONMENT if named else None,
            (KeyPlace.SESSION, KeyPlace.ENVIRONMENT),
            problem=in_language(error.told),
        )
    return KeyLook(None if found is None else found[1], keyring=keyring)


def place_text(place: KeyPlace, look: KeyLook | None) -> str:
    """Return what a place for a key is called."""
    match place:
        case KeyPlace.KEYRING if look is not None and look.keyring:
            return tr("Keyring: {name}", name=look.keyring)
        case KeyPlace.KEYRING:
            return tr("The system's keyring")
        case KeyPlace.SESSION:
            return tr("Nowhere: this session only")
        case KeyPlace.ENVIRONMENT:
            return tr("An environment variable")


def variable_text(name: str, is_set: bool) -> str:
    """Return whether an environment variable holds a key; empty for no name."""
    if not name.strip():
        return ""
    if is_set:
        return tr("{name} is set.", name=name.strip())
    return tr(
        "{name} is not set. Set it where Spark is started, and start Spark again.",
        name=name.strip(),
    )


_SOURCES: dict[KeySource, Callable[[], str]] = {
    KeySource.KEYRING: lambda: tr("A key is in the keyring. Leave this empty to keep it."),
    KeySource.SESSION: lambda: tr("A key is held for this session. Leave this empty to keep it."),
    KeySource.ENVIRONMENT: lambda: tr("The key comes from the environment."),
}
