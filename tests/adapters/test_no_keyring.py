"""Without a keyring nothing is kept, and that is said."""

import pytest

from spark_desktop.adapters.no_keyring import NoKeyring
from spark_desktop.domain.errors import SecretStoreError
from spark_desktop.domain.secret import Secret


async def test_nothing_is_kept_and_the_next_step_is_named():
    store = NoKeyring()
    with pytest.raises(SecretStoreError, match="this session only"):
        await store.keep("fast", Secret("key"))
    assert await store.read("fast") is None
    await store.forget("fast")
