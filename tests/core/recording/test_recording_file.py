"""The file: what is written is read again, after a crash as well; what cannot be is explained."""

import errno
import json
import os
import stat
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_core.recording.errors import (
    DamagedRecordingError,
    NewerRecordingError,
    RecordingError,
)
from inference_core.recording.exchange import (
    Chunk,
    End,
    Exchange,
    JsonBody,
    RawBody,
    RecordedRequest,
    RecordedResponse,
    WithheldBody,
)
from inference_core.recording.lines import exchange_line, head_line, read_exchange
from inference_core.recording.reader import read_recording
from inference_core.recording.recorder import Recorder
from tests.core.recording.scripted import exchange

HEADERS = st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=3).map(tuple)
# Those of an answer have to be sent again.
NAMES = st.text("abc-_9", min_size=1, max_size=5)
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=5)
ANSWER_HEADERS = st.lists(st.tuples(NAMES, VALUES), max_size=3).map(tuple)
SECONDS = st.integers(0, 10**10).map(lambda micros: micros / 10**6)
BODIES = (
    st.dictionaries(st.text(max_size=3), st.text(max_size=3) | st.integers()).map(JsonBody)
    | st.binary(max_size=20).map(RawBody)
    | st.text(max_size=5).map(WithheldBody)
)
EXCHANGES = st.builds(
    Exchange,
    st.integers(1, 10**6),
    st.integers(0, 10**9).map(float),
    st.builds(RecordedRequest, st.text(), st.text(), HEADERS, BODIES, st.text()),
    st.builds(
        RecordedResponse,
        st.integers(200, 599).filter(lambda status: status not in (204, 205, 304)),
        ANSWER_HEADERS,
        SECONDS,
        st.lists(st.builds(Chunk, SECONDS, st.binary(max_size=30)), max_size=5).map(tuple),
        st.sampled_from(End),
    ),
)


@given(EXCHANGES)
def test_an_exchange_is_one_line_and_is_read_as_it_was(kept):
    line = exchange_line(kept)
    assert line.index(b"\n") == len(line) - 1
    assert read_exchange(line) == kept


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=8))
def test_bytes_come_out_as_they_went_in_however_they_were_cut(data, cuts):
    bounds = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    kept = exchange(*(data[a:b] for a, b in pairwise(bounds)))
    assert read_exchange(exchange_line(kept)).response.body == data


def test_text_is_kept_as_text_and_other_bytes_as_base64():
    line = exchange_line(exchange("ü".encode(), b"\xff"))
    assert b'"text":"\\u00fc"' in line
    assert b'"base64":"/w=="' in line


def test_the_lines_are_the_documented_ones():
    assert json.loads(head_line(7.0, "http://up")) == {
        "spark_recording": 1,
        "created": 7.0,
        "upstream": "http://up",
    }
    kept = exchange(b"a", b"\xff", headers=(("x", "1"),), end=End.STOPPED)
    assert json.loads(exchange_line(kept)) == {
        "exchange": 1,
        "at": 0.0,
        "request": {
            "method": "POST",
            "path": "/v1/chat/completions",
            "hash": kept.request.hash,
            "headers": [],
            "body": {"json": {"model": "m"}},
        },
        "response": {
            "status": 200,
            "headers": [["x", "1"]],
            "seconds": 1.0,
            "chunks": [{"seconds": 2.0, "text": "a"}, {"seconds": 3.0, "base64": "/w=="}],
            "end": "stopped",
        },
    }


@pytest.fixture
def path(tmp_path):
    return tmp_path / "session.jsonl"


def write(path, *exchanges):
    with Recorder(path, "http://up", created=7.0) as recorder:
        for each in exchanges:
            recorder.write(each)


def test_a_session_is_read_with_its_upstream_and_in_the_order_of_its_requests(path):
    second, first = exchange(number=2), exchange(number=1)
    write(path, second, first)
    recording = read_recording(path)
    assert (recording.version, recording.created, recording.upstream) == (1, 7.0, "http://up")
    assert recording.exchanges == (first, second)
    assert not recording.cut


def test_an_exchange_is_in_the_file_before_the_recorder_is_closed(path):
    with Recorder(path, "http://up") as recorder:
        recorder.write(exchange())
        assert len(read_recording(path).exchanges) == 1


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")
def test_only_its_owner_may_read_the_file(path):
    write(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_is_there_is_not_touched(path):
    path.write_text("mine")
    with pytest.raises(RecordingError, match=r"There is a file .*session\.jsonl already") as error:
        write(path)
    assert "--output" in error.value.next_step
    assert path.read_text() == "mine"


def test_a_folder_that_is_not_there_is_named(tmp_path):
    path = tmp_path / "none" / "session.jsonl"
    with pytest.raises(RecordingError, match=r"none/session\.jsonl cannot be written: No such"):
        write(path)


@given(st.integers(1, 400))
def test_a_last_line_that_was_cut_off_is_left_out_and_told(tmp_path_factory, missing):
    path = tmp_path_factory.mktemp("cut") / "session.jsonl"
    write(path, exchange(b"one"), exchange(b"two" * 200, number=2))
    path.write_bytes(path.read_bytes()[: -missing - 1])
    recording = read_recording(path)
    assert [each.number for each in recording.exchanges] == [1]
    assert recording.cut


def test_a_last_line_that_lacks_only_its_end_is_whole(path):
    write(path, exchange())
    path.write_bytes(path.read_bytes()[:-1])
    recording = read_recording(path)
    assert len(recording.exchanges) == 1
    assert not recording.cut


def test_a_damaged_line_before_the_last_is_named(path):
    path.write_bytes(head_line(1.0, "u") + b'{"exchange": 1}\n' + exchange_line(exchange()))
    with pytest.raises(
        DamagedRecordingError, match=r"session\.jsonl is damaged in line 2"
    ) as error:
        read_recording(path)
    assert "'request' is missing" in error.value.message
    assert error.value.next_step


def test_a_newer_version_is_named_with_what_to_do(path):
    path.write_text('{"spark_recording": 2, "other": true}\nwhatever\n')
    with pytest.raises(NewerRecordingError, match=r"session\.jsonl has format version 2") as error:
        read_recording(path)
    assert error.value.next_step.startswith("Update Spark Desktop")


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"hello\n", b"[]\n", b'{"spark_recording": "1"}\n', b"\xff\xfe\n"]
)
def test_a_file_that_is_no_recording_is_named(path, content):
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=r"session\.jsonl is no recording") as error:
        read_recording(path)
    assert "spark-core record" in error.value.next_step


def test_a_file_that_is_not_there_is_named(path):
    with pytest.raises(RecordingError, match=r"session\.jsonl cannot be read: No such file"):
        read_recording(path)


def with_member(name, value):
    fields = json.loads(exchange_line(exchange(b"x")))
    part = fields
    *outer, last = name
    for each in outer:
        part = part[each]
    part[last] = value
    return json.dumps(fields).encode()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        (["exchange"], 0, "no whole number from 1"),
        (["at"], -1, "no number from 0"),
        (["request"], [], "no object"),
        (["request", "method"], 1, "no text"),
        (["request", "headers"], [["a"]], "no pairs"),
        (["request", "body"], {}, "'base64' is missing"),
        (["at"], 9e11, "no moment"),
        (["response", "status"], 99, "no status"),
        (["response", "status"], 204, "the status 204 has no body"),
        (["response", "headers"], [["a\r\nb", "c"]], "no header that can be sent"),
        (["response", "headers"], [["a", "b\r\nc: d"]], "no header that can be sent"),
        (["response", "headers"], [["a", "\u4e2d"]], "no header that can be sent"),
        (["response", "headers"], [["content-length", "0"]], "not that of its chunks"),
        (["response", "headers"], [["content-length", "-1"]], "not that of its chunks"),
        (["response", "chunks"], {}, "no list"),
        (["response", "chunks", 0], {"seconds": 1, "base64": "?"}, "base64"),
        (["response", "end"], "later", "later"),
    ],
)
def test_what_a_line_must_not_say_is_named(name, value, says):
    with pytest.raises(ValueError, match=says):
        read_exchange(with_member(name, value))


def disk_with_room(room):
    """What writes to a file as the system does, until this many bytes are written."""

    def write(file, data):
        nonlocal room
        if not room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = os.write(file, data[:room])
        room -= written
        return written

    return write


def test_a_full_disk_is_told_and_leaves_what_was_written_before(path):
    room = len(head_line(7.0, "http://up")) + len(exchange_line(exchange())) + 10
    with Recorder(path, "http://up", created=7.0, write=disk_with_room(room)) as recorder:
        recorder.write(exchange())
        with pytest.raises(RecordingError, match=r"cannot be written: No space left") as error:
            recorder.write(exchange(number=2))
        assert str(path) in error.value.message
        assert "Free space" in error.value.next_step
        assert "Exchanges that are kept: 1." in error.value.message
    recording = read_recording(path)
    assert len(recording.exchanges) == 1
    assert not recording.cut


def test_a_session_of_no_year_of_ours_is_none(path):
    path.write_bytes(b'{"spark_recording":1,"created":999999999999,"upstream":"x"}\n')
    with pytest.raises(RecordingError, match="'created': it is no moment"):
        read_recording(path)


def test_of_a_file_without_lines_no_more_than_a_first_one_is_read(path):
    with path.open("wb") as stream:
        # A hole of the file system: a terabyte that takes no room.
        stream.truncate(2**40)
    with pytest.raises(RecordingError, match="is no recording"):
        read_recording(path)
