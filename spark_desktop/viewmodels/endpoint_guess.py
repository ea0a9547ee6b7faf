"""What follows from what was typed about an endpoint: its preset, its protocol, its name."""

from collections.abc import Mapping
from dataclasses import replace

from spark_desktop.domain.endpoint_address import Address, read_address
from spark_desktop.domain.endpoint_book import EndpointBook
from spark_desktop.domain.endpoints import AuthKind, EndpointSpec, WireProtocol
from spark_desktop.domain.errors import RouteError
from spark_desktop.domain.hosts import is_loopback
from spark_desktop.domain.presets import Preset, preset_of
from spark_desktop.viewmodels.endpoint_draft import Draft, draft_of


def of_preset(draft: Draft, preset: Preset | None, book: EndpointBook) -> Draft:
    """Return a draft made from a preset, None for a server of one's own; a typed key stays."""
    base = EndpointSpec("", "", "") if preset is None else preset.spec
    base = replace(base, id="", preset="" if preset is None else preset.spec.id)
    made = draft_of(base)
    return replace(
        made,
        fields={} if preset is None else {one.name: "" for one in preset.fields},
        title=free_title(base.title, book),
        key=draft.key,
        key_place=draft.key_place,
        wanted_for=draft.wanted_for,
    )


def with_field(draft: Draft, preset: Preset | None, name: str, text: str) -> Draft:
    """Return the draft with a word that the preset's address lacks, written into the address."""
    fields, url = {**draft.fields, name: text}, draft.url
    if preset is not None:
        try:
            url = preset.filled(fields).url
        except RouteError:
            url = preset.spec.url
    return replace(draft, fields=fields, url=url)


def preset_at(url: str, presets: Mapping[str, Preset]) -> Preset | None:
    """Return the preset whose address, or at least whose host, a typed address has."""
    try:
        address = read_address(url)
    except RouteError:
        return None
    found = preset_of(address.likely.url, presets)
    if found is None and address.is_bare:
        start = f"https://{address.host}/"
        found = next((one for one in presets.values() if one.spec.url.startswith(start)), None)
    # Where words are lacking, the address is being filled in, or written by hand.
    return None if found is None or found.fields else found


def own_server(draft: Draft, address: Address, book: EndpointBook, *, fixed: bool) -> Draft:
    """Return the draft of a server of one's own with what its address tells.

    ``fixed``: the user has chosen the protocol.
    """
    auth = AuthKind.NONE if is_loopback(address.host) and not draft.key else AuthKind.BEARER
    title = draft.title
    if not title or title == draft.guessed:
        title = free_title(address.likely.title, book)
        draft = replace(draft, guessed=title)
    draft = replace(draft, title=title)
    return draft if fixed else speaking(draft, replace(address.likely, auth=auth))


def speaking(draft: Draft, spec: EndpointSpec) -> Draft:
    """Return the draft with how an endpoint at its address is spoken to."""
    auth = spec.auth
    if auth is AuthKind.BEARER and spec.protocol is WireProtocol.ANTHROPIC:
        auth = AuthKind.HEADER
    return replace(
        draft,
        protocol=spec.protocol,
        auth=auth,
        auth_header=spec.auth_header,
        base=replace(draft.base, headers=spec.headers),
    )


def free_title(title: str, book: EndpointBook) -> str:
    """Return the title, or with a number behind it where an endpoint has it already."""
    taken = {spec.title.casefold() for spec in book.specs}
    number, free = 1, title
    while free and free.casefold() in taken:
        number += 1
        free = f"{title} {number}"
    return free
