"""Rows of the self-test: as a table, as JSON, and back."""

import json

import pytest

from spark_desktop.domain.self_test import (
    PLAN,
    TIDY,
    Outcome,
    Row,
    Seen,
    document,
    failed_names,
    full_document,
    row_of,
    table,
)
from spark_desktop.domain.words import Said, say

ROW = Row(
    "model",
    say("model"),
    Seen(Outcome.FAILED, say("{name} is not here", name="small"), say("Fetch it.")),
    1.2345,
)


def test_the_table_says_what_to_do_below_what_failed() -> None:
    fine = Row("program", "program", Seen(Outcome.OK, "Spark 1"), 0.0)
    assert table([fine, ROW]) == [
        "ok      program    0.00 s  Spark 1",
        "FAILED  model      1.23 s  small is not here",
        "                           -> Fetch it.",
    ]


def test_without_rows_there_is_no_table() -> None:
    assert table([]) == []


@pytest.mark.parametrize("outcome", [Outcome.OK, Outcome.NOTE])
def test_only_a_failure_is_named(outcome: Outcome) -> None:
    assert failed_names([Row("tray", "tray", Seen(outcome, "x")), ROW]) == ("model",)


def test_a_row_for_scripts_holds_plain_text() -> None:
    assert document(ROW) == {
        "key": "model",
        "name": "model",
        "verdict": "FAILED",
        "seen": "small is not here",
        "next_step": "Fetch it.",
        "seconds": 1.234,
    }


def test_a_row_from_another_process_can_still_be_translated() -> None:
    read = row_of(json.loads(json.dumps(full_document(ROW))))
    assert read.seen == ROW.seen
    assert isinstance(read.seen.text, Said)
    assert read.seen.text.template == "{name} is not here"
    assert isinstance(read.name, Said)


@pytest.mark.parametrize(
    "found", [{}, document(ROW), full_document(ROW) | {"verdict": "perhaps"}, {"said": None}]
)
def test_what_is_no_row_is_refused(found: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"row|perhaps"):
        row_of(found)


def test_every_check_has_a_key_and_a_name_of_its_own() -> None:
    plan = (*PLAN, TIDY)
    assert len({check.key for check in plan}) == len({check.name for check in plan}) == len(plan)
