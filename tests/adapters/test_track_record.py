"""What has worked with a model, in its file."""

import json

import pytest

from spark_desktop.adapters.track_record import TrackRecordFile
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.track_record import Tally, Way


@pytest.fixture
def file(tmp_path):
    return tmp_path / "track_record.json"


async def test_answers_are_counted_by_model_kind_and_way(file):
    record = TrackRecordFile(file)
    for passed in (True, False, True):
        await record.keep("small", "stub", Way.FILL_IN, passed)
    await record.keep("small", "stub", Way.REGION, False)
    await record.keep("large", "stub", Way.FILL_IN, False)
    await record.keep("small", "AI!", Way.REGION, True)
    assert await TrackRecordFile(file).tallies("small", "stub") == {
        Way.FILL_IN: Tally(3, 2),
        Way.REGION: Tally(1, 0),
    }
    assert await record.tallies("unknown", "stub") == {}


async def test_what_was_long_ago_counts_for_less(file):
    file.write_text(json.dumps({"small": {"stub": {"region": [200, 100]}}}))
    record = TrackRecordFile(file)
    await record.keep("small", "stub", Way.REGION, True)
    assert await record.tallies("small", "stub") == {Way.REGION: Tally(101, 51)}


async def test_a_way_of_a_newer_program_is_kept_and_passed_over(file):
    file.write_text(json.dumps({"m": {"k": {"new": [3, 1]}}}))
    record = TrackRecordFile(file)
    await record.keep("m", "k", Way.REGION, True)
    assert await record.tallies("m", "k") == {Way.REGION: Tally(1, 1)}
    assert json.loads(file.read_text())["m"]["k"]["new"] == [3, 1]


@pytest.mark.parametrize(
    "broken",
    ["", "[]", '{"m": 1}', '{"m": {"k": {"region": [1]}}}', '{"m": {"k": {"region": [1, 2]}}}'],
)
async def test_a_broken_file_counts_as_none_and_is_written_anew(file, broken):
    file.write_text(broken)
    record = TrackRecordFile(file)
    assert await record.tallies("m", "k") == {}
    await record.keep("m", "k", Way.REGION, True)
    assert await record.tallies("m", "k") == {Way.REGION: Tally(1, 1)}


async def test_a_file_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(StoreError, match="track_record"):
        await TrackRecordFile(tmp_path / "taken" / "track_record.json").keep(
            "m", "k", Way.REGION, True
        )
