"""A report grows step by step, and answers of a test are judged strictly."""

import pytest

from spark_desktop.domain.check_questions import (
    SCHEMA,
    follows_the_schema,
    saw_the_suffix,
)
from spark_desktop.domain.connection_check import (
    WAYS,
    CheckKind,
    CheckOutcome,
    CheckReport,
    CheckStep,
    with_model,
)
from spark_desktop.domain.endpoints import EndpointSpec, FillInWay, RemoteModel

SPEC = EndpointSpec("mine", "Mine", "https://box.example/v1", model="m")


def test_a_step_takes_the_place_of_the_one_of_its_kind() -> None:
    report = CheckReport(SPEC).with_step(CheckStep(CheckKind.NAME, CheckOutcome.RUNNING))
    report = report.with_step(CheckStep(CheckKind.TCP, CheckOutcome.RUNNING))
    report = report.with_step(CheckStep(CheckKind.NAME, CheckOutcome.PASSED))
    assert [(step.kind, step.outcome) for step in report.steps] == [
        (CheckKind.NAME, CheckOutcome.PASSED),
        (CheckKind.TCP, CheckOutcome.RUNNING),
    ]


def test_what_follows_a_failure_is_skipped_with_its_name() -> None:
    report = CheckReport(SPEC).with_step(CheckStep(CheckKind.NAME, CheckOutcome.FAILED, "x"))
    report = report.without_the_rest(CheckKind.NAME)
    assert [step.kind for step in report.steps] == list(CheckKind)
    assert report.failed == CheckStep(CheckKind.NAME, CheckOutcome.FAILED, "x")
    assert report.steps[-1].found == "Not tested, as a step before it failed: Name."


def test_every_step_and_way_has_a_name_for_the_user() -> None:
    assert all(kind.label for kind in CheckKind)
    assert set(WAYS) == set(FillInWay) - {FillInWay.NONE}


def test_a_model_takes_the_place_of_the_one_with_its_id() -> None:
    spec = with_model(with_model(SPEC, RemoteModel("m")), RemoteModel("n"))
    spec = with_model(spec, RemoteModel("m", context=5))
    assert spec.models == (RemoteModel("m", context=5), RemoteModel("n"))


@pytest.mark.parametrize(
    ("answer", "saw"),
    [('violet42"', True), ('"violet42', True), ('red"', False), ("", False), ("a violet42", False)],
)
def test_only_who_saw_the_suffix_knows_the_word(answer: str, saw: bool) -> None:
    assert saw_the_suffix(answer) is saw


@pytest.mark.parametrize(
    ("answer", "follows"),
    [
        ('{"colour": "colour-7391"}', True),
        (' {"colour":"colour-7391"}\n', True),
        ('```json\n{"colour": "colour-7391"}\n```', False),
        ('{"colour": "red"}', False),
        ("colour-7391", False),
        ("[" * 100_000, False),
    ],
)
def test_only_an_answer_that_is_held_to_the_schema_follows_it(answer: str, follows: bool) -> None:
    assert "colour-7391" in SCHEMA
    assert follows_the_schema(answer) is follows
