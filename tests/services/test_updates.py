"""What a check finds: each thing that somebody could try is refused with its own reason."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from spark_desktop.adapters.ed25519 import verify
from spark_desktop.domain.errors import (
    ClockError,
    EndpointRejectedError,
    EndpointUnreachableError,
    ExpiredFeedError,
    FeedError,
    ReplayedFeedError,
    SignatureError,
    StoreError,
    UpdateError,
)
from spark_desktop.domain.release_version import version_of
from spark_desktop.domain.settings import Updates
from spark_desktop.domain.updates import EVERY, Installed, Memory, UpdateSource
from spark_desktop.services.updates import UpdateService
from tests.fakes import FakeClock
from tests.update_fakes import (
    EXPIRES,
    INSTALLED,
    ISSUED,
    NOW,
    OTHER,
    PUBLIC,
    SOURCE,
    FakeServer,
    MemoryOfFeeds,
    feed,
    package,
    release,
    signature,
    written,
)


class Desk:
    """A service with all that is around it."""

    def __init__(self, source: UpdateSource = SOURCE, installed: Installed = INSTALLED) -> None:
        self.server, self.memory, self.clock = FakeServer(), MemoryOfFeeds(), FakeClock()
        self.clock.seconds = NOW.timestamp()
        self.service = UpdateService(
            source, installed, self.server, self.memory, verify, self.clock
        )

    def publish(self, document: Any) -> None:
        self.server.data = written(document)

    async def refused(self, kind: type[Exception], told: str) -> str:
        """Check; return the next step that the refusal tells. What was kept stays."""
        before = self.memory.kept.feeds
        with pytest.raises(kind, match=told) as caught:
            await self.service.check()
        assert self.memory.kept.feeds == before
        return str(caught.value.next_step)


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_a_newer_release_is_offered_with_the_package_for_this_machine(desk: Desk) -> None:
    slim, other = package(kind="slim"), package(system="windows", format="exe")
    desk.publish(feed(release(files=[slim, other, package()]), release("0.1.1")))
    offer = await desk.service.check()
    assert offer is not None
    assert offer.release.name == "0.2.0"
    assert offer.file is not None
    assert (offer.file.format, offer.file.kind, offer.file.system) == ("deb", "full", "linux")


async def test_without_a_package_of_its_own_kind_only_the_notes_are_offered(desk: Desk) -> None:
    desk.publish(feed(release(files=[package(kind="slim")])))
    offer = await desk.service.check()
    assert offer is not None
    assert (offer.file, offer.release.notes) == (None, "Faster.")
    with pytest.raises(UpdateError, match="names no package"):
        await desk.service.fetch(offer, lambda step: None)


@pytest.mark.parametrize("version", ["0.0.9", "0.1.0", "0.1", "0.1.0rc1"])
async def test_an_older_or_equal_version_is_not_offered_although_it_is_signed(
    desk: Desk, version: str
) -> None:
    desk.publish(feed(release(version)))
    assert await desk.service.check() is None


async def test_a_withdrawn_release_is_not_offered_and_the_one_before_is(desk: Desk) -> None:
    desk.publish(feed(release("0.3", withdrawn="It crashed."), release()))
    offer = await desk.service.check()
    assert offer is not None
    assert offer.release.name == "0.2.0"


async def test_previews_are_offered_to_those_who_have_one(desk: Desk) -> None:
    desk.publish(feed(release("0.2.0rc2")))
    assert await desk.service.check() is None
    preview = Desk(installed=replace(INSTALLED, version=version_of("0.2.0rc1")))
    preview.publish(feed(release("0.2.0rc2")))
    assert await preview.service.check() is not None


async def test_a_tampered_feed_is_refused(desk: Desk) -> None:
    desk.server.signature = signature(desk.server.data)
    desk.server.data = desk.server.data.replace(b"dl.example.org", b"dl.example.com")
    await desk.refused(SignatureError, "not what was signed")


async def test_a_tampered_feed_is_not_even_parsed(desk: Desk) -> None:
    desk.server.signature, desk.server.data = signature(desk.server.data), b"\xff no JSON"
    await desk.refused(SignatureError, "not what was signed")


async def test_a_tampered_signature_is_refused(desk: Desk) -> None:
    # Another letter in the middle of the line that holds it.
    data = bytearray(signature(desk.server.data))
    place = data.index(b"\n") + 60
    data[place] = ord("A") if data[place] != ord("A") else ord("B")
    desk.server.signature = bytes(data)
    await desk.refused(SignatureError, "not what was signed")


async def test_a_signature_that_is_no_text_is_refused(desk: Desk) -> None:
    desk.server.signature = b"\xff\xfe"
    await desk.refused(SignatureError, "cannot be read")


async def test_an_altered_trusted_comment_is_refused(desk: Desk) -> None:
    made = signature(desk.server.data, "expires:1")
    desk.server.signature = made.replace(b"expires:1", b"expires:9999999999")
    await desk.refused(SignatureError, "comment")


async def test_a_feed_of_an_unknown_key_is_refused() -> None:
    desk = Desk(replace(SOURCE, keys=(OTHER,)))
    await desk.refused(SignatureError, "9D329B73BEC04489, which is none of this build's")


async def test_an_expired_feed_is_refused(desk: Desk) -> None:
    desk.clock.seconds = EXPIRES.timestamp()
    assert "held back" in await desk.refused(ExpiredFeedError, "feed was valid until 2027-03-31")


async def test_an_expired_signature_is_refused_although_the_feed_is_valid(desk: Desk) -> None:
    expired = int(NOW.timestamp())
    desk.server.signature = signature(desk.server.data, f"timestamp:1\texpires:{expired}")
    await desk.refused(ExpiredFeedError, "signature was valid until 2027-01-10")


async def test_a_feed_of_another_channel_is_refused(desk: Desk) -> None:
    desk.publish(feed(channel="preview"))
    await desk.refused(FeedError, "of the channel preview, this build follows stable")


async def test_an_older_feed_is_a_replay(desk: Desk) -> None:
    await desk.service.check()
    desk.publish(feed(release("0.9"), sequence=6))
    await desk.refused(ReplayedFeedError, "number 6, and number 7 was seen here before")


async def test_another_feed_of_the_same_number_is_refused_and_the_same_is_not(desk: Desk) -> None:
    assert await desk.service.check() is not None
    assert await desk.service.check() is not None
    desk.publish(feed(release("0.9")))
    await desk.refused(ReplayedFeedError, "number 7 as one before, but says something else")


async def test_what_was_accepted_is_kept_with_the_keys_id(desk: Desk) -> None:
    await desk.service.check()
    seen = desk.memory.kept.feeds[PUBLIC.shown]
    assert (seen.sequence, seen.issued) == (7, ISSUED)


async def test_after_a_rotation_the_order_holds_and_a_lost_keys_feeds_count_no_more() -> None:
    first = Desk(replace(SOURCE, keys=(OTHER, PUBLIC)))
    await first.service.check()
    stolen = replace(first.memory.kept.feeds[PUBLIC.shown], sequence=99)

    both = Desk(replace(SOURCE, keys=(OTHER, PUBLIC)))
    both.memory.kept = Memory({OTHER.shown: stolen})
    await both.refused(ReplayedFeedError, "number 99 was seen")

    rotated = Desk(SOURCE)
    rotated.memory.kept = Memory({OTHER.shown: stolen})
    assert await rotated.service.check() is not None


async def test_a_clock_that_was_set_back_is_told_since_nothing_could_expire(desk: Desk) -> None:
    await desk.service.check()
    desk.clock.seconds = (ISSUED - timedelta(days=5)).timestamp()
    step = await desk.refused(ClockError, "says 2026-12-26, but it is 2026-12-31 or later")
    assert step.startswith("Set the clock")


async def test_a_clock_before_an_accepted_feed_is_told_for_a_later_feed_of_an_earlier_day(
    desk: Desk,
) -> None:
    await desk.service.check()
    earlier = ISSUED - timedelta(days=9)
    desk.publish(feed(sequence=8, issued=earlier.isoformat()))
    desk.clock.seconds = earlier.timestamp()
    await desk.refused(ClockError, "it is 2026-12-31 or later")


async def test_a_clock_that_was_once_ahead_forbids_nothing_when_it_is_right_again(
    desk: Desk,
) -> None:
    desk.clock.seconds = (EXPIRES - timedelta(days=1)).timestamp()
    await desk.service.check()
    desk.clock.seconds = NOW.timestamp()
    assert await desk.service.check() is not None


async def test_where_nothing_can_be_kept_nothing_is_offered(desk: Desk) -> None:
    desk.memory.error = StoreError("The disk is full.", "Free some space.")
    await desk.refused(StoreError, "disk is full")


async def test_a_build_without_keys_asks_nobody() -> None:
    desk = Desk(UpdateSource(SOURCE.url))
    await desk.refused(UpdateError, "no release key")
    assert desk.server.asked == 0
    assert not await desk.service.is_due(Updates(check=True, host=SOURCE.host))


async def test_it_is_due_daily_and_only_for_the_host_that_the_user_agreed_to(desk: Desk) -> None:
    agreed = Updates(check=True, host="dl.example.org")
    assert await desk.service.is_due(agreed)
    assert not await desk.service.is_due(Updates(check=True))
    assert not await desk.service.is_due(Updates(check=True, host="elsewhere.example"))
    assert not await desk.service.is_due(Updates(check=False, host="dl.example.org"))
    await desk.service.check()
    desk.clock.seconds += EVERY.total_seconds() - 1
    assert not await desk.service.is_due(agreed)
    desk.clock.seconds += 1
    assert await desk.service.is_due(agreed)


async def test_a_refused_feed_was_todays_check(desk: Desk) -> None:
    desk.server.signature = b""
    await desk.refused(SignatureError, "cannot be read")
    assert not await desk.service.is_due(Updates(check=True, host=SOURCE.host))


async def test_one_that_reached_nobody_is_tried_again_after_an_hour(desk: Desk) -> None:
    agreed = Updates(check=True, host=SOURCE.host)
    desk.server.error = EndpointUnreachableError("The name cannot be looked up.", "Go online.")
    assert await desk.refused(EndpointUnreachableError, "looked up") == "Go online."
    assert not await desk.service.is_due(agreed)
    desk.clock.seconds += 3600
    assert await desk.service.is_due(agreed)


async def test_one_that_a_server_refused_is_not(desk: Desk) -> None:
    desk.server.error = EndpointRejectedError("No.", "Ask.")
    await desk.refused(EndpointRejectedError, "No")
    desk.clock.seconds += 3600
    assert not await desk.service.is_due(Updates(check=True, host=SOURCE.host))


async def test_an_attempt_in_the_future_does_not_put_checks_off(desk: Desk) -> None:
    desk.memory.kept = Memory(attempted=NOW + timedelta(days=4000))
    assert await desk.service.is_due(Updates(check=True, host=SOURCE.host))
