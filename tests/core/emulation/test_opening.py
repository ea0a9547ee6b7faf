"""From flags and a profile of the user's to what is emulated."""

import re

import pytest

from inference_core.domain.errors import UsageError
from inference_core.pacing.profile_file import parse_profile
from inference_core.server.announce import EventLines
from inference_core.server.emulation.opening import open_emulated
from inference_core.server.emulation.options import EmulationOptions, api_name
from inference_core.server.engine_choice import EngineOptions
from spark_resources import resource

SHIPPED = resource("profiles", "codex-spark.toml").read_text(encoding="utf-8")
MINE = SHIPPED.replace('id = "codex-spark"', 'id = "mine"')


@pytest.fixture
def mine(monkeypatch, tmp_path):
    """Write a profile of the user's."""
    monkeypatch.setenv("SPARK_DATA_DIR", str(tmp_path))
    (tmp_path / "profiles").mkdir()

    def write(text):
        (tmp_path / "profiles" / "mine.toml").write_text(text, encoding="utf-8")

    return write


def test_a_model_whose_name_has_no_letter_of_ascii_goes_by_its_profile():
    text = re.sub(r'^model = ".*"$', 'model = "模型"', MINE, count=1, flags=re.MULTILINE)
    assert api_name(parse_profile(text)) == "mine"
    assert api_name(parse_profile(MINE)) == "gpt-5.3-codex-spark"


async def test_a_context_in_which_no_model_can_answer_is_refused_before_one_is_loaded(mine, clock):
    mine(MINE.replace("value = 128_000", "value = 10"))
    options = EmulationOptions(profile="mine")
    with pytest.raises(UsageError, match="'mine' has a context of 10 tokens"):
        await open_emulated("gpt-9", options, EngineOptions(), EventLines(), clock)


async def test_a_recording_answers_under_the_name_of_the_users_profile(mine, clock):
    mine(MINE)
    options = EmulationOptions(profile="mine", source="replay")
    opened, emulation = await open_emulated(None, options, EngineOptions(), EventLines(), clock)
    assert emulation.profile.own
    assert "mine" in opened.model.names
