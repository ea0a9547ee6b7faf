"""Where no keyring is used: nothing is kept, and that is said."""

from spark_desktop.domain.errors import SecretStoreError
from spark_desktop.domain.secret import Secret
from spark_desktop.domain.words import say


class NoKeyring:
    """Implements the SecretStore port; keys come from the environment or from this session."""

    async def read(self, endpoint_id: str) -> Secret | None:
        """Return None: nothing is kept."""
        return None

    async def keep(self, endpoint_id: str, key: Secret) -> None:
        """Raise SecretStoreError: keys are never written elsewhere."""
        raise SecretStoreError(
            say("There is no keyring to keep the key in."),
            say("Use it for this session only, or name an environment variable that holds it."),
        )

    async def forget(self, endpoint_id: str) -> None:
        """Do nothing: nothing is kept."""
