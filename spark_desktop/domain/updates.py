"""Whether a verified feed may be used, and which of its releases is offered here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from spark_desktop.domain.errors import (
    ClockError,
    ExpiredFeedError,
    FeedError,
    ReplayedFeedError,
)
from spark_desktop.domain.minisign import PublicKey, Signature
from spark_desktop.domain.release_feed import Feed, Release, ReleaseFile
from spark_desktop.domain.release_version import Version, version_of
from spark_desktop.domain.words import Said, say

# By so much may this machine's clock be behind the one that issued a feed.
_TOLERANCE = timedelta(days=1)
# Between two checks that nobody asked for; and until one that reached nobody is tried again.
EVERY, AGAIN = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class UpdateSource:
    """Which feed this build follows, and whose signature counts.

    Without keys nothing can be verified, so nothing is asked.
    """

    url: str = ""
    channel: str = "stable"
    keys: tuple[PublicKey, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Return whether a feed can be fetched and verified."""
        return bool(self.url and self.keys)

    @property
    def host(self) -> str:
        """Return whom a check asks, as the user is told and agrees to."""
        return urlsplit(self.url).netloc

    @property
    def signature_url(self) -> str:
        """Return where the signature lies: beside the feed, as minisign names it."""
        return f"{self.url}.minisig"


@dataclass(frozen=True, slots=True)
class Installed:
    """How this Spark came here; ``format`` is "" for a checkout, or where nobody wrote it down.

    ``name`` is the version as it is written.
    """

    version: Version
    name: str
    system: str
    architecture: str
    format: str = ""
    kind: str = ""

    @classmethod
    def unknown(cls) -> "Installed":
        """Return what stands for a program that does not know its own version."""
        return cls(version_of("0"), "", "", "")


@dataclass(frozen=True, slots=True)
class SeenFeed:
    """The newest feed that a key's signature was accepted for; ``digest`` is its SHA-256."""

    sequence: int
    digest: str
    issued: datetime


@dataclass(frozen=True, slots=True)
class Memory:
    """What is kept across restarts: feeds by their key's id, and when one was last asked for.

    ``reached`` is False where the last attempt met nobody.
    """

    feeds: Mapping[str, SeenFeed] = field(default_factory=dict)
    attempted: datetime | None = None
    reached: bool = True

    def is_due(self, now: datetime) -> bool:
        """Return whether it is time for a check that nobody asked for.

        An attempt that lies in the future says that the clock was changed.
        """
        if self.attempted is None or self.attempted > now:
            return True
        return now - self.attempted >= (EVERY if self.reached else AGAIN)


@dataclass(frozen=True, slots=True)
class Offer:
    """A newer release; ``file`` is the package for this machine, None where there is none."""

    release: Release
    file: ReleaseFile | None


@dataclass(frozen=True, slots=True)
class Fetching:
    """How far a package is: bytes done and in all; ``verifying`` once it is read again."""

    done: int
    total: int
    verifying: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """A package that is what the feed names, ready for the user."""

    path: Path
    offer: Offer


def accept(
    feed: Feed,
    digest: str,
    signature: Signature,
    source: UpdateSource,
    memory: Memory,
    now: datetime,
) -> SeenFeed:
    """Return what is to be kept of a feed whose signature is verified.

    Raises FeedError for one of another channel, ReplayedFeedError, ExpiredFeedError, ClockError.
    """
    if feed.channel != source.channel:
        raise FeedError(
            say(
                "The feed is of the channel {found}, this build follows {wanted}.",
                found=feed.channel,
                wanted=source.channel,
            ),
            say("Whoever runs the feed has put it into the wrong place."),
        )
    # Of a key that is none of this build's any more, nothing counts: its holder may be a thief.
    seen = [memory.feeds[key.shown] for key in source.keys if key.shown in memory.feeds]
    _check_order(feed, digest, seen)
    _check_clock(feed, seen, now)
    _check_expiry(feed, signature, now)
    return SeenFeed(feed.sequence, digest, feed.issued)


def offer_of(feed: Feed, installed: Installed) -> Offer | None:
    """Return the newest release that is newer than what is installed; None where there is none.

    Previews are offered to those who have one.
    """
    newer = [
        release
        for release in feed.releases
        if release.version > installed.version
        and not release.withdrawn
        and (installed.version.is_preview or not release.version.is_preview)
    ]
    if not newer:
        return None
    newest = max(newer, key=lambda release: release.version)
    return Offer(newest, _file_for(newest.files, installed))


def _file_for(files: Iterable[ReleaseFile], installed: Installed) -> ReleaseFile | None:
    here = installed
    wanted = (here.system, here.architecture, here.format, here.kind)
    for file in files:
        if (file.system, file.architecture, file.format, file.kind) == wanted:
            return file
    return None


def _check_order(feed: Feed, digest: str, seen: Iterable[SeenFeed]) -> None:
    newest = max(seen, key=lambda one: one.sequence, default=None)
    if newest is None or feed.sequence > newest.sequence:
        return
    if feed.sequence < newest.sequence:
        raise ReplayedFeedError(
            say(
                "The release feed is number {found}, and number {newest} was seen here before: "
                "somebody sends an old one.",
                found=feed.sequence,
                newest=newest.sequence,
            ),
            say("Nothing of it is used. Check again later, or from another network."),
        )
    if digest != newest.digest:
        raise ReplayedFeedError(
            say(
                "The release feed is number {found} as one before, but says something else.",
                found=feed.sequence,
            ),
            say("Nothing of it is used. Whoever runs the feed gives each one a number of its own."),
        )


def _check_clock(feed: Feed, seen: Iterable[SeenFeed], now: datetime) -> None:
    # Signed moments only: once this clock was ahead, its own would forbid the right one for long.
    known = max([feed.issued, *(one.issued for one in seen)])
    if now < known - _TOLERANCE:
        raise ClockError(
            say(
                "This machine's clock says {now}, but it is {known} or later: whether the release "
                "feed is still valid cannot be told.",
                now=_day(now),
                known=_day(known),
            ),
            say("Set the clock, then check again."),
        )


def _check_expiry(feed: Feed, signature: Signature, now: datetime) -> None:
    if now >= feed.expires:
        raise ExpiredFeedError(
            say("The release feed was valid until {day}.", day=_day(feed.expires)), _held_back()
        )
    expires = signature.number("expires")
    if expires is not None and now.timestamp() >= expires:
        # What no calendar holds was long ago, or is never over.
        day = _day(datetime.fromtimestamp(expires, UTC)) if expires < 2**36 else str(expires)
        raise ExpiredFeedError(
            say("The release feed's signature was valid until {day}.", day=day), _held_back()
        )


def _held_back() -> Said:
    return say(
        "A newer one may be held back on the way. Look at this machine's clock; check again from "
        "another network."
    )


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d")
