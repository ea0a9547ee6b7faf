"""The Hugging Face source against a loopback endpoint."""

import threading

import pytest

from inference_core.models.errors import FetchCancelledError, SourceFailedError
from inference_core.models.sources.hugging_face import HuggingFaceSource
from tests.core.models.conftest import CONTENT, FILE_PATH, REPO, Attempt, Site


def ranges(site: Site) -> list[str]:
    return [asked for method, _, asked in site.requests if method == "GET"]


def test_the_whole_file_is_fetched(hub: Site, attempt: Attempt) -> None:
    HuggingFaceSource(REPO).fetch(attempt.fetch)
    assert attempt.part.path.read_bytes() == CONTENT


def test_nothing_but_the_file_is_asked_for(hub: Site, attempt: Attempt) -> None:
    HuggingFaceSource(REPO).fetch(attempt.fetch)
    assert {path for _, path, _ in hub.requests} == {FILE_PATH}


def test_a_fetch_goes_on_where_an_earlier_one_ended(hub: Site, attempt: Attempt) -> None:
    with attempt.part.append_at(0) as target:
        target.write(CONTENT[:1_000_000])
    HuggingFaceSource(REPO).fetch(attempt.fetch)
    assert ranges(hub) == ["bytes=1000000-"]
    assert attempt.part.path.read_bytes() == CONTENT


def test_a_server_that_ignores_ranges_sends_everything_again(hub: Site, attempt: Attempt) -> None:
    hub.ranges = False
    with attempt.part.append_at(0) as target:
        target.write(CONTENT[:1_000_000])
    HuggingFaceSource(REPO).fetch(attempt.fetch)
    assert attempt.part.path.read_bytes() == CONTENT


def test_broken_connections_are_taken_up_again(hub: Site, attempt: Attempt) -> None:
    hub.break_after = [1_500_000, 1_200_000]
    HuggingFaceSource(REPO).fetch(attempt.fetch)
    assert len(ranges(hub)) == 3
    assert attempt.part.path.read_bytes() == CONTENT


def test_connections_that_bring_nothing_are_given_up_after_three(
    hub: Site, attempt: Attempt
) -> None:
    hub.break_after = [0, 0, 0, 0]
    with pytest.raises(SourceFailedError):
        HuggingFaceSource(REPO).fetch(attempt.fetch)
    assert len(ranges(hub)) == 3


def test_a_silent_server_is_given_up(hub: Site, gate: threading.Event, attempt: Attempt) -> None:
    hub.on_request = lambda method, path: gate.wait() and None
    with pytest.raises(SourceFailedError, match="did not answer within"):
        HuggingFaceSource(REPO, answer_within_s=0.2).fetch(attempt.fetch)


def test_a_file_of_another_size_is_refused_before_a_byte_is_written(
    hub: Site, attempt: Attempt
) -> None:
    hub.files[FILE_PATH] = CONTENT + b"more"
    with pytest.raises(SourceFailedError, match="has a file of 3,145,732 bytes"):
        HuggingFaceSource(REPO).fetch(attempt.fetch)
    assert attempt.part.size == 0


@pytest.mark.parametrize(("status", "reason"), [(401, "status 401"), (503, "status 503")])
def test_a_refusal_is_named_by_its_status(
    hub: Site, attempt: Attempt, status: int, reason: str
) -> None:
    hub.status = status
    with pytest.raises(SourceFailedError, match=reason):
        HuggingFaceSource(REPO).fetch(attempt.fetch)


def test_a_missing_file_is_named_by_its_status(hub: Site, attempt: Attempt) -> None:
    hub.files.clear()
    with pytest.raises(SourceFailedError, match="status 404"):
        HuggingFaceSource(REPO).fetch(attempt.fetch)


def test_a_cancelled_fetch_keeps_what_it_has(hub: Site, attempt: Attempt) -> None:
    def stop_at_get(method: str, path: str) -> None:
        if method == "GET":
            attempt.cancelled.set()

    hub.on_request = stop_at_get
    with attempt.part.append_at(0) as target:
        target.write(CONTENT[:1_000_000])
    with pytest.raises(FetchCancelledError):
        HuggingFaceSource(REPO).fetch(attempt.fetch)
    assert attempt.part.size >= 1_000_000


def test_a_folder_that_is_gone_is_not_the_servers_fault(hub: Site, attempt: Attempt) -> None:
    attempt.part.path.parent.rmdir()
    with pytest.raises(FileNotFoundError):
        HuggingFaceSource(REPO).fetch(attempt.fetch)
