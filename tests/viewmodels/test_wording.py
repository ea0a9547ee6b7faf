from dataclasses import replace

from spark_desktop.domain.patch import Owner
from spark_desktop.domain.proposal import Check, Closed, Decision, Proposal
from spark_desktop.viewmodels.notice import Tone
from spark_desktop.viewmodels.wording import (
    EvidenceLine,
    evidence_line,
    evidence_of,
    notice_of_proposal,
    row_of,
    state_text,
)
from tests.interface_fakes import proposal


def test_evidence_that_all_passed_has_one_tick() -> None:
    line = evidence_line((Check("differs", True), Check("not shrunk", True, "3 → 10 lines")))
    assert line.text == "✓ differs · not shrunk (3 → 10 lines)"
    assert line.failed == ""


def test_what_failed_comes_first_and_its_reason_stands_in_the_tip() -> None:
    line = evidence_line((Check("differs", True), Check("parses", False, "It has 1 error.")))
    assert (line.failed, line.passed) == ("✗ parses", "✓ differs")
    assert line.text == "✗ parses · ✓ differs"
    assert line.tip == "✗ parses: It has 1 error.\n✓ differs"


def test_nothing_checked_is_an_empty_line() -> None:
    assert evidence_line(()) == EvidenceLine()


def test_an_edit_by_the_user_is_not_taken_for_checked() -> None:
    one = proposal()
    assert one.patch is not None
    first, *others = one.patch.hunks
    patch = replace(one.patch, hunks=(replace(first, owner=Owner.USER), *others))
    assert evidence_of(one).unsure == ""
    assert evidence_of(replace(one, patch=patch)).unsure == "~ your edit is not checked"
    assert evidence_of(replace(one, patch=patch, evidence=())) == EvidenceLine()


def edited(*numbers: int) -> Proposal:
    """Return a proposal that failed its checks, of which the user edited these hunks since."""
    one = proposal()
    assert one.patch is not None
    hunks = [
        replace(hunk, owner=Owner.USER) if number in numbers else hunk
        for number, hunk in enumerate(one.patch.hunks)
    ]
    failed = (Check("differs", True), Check("parses", False, "It has 1 error."))
    return replace(one, patch=replace(one.patch, hunks=tuple(hunks)), evidence=failed)


def test_what_failed_before_an_edit_is_not_said_of_the_edit() -> None:
    told = [notice_of_proposal(edited(*numbers)) for numbers in ((), (0,), (0, 1, 2))]
    assert [(one.text, one.tone, one.hint) for one in told if one] == [
        (
            "Failed its checks: It has 1 error.",
            Tone.WARNING,
            "Only what you accept is written.",
        ),
        (
            "Failed its checks before your edit: It has 1 error.",
            Tone.WARNING,
            "Your edit is not checked.",
        ),
        (
            "Failed its checks before your edit: It has 1 error.",
            Tone.MUTED,
            "Your edit is not checked.",
        ),
    ]


def test_the_evidence_and_the_row_say_what_failed_before_an_edit() -> None:
    line = evidence_of(edited(0))
    assert line.failed == ""
    assert line.unsure == "~ before your edit: ✗ parses · ~ your edit is not checked"
    assert state_text(edited(0)) == "✗ parses · 3 hunks"
    assert state_text(edited(0, 1, 2)) == "3 hunks"
    assert row_of(edited(0)).tone is Tone.WARNING
    assert row_of(edited(0, 1, 2)).tone is Tone.GOOD


def test_a_proposal_that_the_file_holds_already_was_not_rejected() -> None:
    one = proposal(Closed(0))
    assert one.patch is not None
    first, *others = [hunk.id for hunk in one.patch.hunks]
    stale = replace(one, decisions=dict.fromkeys((first, *others), Decision.STALE))
    told = notice_of_proposal(stale)
    assert told is not None
    assert (told.text, told.hint) == ("The file holds it already.", "Nothing was written.")
    assert state_text(stale) == "no longer needed"
    half = replace(stale, decisions={**stale.decisions, first: Decision.REJECTED})
    told = notice_of_proposal(half)
    assert told is not None
    assert told.text == "Rejected."
    assert state_text(half) == "rejected"
