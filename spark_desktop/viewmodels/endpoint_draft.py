"""What is typed about an endpoint before it is saved: what is wrong with it, what comes of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from spark_desktop.domain.endpoint_address import Address, read_address, url_for
from spark_desktop.domain.endpoint_book import EndpointBook
from spark_desktop.domain.endpoints import (
    AuthKind,
    EndpointSpec,
    RemoteModel,
    Route,
    WireProtocol,
    WorkKind,
)
from spark_desktop.domain.errors import RouteError
from spark_desktop.domain.presets import Preset
from spark_desktop.viewmodels.endpoint_words import local_title
from spark_desktop.viewmodels.translation import in_language, tr

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
# SOCKS is not spoken.
_PROXY = re.compile(r"https?://[^\s/]+/?", re.IGNORECASE)
_NO_ID = re.compile(r"[^a-z0-9]+")
_BEARER = re.compile(r"bearer\s+", re.IGNORECASE)


class KeyPlace(Enum):
    """Where a key comes from."""

    KEYRING = "keyring"
    SESSION = "session"
    ENVIRONMENT = "environment"


class Part(Enum):
    """What of an endpoint can be wrong, as it stands in a form; a view shows the error there."""

    FIELDS = "fields"
    URL = "url"
    PLAIN_HTTP = "plain-http"
    TITLE = "title"
    KEY = "key"
    VARIABLE = "variable"
    MODEL = "model"
    AUTH = "auth"
    PROXY = "proxy"
    CERTIFICATE = "certificate"


# What is not needed to ask a server which models it has.
_LATER = (Part.TITLE, Part.MODEL)


@dataclass(frozen=True, slots=True)
class Draft:
    """Texts as they were typed. ``fields`` are the words that a preset's address lacks.

    ``base`` is what this is made from, ``wanted_for`` the kinds of work that it is to be asked
    first for; both matter when it is saved. ``guessed`` is a title that nobody typed.
    """

    base: EndpointSpec = field(default_factory=lambda: EndpointSpec("", "", ""))
    title: str = ""
    url: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    protocol: WireProtocol = WireProtocol.CHAT
    auth: AuthKind = AuthKind.BEARER
    auth_header: str = "Authorization"
    key: str = field(default="", repr=False)
    key_place: KeyPlace = KeyPlace.KEYRING
    variable: str = ""
    model: str = ""
    models: tuple[RemoteModel, ...] = ()
    route: Route = field(default_factory=Route)
    wanted_for: frozenset[WorkKind] = frozenset()
    guessed: str = ""

    @property
    def address(self) -> Address | None:
        """Return where it is; None while that cannot be read."""
        try:
            return read_address(self.url)
        except RouteError:
            return None

    @property
    def key_env(self) -> str:
        """Return the environment variable that may hold the key, "" for none."""
        if self.key_place is KeyPlace.ENVIRONMENT:
            return self.variable.strip()
        # What its preset, or its file, names goes on to count where the keyring has none.
        return self.base.key_env

    @property
    def needs_consent(self) -> bool:
        """Return whether another machine would be spoken to without encryption."""
        address = self.address
        return address is not None and address.is_open


def draft_of(spec: EndpointSpec) -> Draft:
    """Return what is typed in order to change an endpoint."""
    return Draft(
        base=spec,
        title=spec.title,
        url=spec.url,
        protocol=spec.protocol,
        auth=spec.auth,
        auth_header=spec.auth_header,
        variable=spec.key_env,
        model=spec.model,
        models=spec.models,
        route=spec.route,
    )


def spec_of_draft(draft: Draft, endpoint_id: str) -> EndpointSpec:
    """Return the endpoint. Raises RouteError where its address cannot be read."""
    return replace(
        draft.base,
        id=endpoint_id,
        title=draft.title.strip(),
        url=url_for(draft.url, draft.protocol),
        protocol=draft.protocol,
        auth=draft.auth,
        auth_header=draft.auth_header.strip() or "Authorization",
        key_env=draft.key_env,
        model=draft.model.strip(),
        models=draft.models,
        route=replace(
            draft.route,
            proxy=draft.route.proxy.strip(),
            ca_file=draft.route.ca_file.strip(),
            client_certificate=draft.route.client_certificate.strip(),
            client_key=draft.route.client_key.strip(),
            # A consent counts for what it was given for.
            plain_http=draft.route.plain_http and draft.needs_consent,
        ),
    )


def id_of(title: str, book: EndpointBook) -> str:
    """Return an id that nothing has yet, made from a title."""
    return book.free_id(_NO_ID.sub("-", title.lower()).strip("-") or "endpoint")


def cleaned_key(text: str) -> str:
    """Return a pasted key without what is around it: spaces, quotes, line ends, "Bearer"."""
    bare = text.strip().strip("\"'")
    return "".join(_BEARER.sub("", bare, count=1).splitlines()).strip()


def problems(
    draft: Draft, book: EndpointBook, preset: Preset | None, *, for_test: bool = False
) -> dict[Part, str]:
    """Return what is wrong, in sentences for where it stands; nothing where it can be saved.

    ``for_test`` leaves out what a test of the connection can do without.
    """
    found = {
        Part.TITLE: _wrong_title(draft, book),
        Part.FIELDS: _wrong_fields(draft, preset),
        Part.URL: _wrong_url(draft),
        Part.PLAIN_HTTP: _wrong_consent(draft),
        Part.KEY: _wrong_key(draft),
        Part.VARIABLE: _wrong_variable(draft),
        Part.MODEL: _wrong_model(draft),
        Part.AUTH: _wrong_header(draft),
        Part.PROXY: _wrong_proxy(draft),
        Part.CERTIFICATE: _wrong_certificate(draft),
    }
    if found[Part.FIELDS]:
        # The address lacks just those words.
        del found[Part.URL]
    return {
        part: text for part, text in found.items() if text and not (for_test and part in _LATER)
    }


def _wrong_title(draft: Draft, book: EndpointBook) -> str:
    title = draft.title.strip()
    if not title:
        return tr("Give it a name.")
    taken = {spec.title.casefold() for spec in book.specs if spec.id != draft.base.id}
    if title.casefold() in taken | {local_title().casefold()}:
        return tr("Another endpoint is called {title}. Choose another name.", title=title)
    return ""


def _wrong_fields(draft: Draft, preset: Preset | None) -> str:
    if preset is None or not preset.fields or not draft.fields:
        return ""
    try:
        preset.filled(draft.fields)
    except RouteError as error:
        return in_language(error.told)
    return ""


def _wrong_url(draft: Draft) -> str:
    try:
        read_address(draft.url)
    except RouteError as error:
        return in_language(error.told)
    return ""


def _wrong_consent(draft: Draft) -> str:
    address = draft.address
    if address is None or not address.is_open or draft.route.plain_http:
        return ""
    return tr("Tick this, or use an address with https.")


def _wrong_key(draft: Draft) -> str:
    key = cleaned_key(draft.key)
    if draft.key_place is KeyPlace.ENVIRONMENT or not key:
        return ""
    if any(sign.isspace() for sign in key):
        return tr("There are spaces in the key. Copy the key alone.")
    if not key.isascii() or not key.isprintable():
        return tr("There are signs in the key that no header can carry. Copy the key alone.")
    return ""


def _wrong_variable(draft: Draft) -> str:
    name = draft.variable.strip()
    if draft.key_place is not KeyPlace.ENVIRONMENT or draft.auth is AuthKind.NONE:
        return ""
    if not name:
        return tr("Name the environment variable that holds the key.")
    if not _VARIABLE.fullmatch(name):
        return tr("{name} is no name of an environment variable.", name=name)
    return ""


def _wrong_model(draft: Draft) -> str:
    if draft.model.strip():
        return ""
    return tr("Choose a model. Test the connection to see which ones there are.")


def _wrong_header(draft: Draft) -> str:
    name = draft.auth_header.strip()
    if draft.auth is not AuthKind.HEADER or _TOKEN.fullmatch(name):
        return ""
    return tr("{name} is no name of a header, such as x-api-key.", name=name or "“”")


def _wrong_proxy(draft: Draft) -> str:
    proxy = draft.route.proxy.strip()
    if proxy in ("", "none") or _PROXY.fullmatch(proxy):
        return ""
    return tr("{proxy} is no proxy, such as http://host:3128.", proxy=proxy)


def _wrong_certificate(draft: Draft) -> str:
    if draft.route.client_key.strip() and not draft.route.client_certificate.strip():
        return tr("There is a key of a client certificate, but no certificate.")
    return ""
