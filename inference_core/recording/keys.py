"""The keys of a session: which strings they are, and where they stand in what else was said.

A key is found where it stands as it is, in JSON's and in a URL's escapes, and where an event stream
spells it in several events.
"""

import base64
import binascii
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from itertools import accumulate
from urllib.parse import parse_qsl, unquote

from inference_core.recording.exchange import Json

REDACTED = "[redacted]"
_MASK = b"*"

# What is shorter guards nothing, but stands in many texts ("EMPTY", "none").
_SHORTEST = 6
# Some sign each request anew: without a bound, each search would take longer than the one before.
_MOST = 32
# Cookies also hold words such as a language.
_SHORTEST_COOKIE = 16
# What local servers say to write where there is no key; model names have the first in them. The
# last one stands in examples of bodies.
_NO_KEYS = frozenset({"ollama", "lm-studio", "not-needed", "no-key-required", "string"})

_NAME_PARTS = re.compile(r"[^a-z0-9]+")
# The plural is not here: rate limits count "tokens".
_SECRET_PARTS = frozenset(
    {"authorization", "auth", "apikey", "key", "token", "jwt", "secret", "password", "passwd"}
    | {"credential", "credentials", "signature", "sig", "cookie", "cookie2"}
)
# New for each request, and no secrets.
_NO_SECRETS = frozenset({"idempotency-key", "x-idempotency-key"})
# Of members in bodies; "key" alone is any dictionary's word there.
_SECRET_MEMBERS = frozenset(
    {"apikey", "xapikey", "authorization", "accesstoken", "authtoken", "refreshtoken"}
    | {"clientsecret", "secretkey", "secretaccesskey", "privatekey", "password", "secret", "token"}
)
# What a longer name ends with: OPENAI_API_KEY, githubToken. Numbers of tokens are no texts.
_SECRET_ENDS = ("apikey", "accesskey", "secretkey", "privatekey", "secret", "password", "token")

_SCHEME = re.compile(r"^(?:bearer|basic|token|apikey|key)\s+", re.IGNORECASE)
_PARAMETER = re.compile(r"[a-zA-Z0-9-]+=\"?([^\s\",;]+)")

# How often an escape may be escaped again, as in arguments of tools: JSON in JSON. All patterns are
# bounded or possessive, so that a search takes time in proportion to what is searched.
_ESCAPES = r"\\{1,4}"
_BACKSLASHES = r"(?:\\{1,8}+(?:u005[cC])?|%5[cC]){1,8}+"
_KEY_PARTS = re.compile(r"\\+|[^\\]")

_LINE = re.compile(rb"^.+$", re.MULTILINE)
# A string of JSON; where it names a member, what comes next, or its value where that is a number.
_STRING = re.compile(
    rb'"((?:[^"\\]++|\\.)*+)"?(?:(?P<names>\s*+:\s*+(?="))|\s*+:\s*+(?P<number>\d++))?'
)

# JSON may hold halves of surrogate pairs.
_HALVES = "surrogatepass"

Span = tuple[int, int]


def is_secret_name(name: str) -> bool:
    """Return whether a header or a parameter of a query holds a key, by its name."""
    name = name.lower()
    return name not in _NO_SECRETS and not _SECRET_PARTS.isdisjoint(_NAME_PARTS.split(name))


def is_secret_member(name: str) -> bool:
    """Return whether a string member of a JSON body holds a key, by its name."""
    word = _NAME_PARTS.sub("", name.lower())
    return word in _SECRET_MEMBERS or word.endswith(_SECRET_ENDS)


def secret_texts(value: dict[str, Json]) -> list[str]:
    """Return the texts of an object that are keys: a secret member's, or those of its list.

    Or its "value", where its "name" is a key's: so are environments and headers listed.
    """
    found: list[str] = []
    for name, member in value.items():
        if is_secret_member(name):
            found += [each for each in _listed(member) if isinstance(each, str)]
    named, text = value.get("name"), value.get("value")
    if isinstance(named, str) and isinstance(text, str) and is_secret_member(named):
        found.append(text)
    return found


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


class Keys:
    """The keys that were seen last; one of an earlier request is a key in a later one, too."""

    def __init__(self) -> None:
        self._patterns: dict[str, tuple[re.Pattern[str], re.Pattern[bytes]]] = {}

    def begin(self) -> None:
        """Begin another exchange: of the keys before, only the last ones are still searched for."""
        for key in list(self._patterns)[:-_MOST]:
            del self._patterns[key]

    def note_headers(self, headers: Iterable[tuple[str, str]]) -> None:
        """Take the keys from a request's headers."""
        for name, value in headers:
            if name.lower() == "cookie":
                self._note_cookies(value)
            elif is_secret_name(name):
                self._note_credentials(value)

    def note_answer_headers(self, headers: Iterable[tuple[str, str]]) -> None:
        """Take the keys that a server gives out: its cookies."""
        for name, value in headers:
            if name.lower() == "set-cookie":
                self._note_cookies(value)

    def note_query(self, query: str) -> None:
        """Take the keys from the part of a URL after its question mark."""
        for name, value in parse_qsl(query):
            if is_secret_name(name):
                self._note(value)

    def note_body(self, value: Json) -> None:
        """Take the keys from a request's body, such as those that it has for a tool's server."""
        if isinstance(value, list):
            for each in value:
                self.note_body(each)
        elif isinstance(value, dict):
            for text in secret_texts(value):
                self._note_credentials(text)
            for member in value.values():
                self.note_body(member)

    def redacted(self, text: str) -> str:
        """Return a text with a word in the place of each key."""
        for pattern, _ in self._patterns.values():
            text = pattern.sub(REDACTED, text)
        return text

    def masked(self, data: bytes) -> bytes:
        """Return bytes, as many, with stars in the place of each key."""
        if not self._patterns:
            return data
        spans = list(self._spans(data))
        for pieces in _spelt(data):
            spans.extend(self._spans_in(data, pieces))
        masked = bytearray(data)
        for start, end in spans:
            masked[start:end] = _MASK * (end - start)
        return bytes(masked)

    def _spans(self, data: bytes) -> Iterable[Span]:
        for _, pattern in self._patterns.values():
            yield from (match.span() for match in pattern.finditer(data))

    def _spans_in(self, data: bytes, pieces: list[Span]) -> Iterable[Span]:
        """Yield where keys are in the text that several pieces of the data spell together."""
        text = b"".join(data[start:end] for start, end in pieces)
        starts = [0, *accumulate(end - start for start, end in pieces)]
        for start, end in self._spans(text):
            for at in range(bisect_right(starts, start) - 1, len(pieces)):
                if starts[at] >= end:
                    break
                shift = pieces[at][0] - starts[at]
                yield max(start, starts[at]) + shift, min(end, starts[at + 1]) + shift

    def _note_credentials(self, value: str) -> None:
        bare = _SCHEME.sub("", value.strip())
        self._note(bare)
        if value.strip().lower().startswith("basic "):
            try:
                pair = base64.b64decode(bare, validate=True).decode("utf-8")
            except (binascii.Error, UnicodeDecodeError):
                return
            self._note(pair)
            self._note(pair.partition(":")[2])
        # Schemes with parameters, such as Digest and those that sign.
        for parameter in _PARAMETER.findall(value):
            self._note(parameter, _SHORTEST_COOKIE)

    def _note_cookies(self, value: str) -> None:
        for pair in value.split(";"):
            self._note(pair.partition("=")[2].strip(), _SHORTEST_COOKIE)

    def _note(self, key: str, shortest: int = _SHORTEST) -> None:
        for form in _forms(key):
            if len(form) < shortest or form in _NO_KEYS:
                continue
            known = self._patterns.pop(form, None)
            self._patterns[form] = known or _patterns(form)


def _forms(key: str) -> set[str]:
    """Return a key as it was said, without a URL's escapes, and with a header's bytes as UTF-8."""
    forms = {key, unquote(key)}
    with suppress(UnicodeError):
        forms.add(key.encode("latin-1").decode("utf-8"))
    return forms


def _patterns(key: str) -> tuple[re.Pattern[str], re.Pattern[bytes]]:
    text = "".join(_spellings(part) for part in _KEY_PARTS.findall(key))
    return re.compile(text), re.compile(text.encode("utf-8", _HALVES))


def _spellings(part: str) -> str:
    """Return a pattern for the ways to write a character, or backslashes: as such, or escaped."""
    if part.startswith("\\"):
        return _BACKSLASHES
    units = part.encode("utf-16-be", _HALVES).hex()
    ways = [
        re.escape(part),
        "".join(f"{_ESCAPES}u{_any_case(units[at : at + 4])}" for at in range(0, len(units), 4)),
        "".join(f"%{_any_case(f'{byte:02x}')}" for byte in part.encode("utf-8", _HALVES)),
    ]
    if part in '"/':
        ways.append(_ESCAPES + part)
    return f"(?:{'|'.join(ways)})"


def _any_case(digits: str) -> str:
    return "".join(f"[{d}{d.upper()}]" if d.isalpha() else d for d in digits)


def _spelt(data: bytes) -> list[list[Span]]:
    """Return the texts that several lines of JSON spell together, each as places of its pieces.

    In a stream of events a text is what the members of one name say in the events with the same
    indexes: the choice's, the tool call's.
    """
    texts: defaultdict[tuple[bytes, ...], list[Span]] = defaultdict(list)
    for line in _LINE.finditer(data):
        members, indexes = _members(data, line.span())
        for name, value in members:
            texts[name, *indexes].append(value)
    return [pieces for pieces in texts.values() if len(pieces) > 1]


def _members(data: bytes, line: Span) -> tuple[list[tuple[bytes, Span]], list[bytes]]:
    """Return the string members of a line of JSON, with their values' places, and its indexes."""
    members: list[tuple[bytes, Span]] = []
    indexes: list[bytes] = []
    name: bytes | None = None
    for string in _STRING.finditer(data, *line):
        if name is not None:
            members.append((name, string.span(1)))
            name = None
        elif string["names"] is not None:
            name = string[1]
        elif string["number"] is not None and string[1].endswith(b"index"):
            indexes.append(string["number"])
    return members, indexes
