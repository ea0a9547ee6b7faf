"""What small models really answered, through everything that a proposal goes through.

Each answer comes in several splits; what must come of it stands beside it, judged by a reader.
"""

from collections import Counter

import pytest

from spark_desktop.domain.patch import apply
from spark_desktop.domain.proposal import Ready, Withheld
from tests.recorded_answers import (
    FOLDER,
    Recording,
    outcome_of,
    proposed,
    recordings,
    shape,
    splits,
)

ALL = recordings()
JUDGED = [one for one in ALL if one.data["expected"]]


def params(is_chat: bool) -> list[object]:
    """Return the recordings of the chat, or the others; one that the data calls wrong is so."""
    return [
        pytest.param(
            one,
            id=one.file.removesuffix(".json"),
            marks=[pytest.mark.xfail(reason=reason, strict=True)]
            if (reason := one.expected.get("wrong_yet"))
            else [],
        )
        for one in JUDGED
        if one.is_chat is is_chat
    ]


@pytest.mark.parametrize("recording", params(is_chat=False))
async def test_an_answer_for_a_region_becomes_what_a_reader_takes_it_for(recording: Recording):
    expected = recording.expected
    for pieces in splits(recording.answer):
        proposal = await proposed(recording, pieces)
        if expected["verdict"] == "ready":
            assert proposal.state == Ready()
            before = recording.data["files"][recording.data["asked"]["path"]]
            assert apply(before, proposal.patch.hunks) == expected["after"]
        else:
            assert isinstance(proposal.state, Withheld)
            assert expected["reason"] in proposal.state.reason


@pytest.mark.parametrize("recording", params(is_chat=True))
async def test_an_answer_of_the_chat_changes_what_a_reader_takes_it_to_change(recording: Recording):
    expected = recording.expected
    for pieces in splits(recording.answer):
        outcome = await outcome_of(recording, pieces)
        assert [shape(block) for block in outcome.blocks] == expected["blocks"]
        assert list(outcome.cut) == expected.get("cut", [])
        assert list(outcome.unread) == expected.get("unread", [])
        assert [one for one in outcome.anchors if one] == expected.get("anchors", [])
        refused = [one.reason.name for one in outcome.assembled.refused]
        assert refused == expected.get("refused", [])
        failed = [failed.reason for edit in outcome.assembled.edits for failed in edit.failed]
        assert len(failed) == expected.get("failed", 0)
        if expected["after"] is None:
            assert list(outcome.after) == expected["changed"]
        else:
            assert outcome.after == expected["after"]
        reasons = expected.get("withheld", {})
        assert list(outcome.withheld) == list(reasons)
        assert all(reason in outcome.withheld[path] for path, reason in reasons.items())
        for text in expected.get("prose", []):
            assert text in outcome.prose
        for text in expected.get("not_prose", []):
            assert text not in outcome.prose


def test_there_are_forty_recordings_and_all_of_them_are_judged():
    assert len(ALL) >= 40
    assert [one.file for one in ALL if not one.data["expected"]] == []
    models = Counter(one.data["model"] for one in ALL)
    assert min(models["qwen2.5-coder-0.5b"], models["qwen2.5-coder-1.5b"]) >= 18


def test_both_good_and_bad_outcomes_are_among_them():
    verdicts = Counter(one.expected["verdict"] for one in JUDGED if not one.is_chat)
    assert min(verdicts["ready"], verdicts["withheld"]) >= 4
    chats = [one.expected for one in JUDGED if one.is_chat]
    changing = sum(expected["after"] != {} for expected in chats)
    assert min(changing, len(chats) - changing) >= 4


def test_the_recordings_are_explained():
    assert (FOLDER / "README.md").exists()
