"""What of a withheld proposal can be looked at."""

from dataclasses import replace

import pytest

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.patch import compute
from spark_desktop.domain.proposal import Check, Closed, FailedBlock, Proposal, Ready, Withheld
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import Instruction, Span
from spark_desktop.domain.withheld import can_be_shown, has_failed_checks, shown_anyway
from spark_desktop.domain.workspace import snapshot_of

BASE = snapshot_of("a.txt", SourceText("one\ntwo\n"))
FAILED = (Check("differs", True), Check("parses", False, "It has 1 error."))


def withheld(after: str = "one\nTWO\n", evidence: tuple[Check, ...] = FAILED) -> Proposal:
    patch = compute("a.txt", BASE.digest, BASE.text.content, after)
    trigger = Instruction(BASE, None, "upper case")
    return Proposal("p1", trigger, Withheld("no"), Span(0, 2), patch, evidence=evidence)


def test_what_failed_can_be_shown_and_stays_in_the_evidence() -> None:
    shown = shown_anyway(withheld())
    assert shown == replace(withheld(), state=Ready())
    assert has_failed_checks(shown)


@pytest.mark.parametrize("name", ["parses", "inside", "no placeholder", "tests", "not shrunk"])
def test_a_whole_change_can_be_shown_whatever_is_wrong_with_it(name: str) -> None:
    assert can_be_shown(withheld(evidence=(Check("differs", True), Check(name, False))))


@pytest.mark.parametrize("name", ["complete", "comes to an end", "anchored", "differs"])
def test_half_an_answer_or_one_without_a_place_is_nothing_to_show(name: str) -> None:
    one = withheld(evidence=(Check(name, False), *FAILED))
    assert not can_be_shown(one)
    with pytest.raises(SparkError, match="nothing here to look at"):
        shown_anyway(one)


def test_without_a_changed_line_there_is_nothing_to_show() -> None:
    assert not can_be_shown(withheld(after=BASE.text.content))
    assert not can_be_shown(replace(withheld(), patch=None))
    lost = FailedBlock("f1", ("x\n",), ("y\n",), "No such lines.")
    assert not can_be_shown(replace(withheld(), failed=(lost,)))


def test_only_what_is_withheld_is_shown_anyway() -> None:
    for state in (Ready(), Closed(1)):
        assert not can_be_shown(replace(withheld(), state=state))


def test_advice_that_was_not_followed_is_no_failed_check() -> None:
    assert not has_failed_checks(withheld(evidence=(Check("lint", False, is_advice=True),)))
