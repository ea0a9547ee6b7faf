"""Follow-ups of one change are checked with each other."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from fakes import LineSyntax

from spark_desktop.domain.patch import compute
from spark_desktop.domain.proposal import Check, Proposal, Queued, Ready, Streaming
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import FollowUp, Instruction, Span
from spark_desktop.domain.workspace import snapshot_of
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.bus import Bus
from spark_desktop.services.judging import Judge
from spark_desktop.services.target import target_of
from spark_desktop.services.together import Together

SITE = "a = f(1)\nb = f(2)\nc = f(3)\n"
QUAY = "d = f(4)\n"
PASSED = (Check("unittest", True),)


def made(name: str, path: str, text: str, old: str, new: str, origin: str = "home.py") -> Proposal:
    snapshot = snapshot_of(path, SourceText(text))
    patch = compute(path, snapshot.digest, text, text.replace(old, new))
    trigger = FollowUp(snapshot, Span(0, 1), name, "fit it", origin=origin)
    return Proposal(name, trigger, Ready(), patch=patch)


class Asked:
    """Notes the texts that are checked."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, dict[str, str]]] = []

    async def __call__(self, path: str, texts: Mapping[str, tuple[str, str]]) -> tuple[Check, ...]:
        self.texts.append((path, {one: after for one, (_, after) in texts.items()}))
        return PASSED


async def asked_of(*others: Proposal) -> dict[str, str]:
    """Return what is checked with the second line of the site, beside other proposals."""
    board, asked = ProposalBoard(Bus()), Asked()
    for one in others:
        board.put(one)
    proposal = replace(made("it", "site.py", SITE, "f(2)", "f(2).x"), state=Streaming(1))
    board.put(proposal)
    together = Together(board, asked)
    assert await together.evidence(proposal, "site.py", SITE, proposal.after) == PASSED
    ((path, texts),) = asked.texts
    assert path == "site.py"
    return texts


async def test_what_is_ready_of_the_same_change_is_checked_too():
    texts = await asked_of(
        made("one", "site.py", SITE, "f(1)", "f(1).x"),
        made("two", "quay.py", QUAY, "f(4)", "f(4).x"),
    )
    assert texts == {
        "site.py": "a = f(1).x\nb = f(2).x\nc = f(3)\n",
        "quay.py": "d = f(4).x\n",
    }


@pytest.mark.parametrize(
    "other",
    [
        made("one", "site.py", SITE, "f(1)", "f(1).x", origin="other.py"),
        replace(made("one", "site.py", SITE, "f(1)", "f(1).x"), state=Queued()),
        replace(
            made("one", "site.py", SITE, "f(1)", "f(1).x"),
            trigger=Instruction(snapshot_of("site.py", SourceText(SITE)), None, "do it"),
        ),
        # The same lines, or another version of them.
        made("one", "site.py", SITE, "f(2)", "f(2).y"),
        made("one", "site.py", f"{SITE}e = 5\n", "e = 5", "e = 6"),
        replace(made("one", "site.py", SITE, "f(1)", "f(1).x"), patch=None),
    ],
)
async def test_what_is_no_part_of_it_is_not(other):
    assert await asked_of(other) == {"site.py": SITE.replace("f(2)", "f(2).x")}


async def test_an_import_that_both_bring_is_there_once():
    text = "import a\nx = f(1)\ny = f(2)\n"
    first = made("one", "site.py", text, "f(1)", "f(1).x")
    patch = compute("site.py", "", text, "import a\nimport b\nx = f(1).x\ny = f(2)\n")
    board, asked = ProposalBoard(Bus()), Asked()
    board.put(replace(first, patch=patch))
    second = made("it", "site.py", text, "f(2)", "f(2).x")
    after = "import a\nimport b\nx = f(1)\ny = f(2).x\n"
    await Together(board, asked).evidence(second, "site.py", text, after)
    ((_, texts),) = asked.texts
    assert texts["site.py"].count("import b") <= 1


async def test_what_is_wrong_with_the_others_withholds_nothing():
    board, seen = ProposalBoard(Bus()), []
    board.put(made("two", "quay.py", QUAY, "f(4)", "f(4).x"))

    async def evidence(path: str, texts: Mapping[str, tuple[str, str]]) -> tuple[Check, ...]:
        seen.append(len(texts))
        return PASSED if len(texts) == 1 else (Check("unittest", False, "fails"),)

    proposal = made("it", "site.py", SITE, "f(2)", "f(2).x")
    together = Together(board, evidence)
    assert await together.evidence(proposal, "site.py", SITE, proposal.after) == PASSED
    assert seen == [2, 1]


async def test_a_judge_asks_so_of_follow_ups_alone():
    judge, asked = Judge(LineSyntax()), Asked()
    alone: list[str] = []

    async def project(path: str, before: str, after: str) -> tuple[Check, ...]:
        alone.append(path)
        return PASSED

    judge.project = project
    judge.follow_up = Together(ProposalBoard(Bus()), asked).evidence
    follow_up = made("it", "quay.py", QUAY, "f(4)", "f(4).x")
    instruction = Instruction(follow_up.trigger.snapshot, None, "do it")
    for trigger in (follow_up.trigger, instruction):
        one = replace(follow_up, trigger=trigger)
        target = target_of(trigger, LineSyntax())
        found = await judge.examined(target, one, names=False, project=True)
        assert found.evidence[-1] == PASSED[0]
    assert alone == ["quay.py"]
    assert asked.texts == [("quay.py", {"quay.py": "d = f(4).x\n"})]
