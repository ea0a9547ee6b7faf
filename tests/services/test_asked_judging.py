"""What the user asked for in words, looked for in an answer."""

import pytest

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.checks import failure
from spark_desktop.domain.completion import Finished, FinishReason
from spark_desktop.domain.proposal import Proposal, Streaming
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import FailingTest, Instruction, Span
from spark_desktop.domain.workspace import snapshot_of
from spark_desktop.services.attempts import Answer
from spark_desktop.services.judging import Judge
from spark_desktop.services.target import target_of

LINE = "std::string line(double litres) {\n    return std::to_string(litres);\n}\n"


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        (
            "std::to_string(std::round(litres * 100) / 100)",
            "std::to_string writes six decimals, however a number was rounded.",
        ),
        ('std::format("{:.2f}", litres)', None),
    ],
)
def test_decimals_are_shown_as_they_were_asked_for(shown, why):
    snapshot = snapshot_of("a.cpp", SourceText(LINE))
    trigger = Instruction(snapshot, Span(0, 3), "show two decimals")
    target = target_of(trigger, TreeSitterSyntax())
    region = LINE.replace("std::to_string(litres)", shown)
    proposal = Proposal("1", trigger, Streaming(1))
    answer = Answer(proposal, region, region, False, Finished(FinishReason.STOP))
    found = Judge(TreeSitterSyntax()).checked(target, answer)
    assert failure(found.evidence) == why


def test_who_needs_one_still_does_after_a_bug_was_mended():
    content = (
        "def ready(team):\n"
        '    """Return whether it has players, and each of them has shoes."""\n'
        "    for one in team:\n"
        "        if one.shoes:\n            return True\n    return False\n"
    )
    region = content.replace("if one", "if not one").replace("True", "No").replace("False", "True")
    region = region.replace("return No", "return False")
    trigger = FailingTest(snapshot_of("a.py", SourceText(content)), Span(0, 6), "test", "it failed")
    target = target_of(trigger, TreeSitterSyntax())
    answer = Answer(
        Proposal("1", trigger, Streaming(1)), region, region, False, Finished(FinishReason.STOP)
    )
    found = Judge(TreeSitterSyntax()).checked(target, answer)
    assert failure(found.evidence) == "The answer says yes where there is none; its words do not."
