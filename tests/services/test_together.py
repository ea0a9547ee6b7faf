"""Follow-ups of one change are checked with each other."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from fakes import LineSyntax, MemoryFiles

from spark_desktop.domain.completion import Usage
from spark_desktop.domain.events import ProposalChanged
from spark_desktop.domain.patch import compute
from spark_desktop.domain.proposal import (
    Cancelled,
    Check,
    Proposal,
    Queued,
    Ready,
    Streaming,
    Withheld,
)
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import FollowUp, Instruction, Span
from spark_desktop.domain.workspace import Snapshot, snapshot_of
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.bus import Bus
from spark_desktop.services.judging import Judge
from spark_desktop.services.target import target_of
from spark_desktop.services.together import IN_OTHER, Together

SITE = "a = f(1)\nb = f(2)\nc = f(3)\n"
QUAY = "d = f(4)\n"
PASSED = (Check("unittest", True),)


def made(name: str, path: str, text: str, old: str, new: str, origin: str = "home.py") -> Proposal:
    snapshot = snapshot_of(path, SourceText(text))
    patch = compute(path, snapshot.digest, text, text.replace(old, new))
    trigger = FollowUp(snapshot, Span(0, 1), name, "fit it", origin=origin)
    return Proposal(name, trigger, Ready(), patch=patch)


async def unread(path: str) -> Snapshot:
    raise AssertionError("nothing waits")


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
    together = Together(board, asked, unread)
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


@pytest.mark.parametrize("is_elsewhere", [False, True])
async def test_places_of_one_file_that_pass_together_are_one_proposal(is_elsewhere):
    texts = {"site.py": SITE, "quay.py": QUAY}
    wanted = {"site.py": "a = f(1).x\nb = f(2)\nc = f(3).x\n"}
    usage = Usage(10, 2, 0)
    waiting = [
        replace(made("one", "site.py", SITE, "f(1)", "f(1).x"), region=Span(0, 1), usage=usage)
    ]
    if is_elsewhere:
        wanted["quay.py"] = "d = f(4).x\n"
        waiting.append(made("two", "quay.py", QUAY, "f(4)", "f(4).x"))

    async def evidence(path: str, seen: Mapping[str, tuple[str, str]]) -> tuple[Check, ...]:
        fits = all(seen.get(one, ("", ""))[1] == after for one, after in wanted.items())
        return (MENDED if fits else STILL,)

    async def read(path: str) -> Snapshot:
        return snapshot_of(path, SourceText(texts[path]))

    board = ProposalBoard(Bus())
    together = Together(board, evidence, read)
    for one in waiting:
        board.put(together.wait(replace(one, evidence=(STILL,))))
    last = made("it", "site.py", SITE, "f(3)", "f(3).x")
    last = replace(last, state=Streaming(1), region=Span(2, 3), usage=usage)
    board.put(last)
    told = await together.evidence(last, "site.py", SITE, last.after)
    done = together.settle(replace(last, state=Ready(), evidence=told))
    assert done.after == wanted["site.py"]
    assert (done.region, done.trigger.lines) == (Span(0, 3), Span(0, 3))
    assert done.usage == Usage(20, 4, 0)
    assert board.get("one").state == Cancelled(IN_OTHER)
    assert done.group == ("it" if is_elsewhere else "")
    if is_elsewhere:
        other = board.get("two")
        assert (other.state, other.group, other.after) == (Ready(), "it", wanted["quay.py"])
        assert MENDED in other.evidence


async def test_a_place_that_does_not_fit_the_others_stays_a_proposal_of_its_own():
    board = ProposalBoard(Bus())
    together = Together(board, Asked(), unread)
    places = [
        made("one", "quay.py", QUAY, "f(4)", "f(4).x"),
        made("two", "quay.py", QUAY, "f(4)", "f(4).y"),
    ]
    for one in places:
        board.put(replace(one, state=Queued()))
        together._answers[one.id] = one
    last = made("it", "site.py", SITE, "f(3)", "f(3).x")
    together._passed["it"] = (last.after, (MENDED,), places)
    assert together.settle(last).group == "it"
    assert (board.get("one").state, board.get("one").group) == (Ready(), "it")
    left = board.get("two")
    assert (left.state, left.group, left.after) == (Ready(), "", "d = f(4).y\n")


async def test_an_import_that_both_bring_is_there_once():
    text = "import a\nx = f(1)\ny = f(2)\n"
    first = made("one", "site.py", text, "f(1)", "f(1).x")
    patch = compute("site.py", "", text, "import a\nimport b\nx = f(1).x\ny = f(2)\n")
    board, asked = ProposalBoard(Bus()), Asked()
    board.put(replace(first, patch=patch))
    second = made("it", "site.py", text, "f(2)", "f(2).x")
    after = "import a\nimport b\nx = f(1)\ny = f(2).x\n"
    await Together(board, asked, unread).evidence(second, "site.py", text, after)
    ((_, texts),) = asked.texts
    assert texts["site.py"].count("import b") <= 1


async def test_what_is_wrong_with_the_others_withholds_nothing():
    board, seen = ProposalBoard(Bus()), []
    board.put(made("two", "quay.py", QUAY, "f(4)", "f(4).x"))

    async def evidence(path: str, texts: Mapping[str, tuple[str, str]]) -> tuple[Check, ...]:
        seen.append(len(texts))
        return PASSED if len(texts) == 1 else (Check("unittest", False, "fails"),)

    proposal = made("it", "site.py", SITE, "f(2)", "f(2).x")
    together = Together(board, evidence, unread)
    assert await together.evidence(proposal, "site.py", SITE, proposal.after) == PASSED
    assert seen == [2, 1]


async def test_a_judge_asks_so_of_follow_ups_alone():
    judge, asked = Judge(LineSyntax()), Asked()
    alone: list[str] = []

    async def project(path: str, before: str, after: str) -> tuple[Check, ...]:
        alone.append(path)
        return PASSED

    judge.project = project
    judge.follow_up = Together(ProposalBoard(Bus()), asked, unread).evidence
    follow_up = made("it", "quay.py", QUAY, "f(4)", "f(4).x")
    instruction = Instruction(follow_up.trigger.snapshot, None, "do it")
    for trigger in (follow_up.trigger, instruction):
        one = replace(follow_up, trigger=trigger)
        target = target_of(trigger, LineSyntax())
        found = await judge.examined(target, one, names=False, project=True)
        assert found.evidence[-1] == PASSED[0]
    assert alone == ["quay.py"]
    assert asked.texts == [("quay.py", {"quay.py": "d = f(4).x\n"})]


# What has to stand in each file for the tests to pass that need it.
WANTED = {"one.py": "f(1).x", "two.py": "f(2).x", "three.py": "f(3).x"}
STILL = Check("unittest", False, "still fails: test_all", proves=True, waits=True)
MENDED = Check("unittest", True, "3 passed", proves=True)


class Project:
    """Three places of one change, and a test that needs ``needed`` of them."""

    def __init__(self, world_of, *answers: str, needed: tuple[str, ...] = tuple(WANTED)) -> None:
        files = MemoryFiles(
            **{
                f"{name}__py": f"def {name}():\n    return f({number})\n"
                for number, name in enumerate(("one", "two", "three"), 1)
            }
        )
        self.world = world_of(files, *answers)
        self.needed = needed
        self.runs: list[frozenset[str]] = []
        suggester = self.world.suggester
        suggester.effort = replace(suggester.effort, repairs=1)
        suggester.judge.project = self.project
        suggester.together = Together(self.world.board, self.evidence, self.world.files.read)
        suggester.judge.follow_up = suggester.together.evidence

    async def project(self, path: str, before: str, after: str) -> tuple[Check, ...]:
        raise AssertionError("only follow-ups are asked for")

    async def evidence(self, path: str, texts: Mapping[str, tuple[str, str]]) -> tuple[Check, ...]:
        assert path in texts
        self.runs.append(frozenset(texts))
        fits = {one for one, (_, after) in texts.items() if WANTED[one] in after}
        # Compilers and linters speak of each file.
        compiled = [Check("python", True, one) for one in texts]
        return (*compiled, MENDED if set(self.needed) <= fits else STILL)

    async def all_asked(self) -> list[Proposal]:
        """Ask for all three places, one after the other; return what is on the board then."""
        for path in WANTED:
            snapshot = self.world.files.snapshot(path)
            self.world.turns.request(FollowUp(snapshot, Span(1, 2), path, "fit", origin="home.py"))
        await self.world.turns.idle()
        return list(self.world.board.all())

    async def follow(self) -> list[Proposal]:
        """Return what became of all three."""
        done = await self.all_asked()
        assert [one.trigger.snapshot.path for one in done] == list(WANTED)
        return done


def body(number: int, name: str, end: str = ".x") -> str:
    return f"def {name}():\n    return f({number}){end}\n"


RIGHT = (body(1, "one"), body(2, "two"), body(3, "three"))


async def test_all_become_ready_with_the_last_that_a_test_needs(world_of):
    one = Project(world_of, *RIGHT)
    done = await one.follow()
    assert [each.state for each in done] == [Ready()] * 3
    assert [str(each.after) for each in done] == list(RIGHT)
    # One answer for each place: who waits is not asked to repair what is no fault of its own.
    assert len(one.world.endpoint.requests) == 3
    # They are reviewed and written together.
    assert {each.group for each in done} == {done[2].id}
    for each in done:
        assert not any(check.waits for check in each.evidence)
        assert MENDED in each.evidence
        assert [str(c.detail) for c in each.evidence if c.name == "together"] == [
            "with 2 other places of this change"
        ]


async def test_who_waits_is_queued_meanwhile(world_of):
    one = Project(world_of, *RIGHT)
    await one.follow()
    states = [
        type(event.proposal.state).__name__
        for event in one.world.seen.of(ProposalChanged)
        if event.proposal.trigger.snapshot.path == "one.py"
    ]
    assert states[0] == "Queued"
    assert states[-3:] == ["Queued", "Queued", "Ready"]
    assert "Withheld" not in states


async def test_who_waited_is_asked_once_more_when_the_others_have_answered(world_of):
    wrong = body(1, "one", ".y")
    one = Project(world_of, wrong, *RIGHT[1:], RIGHT[0])
    done = await one.follow()
    assert [each.state for each in done] == [Ready()] * 3
    assert [str(each.after) for each in done] == list(RIGHT)
    assert len(one.world.endpoint.requests) == 4
    # It is told what is wrong, instead of being asked the same again.
    told = one.world.endpoint.requests[3].messages[-1].text
    assert "still fails: test_all" in told


async def test_what_a_test_does_not_need_is_not_shown_with_it(world_of):
    one = Project(world_of, *RIGHT, RIGHT[1], needed=("one.py", "three.py"))
    done = await one.follow()
    # The second one passes with the first and third, which is no merit of its own.
    assert [type(each.state) for each in done] == [Ready, Ready, Ready]
    first = next(c for c in done[0].evidence if c.name == "together")
    assert str(first.detail) == "with 1 other place of this change"
    assert not any(check.proves for check in done[1].evidence)


async def test_where_one_stays_wrong_all_are_withheld_and_say_why(world_of):
    wrong = [body(2, "two", ".y"), body(2, "two", ".z")]
    one = Project(world_of, RIGHT[0], wrong[0], RIGHT[2], RIGHT[0], wrong[1], RIGHT[2])
    done = await one.follow()
    assert [each.state for each in done] == [Withheld("still fails: test_all")] * 3
    assert len(one.world.endpoint.requests) == 6


async def test_a_place_that_was_withheld_becomes_ready_with_a_later_one(world_of):
    # The first waits, fails once more beside what is wrong, and passes with the second's next.
    one = Project(world_of, RIGHT[0], body(2, "two", ".y"), RIGHT[2], RIGHT[0], RIGHT[1])
    done = await one.follow()
    assert [each.state for each in done] == [Ready()] * 3
    states = [
        event.proposal.state
        for event in one.world.seen.of(ProposalChanged)
        if event.proposal.trigger.snapshot.path == "one.py"
    ]
    assert Withheld("still fails: test_all") in states
    # Queued before it is ready: what was told as withheld is told anew.
    assert states[-2:] == [Queued(answered=True), Ready()]


async def test_what_the_user_took_off_the_list_does_not_come_back(world_of):
    one = Project(world_of, RIGHT[0], body(2, "two", ".y"), RIGHT[2], RIGHT[0], RIGHT[1], RIGHT[2])
    board = one.world.board
    plain = board.put

    def put(proposal: Proposal) -> None:
        plain(proposal)
        if isinstance(proposal.state, Withheld) and proposal.trigger.snapshot.path == "one.py":
            board.remove(proposal.id)

    board.put = put
    ids = [
        one.world.turns.request(
            FollowUp(one.world.files.snapshot(path), Span(1, 2), path, "fit", origin="home.py")
        )
        for path in WANTED
    ]
    await one.world.turns.idle()
    assert ids[0] not in board
    assert all(isinstance(board.get(each).state, Withheld) for each in ids[1:])


async def test_an_answer_to_a_file_that_was_saved_since_is_not_checked_along(world_of):
    one = Project(world_of, *RIGHT, RIGHT[0])
    plain = one.evidence

    async def evidence(path: str, texts: Mapping[str, tuple[str, str]]) -> tuple[Check, ...]:
        if path == "two.py":
            one.world.files.write("one.py", "# new\n" + RIGHT[0].replace(".x", ""))
        return await plain(path, texts)

    one.world.suggester.together._evidence_of = evidence
    done = await one.follow()
    assert [each.state for each in done] == [Ready()] * 3
    assert done[0].after == "# new\n" + RIGHT[0]
    # The last one did not pass with what was for the text before.
    assert frozenset(WANTED) in one.runs
    assert len(one.world.endpoint.requests) == 4


async def test_where_what_it_passed_with_is_gone_meanwhile_it_is_withheld(world_of):
    one = Project(world_of, *RIGHT)
    plain = one.evidence

    async def evidence(path: str, texts: Mapping[str, tuple[str, str]]) -> tuple[Check, ...]:
        told = await plain(path, texts)
        board = one.world.board
        if MENDED in told:
            for each in board.all():
                if each.trigger.snapshot.path == "two.py":
                    one.world.turns.dismiss(each.id)
        return told

    one.world.suggester.together._evidence_of = evidence
    done = await one.all_asked()
    assert "two.py" not in [each.trigger.snapshot.path for each in done]
    last = done[-1]
    assert last.state == Withheld("What it passed together with is there no more.")
    assert not any(isinstance(each.state, Ready) for each in done)


async def test_what_others_prove_alone_is_no_proof_of_it():
    board = ProposalBoard(Bus())
    board.put(made("two", "quay.py", QUAY, "f(4)", "f(4).x"))

    async def evidence(path: str, texts: Mapping[str, tuple[str, str]]) -> tuple[Check, ...]:
        return (MENDED if "quay.py" in texts else PASSED[0],)

    proposal = made("it", "site.py", SITE, "f(2)", "f(2).x")
    told = await Together(board, evidence, unread).evidence(
        proposal, "site.py", SITE, proposal.after
    )
    assert [(one.passed, one.proves) for one in told] == [(True, False)]


async def test_what_was_found_wrong_and_withholds_nothing_stays_with_it(world_of):
    one = Project(world_of, *RIGHT)
    plain = one.evidence

    async def evidence(path: str, texts: Mapping[str, tuple[str, str]]) -> tuple[Check, ...]:
        lint = Check("ruff check", path != "two.py", path, is_advice=path == "two.py")
        return (lint, *await plain(path, texts))

    one.world.suggester.together._evidence_of = evidence
    done = await one.follow()
    assert [each.state for each in done] == [Ready()] * 3
    assert [c.passed for c in done[1].evidence if c.name == "ruff check"] == [False]


async def test_one_wrong_answer_is_left_out_where_the_others_pass_without_it(world_of):
    wrong = body(1, "one", ".y")
    one = Project(world_of, wrong, *RIGHT[1:], wrong, needed=("two.py", "three.py"))
    plain = one.evidence

    async def evidence(path: str, texts: Mapping[str, tuple[str, str]]) -> tuple[Check, ...]:
        told = await plain(path, texts)
        return (STILL,) if ".y" in texts.get("one.py", ("", ""))[1] else told

    one.world.suggester.together._evidence_of = evidence
    done = await one.follow()
    assert [type(each.state) for each in done] == [Withheld, Ready, Ready]


async def test_another_save_of_the_same_file_is_another_change():
    board, asked = ProposalBoard(Bus()), Asked()
    other = made("one", "site.py", SITE, "f(1)", "f(1).x")
    board.put(replace(other, trigger=replace(other.trigger, change="earlier")))
    proposal = made("it", "site.py", SITE, "f(2)", "f(2).x")
    await Together(board, asked, unread).evidence(proposal, "site.py", SITE, proposal.after)
    assert asked.texts == [("site.py", {"site.py": SITE.replace("f(2)", "f(2).x")})]


async def test_whoever_asks_themselves_is_not_put_off(world_of):
    one = Project(world_of, *RIGHT, RIGHT[0])
    world = one.world
    withheld = Proposal(
        "old",
        FollowUp(world.files.snapshot("one.py"), Span(1, 2), "one.py", "fit", origin="home.py"),
        Withheld("still fails: test_all"),
    )
    world.board.put(withheld)
    again = world.turns.repeat("old")
    world.turns.request(
        FollowUp(world.files.snapshot("two.py"), Span(1, 2), "two.py", "fit", origin="home.py")
    )
    await world.turns.idle()
    told = [
        type(event.proposal.state).__name__
        for event in world.seen.of(ProposalChanged)
        if event.proposal.id == again
    ]
    assert told.count("Queued") == 1
    assert "Withheld" in told


async def test_an_answer_with_a_fault_of_its_own_does_not_wait(world_of):
    same = "def one():\n    return f(1)\n"
    one = Project(world_of, same, same, RIGHT[1], RIGHT[2], needed=())
    done = await one.follow()
    assert isinstance(done[0].state, Withheld)
    assert str(done[0].state.reason).startswith("The answer changes nothing")
