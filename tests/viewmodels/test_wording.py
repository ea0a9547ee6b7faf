from dataclasses import replace

from spark_desktop.domain.patch import Owner
from spark_desktop.domain.proposal import Check
from spark_desktop.viewmodels.wording import EvidenceLine, evidence_line, evidence_of
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
