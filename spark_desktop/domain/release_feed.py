"""A release feed: which versions there are and where their files lie, read strictly."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from spark_desktop.domain.errors import FeedError
from spark_desktop.domain.hosts import is_loopback
from spark_desktop.domain.regex import regex
from spark_desktop.domain.release_version import Version, version_of
from spark_desktop.domain.words import Said, say

FORMAT = 1
# Bytes: a hundred releases of ten files are 300 kB.
MOST_FEED_BYTES = 1024 * 1024
_MOST_RELEASES, _MOST_FILES, _MOST_NOTES = 500, 100, 64 * 1024
# Larger than any package with a model inside; and what JSON's readers all hold exactly.
_MOST_PACKAGE, _MOST_SEQUENCE = 64 * 1024**3, 2**53
_FIRST_YEAR, _LAST_YEAR = 2000, 9000
_SHA256 = regex(r"[0-9a-f]{64}")
_WORD = regex(r"[a-z0-9][a-z0-9._-]{0,31}")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """One package: for ``system`` (linux, windows, macos) and ``architecture`` (x86_64, arm64).

    ``kind`` is full or slim, ``format`` deb, run, tar, exe or dmg; ``sha256`` is in hexadecimal.
    """

    system: str
    architecture: str
    kind: str
    format: str
    url: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Release:
    """A version; ``withdrawn`` says why it is not offered any more, "" where it is."""

    version: Version
    name: str
    notes: str
    files: tuple[ReleaseFile, ...]
    withdrawn: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a signed file holds; ``sequence`` grows with every feed that is issued."""

    channel: str
    sequence: int
    issued: datetime
    expires: datetime
    releases: tuple[Release, ...]


def feed_of(data: bytes) -> Feed:
    """Return the feed that a file holds. Raises FeedError, which names what is wrong with it.

    Fields that are not known are passed over: a later program may read them.
    """
    if len(data) > MOST_FEED_BYTES:
        raise _unreadable(say("it is larger than {most} kB", most=MOST_FEED_BYTES // 1024))
    try:
        document = json.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise _unreadable(say("it is no JSON")) from error
    table = _Table(document, "")
    if table.whole("format", 1, _MOST_SEQUENCE) != FORMAT:
        raise FeedError(
            say("The release feed is written in a newer form, which this Spark does not know."),
            say("Look for a new version on the project's page."),
        )
    releases = tuple(_release(one) for one in table.tables("releases", _MOST_RELEASES))
    named = [release.version for release in releases]
    if len(set(named)) != len(named):
        raise _unreadable(say("it names a version twice"))
    issued, expires = table.moment("issued"), table.moment("expires")
    if expires <= issued:
        raise _unreadable(say("it expires before it is issued"))
    return Feed(
        table.text("channel", _word),
        table.whole("sequence", 1, _MOST_SEQUENCE),
        issued,
        expires,
        releases,
    )


def usable_url(url: str) -> str:
    """Return an address that may be asked: https, or http on this machine. Raises ValueError."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_local = parts.scheme == "http" and is_loopback(host)
    if not host or "@" in parts.netloc or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("no web address")
    if parts.scheme != "https" and not is_local:
        raise ValueError("no https address")
    parts.port  # noqa: B018 - raises ValueError for what is none
    return url


class _Table:
    """One object of the document; ``place`` is how its fields are named to the user."""

    def __init__(self, value: Any, place: str) -> None:
        if not isinstance(value, dict):
            raise _unreadable(say("{field} is no object", field=place or "it"))
        self._value, self._place = value, place

    def text(self, name: str, read: Callable[[str], T]) -> T:
        """Return what ``read``, which raises ValueError, makes of a text."""
        value = self._value.get(name)
        try:
            if isinstance(value, str):
                return read(value)
        except ValueError:
            pass
        raise self._wrong(name)

    def optional(self, name: str, most: int) -> str:
        """Return a text of so many characters at most, "" where there is none."""
        if name not in self._value:
            return ""
        value = self._value[name]
        if not isinstance(value, str) or len(value) > most:
            raise self._wrong(name)
        return value

    def whole(self, name: str, least: int, most: int) -> int:
        """Return a whole number within bounds."""
        value = self._value.get(name)
        if type(value) is not int or not least <= value <= most:
            raise self._wrong(name)
        return value

    def moment(self, name: str) -> datetime:
        """Return a moment, which names its zone."""
        moment = self.text(name, datetime.fromisoformat)
        # Beyond, other zones have no name for it.
        if moment.tzinfo is None or not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            raise self._wrong(name)
        return moment

    def tables(self, name: str, most: int) -> tuple["_Table", ...]:
        """Return the objects of a list."""
        value = self._value.get(name)
        if not isinstance(value, list) or len(value) > most:
            raise self._wrong(name)
        return tuple(_Table(one, f"{self._name(name)}[{i}]") for i, one in enumerate(value))

    def _name(self, name: str) -> str:
        return f"{self._place}.{name}" if self._place else name

    def _wrong(self, name: str) -> FeedError:
        return _unreadable(say("{field} is missing or wrong", field=self._name(name)))


def _release(table: _Table) -> Release:
    name = table.text("version", _version_name)
    files = tuple(_file(one) for one in table.tables("files", _MOST_FILES))
    notes, withdrawn = table.optional("notes", _MOST_NOTES), table.optional("withdrawn", 1_000)
    return Release(version_of(name), name, notes, files, withdrawn)


def _file(table: _Table) -> ReleaseFile:
    return ReleaseFile(
        table.text("system", _word),
        table.text("architecture", _word),
        table.text("kind", _word),
        table.text("format", _word),
        table.text("url", usable_url),
        table.whole("bytes", 1, _MOST_PACKAGE),
        table.text("sha256", _digest),
    )


def _version_name(text: str) -> str:
    version_of(text)
    return text


def _word(text: str) -> str:
    if not _WORD.fullmatch(text):
        raise ValueError(text)
    return text


def _digest(text: str) -> str:
    if not _SHA256.fullmatch(text):
        raise ValueError(text)
    return text


def _unreadable(reason: Said) -> FeedError:
    return FeedError(
        say("The release feed cannot be read: {reason}.", reason=reason),
        say("Whoever runs the feed has to mend it; try again later."),
    )
