"""Keeps an edited endpoint and its key, each where it belongs."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

from spark_desktop.domain.connection_check import CheckReport
from spark_desktop.domain.endpoints import AuthKind, EndpointSpec
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.secret import Secret
from spark_desktop.viewmodels.endpoint_draft import (
    Draft,
    KeyPlace,
    cleaned_key,
    id_of,
    spec_of_draft,
)
from spark_desktop.viewmodels.endpoint_order import added
from spark_desktop.viewmodels.endpoint_ports import DeskServices
from spark_desktop.viewmodels.translation import in_language


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept; ``told`` is what the user should know of it."""

    spec: EndpointSpec
    told: str = ""


async def keep(services: DeskServices, draft: Draft, *, is_new: bool) -> Kept:
    """Keep the key first, then the endpoint, which is in use at once.

    Raises SecretStoreError, with nothing changed. Where the endpoints' file cannot be written,
    that is told: they hold until the program ends.
    """
    endpoints = services.endpoints
    endpoint_id = draft.base.id or id_of(draft.base.preset or draft.title, endpoints.book)
    spec = spec_of_draft(draft, endpoint_id)
    key = "" if draft.auth is AuthKind.NONE else cleaned_key(draft.key)
    if key and draft.key_place is KeyPlace.KEYRING:
        await endpoints.keys.keep(endpoint_id, Secret(key))
    elif key and draft.key_place is KeyPlace.SESSION:
        endpoints.keys.keep_for_session(endpoint_id, Secret(key))
    wanted = draft.wanted_for if is_new else frozenset()
    try:
        told = await endpoints.change(added(endpoints.book, spec, wanted))
    except StoreError as error:
        told = error.told
    if key:
        await endpoints.key_changed(endpoint_id)
    return Kept(spec, "" if told is None else in_language(told))


async def checked(services: DeskServices, draft: Draft) -> AsyncGenerator[CheckReport, None]:
    """Test what is typed, with the key that is typed or kept. Raises SparkError."""
    spec = spec_of_draft(draft, draft.base.id or "new")
    async for report in services.test.run(spec, await typed_key(services, draft)):
        yield report


async def typed_key(services: DeskServices, draft: Draft) -> Secret | None:
    """Return the key that is typed, else the one that is kept. Raises SecretStoreError."""
    typed = cleaned_key(draft.key)
    if draft.auth is AuthKind.NONE:
        return None
    if typed and draft.key_place is not KeyPlace.ENVIRONMENT:
        return Secret(typed)
    # Nothing is kept under an id that no endpoint has.
    id_ = draft.base.id or services.endpoints.book.free_id("new")
    asked = replace(draft.base, id=id_, key_env=draft.key_env)
    found = await services.endpoints.keys.find(asked)
    return None if found is None else found[0]
