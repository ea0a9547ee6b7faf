"""One proposal: the region, the answer, the checks, the second attempt."""

from dataclasses import replace

import pytest
from fakes import EMULATION, ENDED, MODEL, Answer, LineSyntax, MemoryFiles, infills

from spark_desktop.domain.completion import ChatRequest, Finished, FinishReason, ModelInfo
from spark_desktop.domain.effort import Effort
from spark_desktop.domain.events import ProposalChanged, ProposalStreamed
from spark_desktop.domain.patch import apply
from spark_desktop.domain.proposal import Cancelled, Check, Failed, Ready, Withheld
from spark_desktop.domain.trigger import Instruction, Span
from spark_desktop.services.target import Target

COMMENT = """\
def mean(values):
    # raise ValueError on an empty list AI!
    return sum(values) / len(values)


def other():
    return 1
"""
GUARDED = """\
def mean(values):
    if not values:
        raise ValueError("no values")
    return sum(values) / len(values)
"""
STUB = "def mean(values):\n    pass\n\n\ndef other():\n    return 1\n"


def fenced(code: str) -> str:
    return f"Here it is:\n```python\n{code}```\n"


async def from_comment(world):
    (trigger,) = world.triggers("a.py")
    return await world.ready(trigger)


async def test_a_comment_is_answered_by_a_patch_that_also_removes_the_comment(world_of):
    world = world_of(MemoryFiles(a__py=COMMENT), fenced(GUARDED))
    proposal = await from_comment(world)
    assert proposal.state == Ready()
    after = apply(COMMENT, proposal.patch.hunks)
    assert after == GUARDED + "\n\ndef other():\n    return 1\n"
    assert all(check.passed for check in proposal.evidence)


async def test_the_model_is_shown_the_region_without_the_comment(world_of):
    world = world_of(MemoryFiles(a__py=COMMENT), fenced(GUARDED))
    await from_comment(world)
    (request,) = world.endpoint.requests
    assert isinstance(request, ChatRequest)
    question = request.messages[-1].text
    assert "raise ValueError on an empty list" in question
    assert "AI!" not in question


async def test_the_numbers_of_the_answer_are_kept(world_of):
    world = world_of(MemoryFiles(a__py=COMMENT), fenced(GUARDED))
    proposal = await from_comment(world)
    assert proposal.usage == ENDED.usage
    assert proposal.timing == ENDED.timing
    assert proposal.model == "fake-model"


async def test_the_region_is_streamed_while_it_is_written(world_of):
    pieces = [f"{line}\n" for line in fenced(GUARDED).splitlines()]
    world = world_of(MemoryFiles(a__py=COMMENT), Answer(*pieces))
    await from_comment(world)
    texts = [event.text for event in world.seen.of(ProposalStreamed)]
    assert len(texts) == len(pieces)
    assert any("if not values" in text and "return sum" not in text for text in texts)
    assert "```" not in "".join(texts)


async def test_an_answer_that_does_not_parse_is_asked_for_again_with_the_reason(world_of):
    broken = GUARDED.replace('"no values")', '"no values"')
    world = world_of(MemoryFiles(a__py=COMMENT), fenced(broken), fenced(GUARDED))
    proposal = await from_comment(world)
    assert proposal.state == Ready()
    retry = world.endpoint.requests[1]
    assert broken in retry.messages[-2].text
    assert "syntax error" in retry.messages[-1].text
    assert retry.messages[:2] == world.endpoint.requests[0].messages, "the prompt is appended to"
    assert proposal.usage.completion_tokens == 2 * ENDED.usage.completion_tokens


async def test_a_proposal_that_fails_twice_is_withheld_with_the_reason(world_of):
    lazy = "def mean(values):\n    # ... rest of code\n    return 0\n"
    world = world_of(MemoryFiles(a__py=COMMENT), fenced(lazy), fenced(lazy))
    proposal = await from_comment(world)
    assert isinstance(proposal.state, Withheld)
    assert "leaves code out" in proposal.state.reason
    assert world.files.text("a.py") == COMMENT


async def test_an_answer_that_changes_nothing_is_withheld_even_if_the_comment_would_go(world_of):
    same = "def mean(values):\n    return sum(values) / len(values)\n"
    world = world_of(MemoryFiles(a__py=COMMENT), fenced(same), fenced(same))
    proposal = await from_comment(world)
    assert isinstance(proposal.state, Withheld)
    assert "changes nothing" in proposal.state.reason


async def test_an_answer_cut_off_at_the_token_limit_is_not_ready(world_of):
    cut = Answer(fenced(GUARDED), end=Finished(FinishReason.LENGTH))
    world = world_of(MemoryFiles(a__py=COMMENT), cut, cut)
    proposal = await from_comment(world)
    assert isinstance(proposal.state, Withheld)
    assert "token limit" in proposal.state.reason


async def test_an_answer_that_repeats_the_rest_of_the_file_is_cut_to_the_region(world_of):
    whole = GUARDED + "\n\ndef other():\n    return 2\n"
    world = world_of(MemoryFiles(a__py=COMMENT), fenced(whole))
    proposal = await from_comment(world)
    assert proposal.state == Ready()
    assert apply(COMMENT, proposal.patch.hunks) == GUARDED + "\n\ndef other():\n    return 1\n"


async def test_an_answer_about_another_function_is_withheld(world_of):
    other = fenced("def other():\n    return 2\n")
    world = world_of(MemoryFiles(a__py=COMMENT), other, other)
    proposal = await from_comment(world)
    assert isinstance(proposal.state, Withheld)
    assert "beyond what was asked" in proposal.state.reason


async def test_a_stub_is_filled_in_between_prefix_and_suffix(world_of):
    world = world_of(MemoryFiles(a__py=STUB), "return sum(values) / len(values)\n")
    proposal = await from_comment(world)
    (request,) = infills(world.endpoint)
    assert request.prefix == "def mean(values):\n    "
    # Such a model would write what follows.
    assert request.suffix == "\n"
    assert proposal.state == Ready()
    after = apply(STUB, proposal.patch.hunks)
    assert after == STUB.replace("pass", "return sum(values) / len(values)")


async def test_a_large_model_is_shown_what_follows_the_gap(world_of):
    world = world_of(MemoryFiles(a__py=STUB), "return sum(values) / len(values)\n")
    world.endpoint.become(replace(MODEL, id="coder-32b"))
    assert (await from_comment(world)).state == Ready()
    (request,) = infills(world.endpoint)
    assert request.suffix.startswith("\n\n\ndef other")


async def test_a_fill_in_that_runs_on_is_stopped_and_cut(world_of):
    body = (
        "return sum(values) / len(values)\n\n\ndef other():\n    return 1\n\n\nprint(mean([1]))\n"
    )
    answer = Answer(*body.splitlines(keepends=True), hangs=True)
    world = world_of(MemoryFiles(a__py=STUB), answer)
    proposal = await from_comment(world)
    assert proposal.state == Ready()
    assert world.endpoint.closed_early == 1
    assert apply(STUB, proposal.patch.hunks) == STUB.replace(
        "pass", "return sum(values) / len(values)"
    )
    assert proposal.usage.completion_tokens > 0


async def test_a_failed_fill_in_is_asked_for_as_a_whole_function(world_of):
    whole = "def mean(values):\n    return sum(values) / len(values)\n"
    world = world_of(MemoryFiles(a__py=STUB), "return sum((values\n", fenced(whole))
    proposal = await from_comment(world)
    assert proposal.state == Ready()
    assert isinstance(world.endpoint.requests[1], ChatRequest)
    assert apply(STUB, proposal.patch.hunks).startswith(whole)


async def test_a_model_without_fill_in_is_asked_for_the_whole_function(world_of):
    whole = "def mean(values):\n    return sum(values) / len(values)\n"
    world = world_of(MemoryFiles(a__py=STUB), fenced(whole))
    world.endpoint._model = ModelInfo("no-fim", 8192, fim=False)
    proposal = await from_comment(world)
    assert isinstance(world.endpoint.requests[0], ChatRequest)
    assert proposal.state == Ready()


async def test_crlf_lines_stay_crlf(world_of):
    crlf = COMMENT.replace("\n", "\r\n")
    world = world_of(MemoryFiles(a__py=crlf), fenced(GUARDED))
    proposal = await from_comment(world)
    after = apply(crlf, proposal.patch.hunks)
    assert after == (GUARDED + "\n\ndef other():\n    return 1\n").replace("\n", "\r\n")


async def test_a_file_saved_while_the_proposal_waited_is_read_anew(world_of):
    world = world_of(MemoryFiles(a__py=COMMENT), fenced(GUARDED))
    (trigger,) = world.triggers("a.py")
    world.files.write("a.py", "import math\n\n\n" + COMMENT)
    proposal = await world.ready(trigger)
    assert proposal.state == Ready()
    assert apply(world.files.text("a.py"), proposal.patch.hunks).startswith("import math\n\n\ndef")


async def test_a_comment_that_is_gone_when_its_turn_comes_asks_for_nothing(world_of):
    world = world_of(MemoryFiles(a__py=COMMENT))
    (trigger,) = world.triggers("a.py")
    world.files.write("a.py", STUB)
    proposal = await world.ready(trigger)
    assert isinstance(proposal.state, Cancelled)
    assert world.endpoint.requests == []


async def test_a_selection_means_the_function_around_it(world_of):
    world = world_of(MemoryFiles(a__py=COMMENT), fenced("def other():\n    return 2\n"))
    trigger = Instruction(world.files.snapshot("a.py"), Span(6, 7), "return 2")
    proposal = await world.ready(trigger)
    assert proposal.region == Span(5, 7)
    assert apply(COMMENT, proposal.patch.hunks) == COMMENT.replace("return 1", "return 2")


LONG = "".join(f"def function_{n}():\n    return {n}\n" for n in range(40))


async def test_an_instruction_for_a_long_file_finds_the_function_that_it_names(world_of):
    world = world_of(MemoryFiles(a__py=LONG), fenced("def function_7():\n    return 70\n"))
    trigger = Instruction(world.files.snapshot("a.py"), None, "let function_7 return 70")
    proposal = await world.ready(trigger)
    assert apply(LONG, proposal.patch.hunks) == LONG.replace("return 7\n", "return 70\n")


async def test_an_instruction_for_a_long_file_that_names_nothing_says_what_to_do(world_of):
    world = world_of(MemoryFiles(a__py=LONG))
    proposal = await world.ready(Instruction(world.files.snapshot("a.py"), None, "be nicer"))
    assert isinstance(proposal.state, Failed)
    assert "Select the lines" in proposal.state.next_step


async def test_a_region_that_cannot_fit_the_context_is_refused_with_both_numbers(world_of):
    huge = "def f():\n" + "    value = compute(one, two, three)\n" * 900
    world = world_of(MemoryFiles(a__py=huge))
    proposal = await world.ready(Instruction(world.files.snapshot("a.py"), Span(3, 4), "x"))
    assert isinstance(proposal.state, Failed)
    assert "8192" in proposal.state.reason
    assert world.endpoint.requests == []


async def test_lines_that_the_answer_leaves_alone_keep_their_endings_in_a_mixed_file(world_of):
    before = "def mean(values):\r\n    x = 1\n    # two AI!\r\n    y = 2\r\n    return x\n"
    answer = "def mean(values):\n    x = 1\n    y = 2\n    z = 3\n    return x\n"
    world = world_of(MemoryFiles(a__py=before), fenced(answer))
    proposal = await from_comment(world)
    after = apply(before, proposal.patch.hunks)
    assert after == ("def mean(values):\r\n    x = 1\n    y = 2\r\n    z = 3\r\n    return x\n")


async def test_a_region_without_a_final_newline_is_closed_in_the_file_style(world_of):
    target = Target(Span(0, 1), "a\r\nb\r\n", Span(0, 1), "x")
    assert target.with_region("c") == "c\r\nb\r\n"
    assert target.in_style("a") == "a"
    assert target.in_style("new\na") == "new\r\na"
    assert target.in_style("") == ""


async def test_an_emulated_proposal_is_marked_while_it_is_written(world_of):
    world = world_of(MemoryFiles(a__py=COMMENT), Answer(fenced(GUARDED), emulation=EMULATION))
    proposal = await from_comment(world)
    assert proposal.emulation == EMULATION
    states = [e.proposal for e in world.seen.of(ProposalChanged) if e.proposal.emulation]
    assert states[0].patch is None


async def test_an_emulated_fill_in_that_runs_on_is_still_marked(world_of):
    said = Answer("return 1\n\n\ndef more():\n", "    pass\n", emulation=EMULATION)
    world = world_of(MemoryFiles(a__py=STUB), said)
    (trigger,) = world.triggers("a.py")
    proposal = await world.ready(trigger)
    assert proposal.emulation == EMULATION


async def test_the_projects_own_commands_are_part_of_the_evidence(world_of):
    world = world_of(MemoryFiles(a__py=COMMENT), fenced(GUARDED))
    asked = []

    async def lint(path, before, after):
        asked.append((path, "AI!" in before, "raise ValueError" in after))
        return (Check("lint", False, "a.py:1: E501 line too long", is_advice=True),)

    world.suggester.project = lint
    proposal = await from_comment(world)
    assert proposal.state == Ready(), "advice withholds nothing"
    assert proposal.evidence[-1].name == "lint"
    assert asked == [("a.py", False, True)]


async def test_a_command_that_withholds_is_told_to_the_model(world_of):
    world = world_of(MemoryFiles(a__py=COMMENT), fenced(GUARDED), fenced(GUARDED))

    async def lint(path, before, after):
        return (Check("lint", False, "a.py:1: E501 line too long"),)

    world.suggester.project = lint
    proposal = await from_comment(world)
    assert proposal.state == Withheld("a.py:1: E501 line too long")
    assert "E501" in world.endpoint.requests[1].messages[-1].text


async def test_a_proposal_that_fails_its_checks_is_not_given_to_commands(world_of):
    lazy = "def mean(values):\n    # ... rest of code\n    return 0\n"
    world = world_of(MemoryFiles(a__py=COMMENT), fenced(lazy), fenced(lazy))

    async def lint(path, before, after):
        raise AssertionError("it was asked")

    world.suggester.project = lint
    assert isinstance((await from_comment(world)).state, Withheld)


async def test_the_other_one_of_equal_ones_is_withheld_with_that_reason(world_of):
    asked = (
        "def longest(names):\n"
        "    # return the longest; of several it is the last one, AI!\n    return names\n"
    )
    answer = fenced("def longest(names):\n    return max(names)\n")
    world = world_of(MemoryFiles(a__py=asked), answer)
    world.suggester.effort = Effort(repairs=0, samples=1)
    proposal = await from_comment(world)
    assert isinstance(proposal.state, Withheld)
    assert proposal.state.reason.startswith("Of equal ones max gives the first one")


CLAMP = """\
def clamp(value, low, high):
    # keep the value between both; raise ValueError where low is above high AI!
    return value
"""
BEST = """\
def best(scores):
    # return the best first, do not change the list that was given AI!
    return scores
"""
IN_PLACE = "def best(scores):\n    scores.sort(reverse=True)\n    return scores\n"
NO_RAISE = "def clamp(value, low, high):\n    return min(max(value, low), high)\n"


@pytest.mark.parametrize(
    ("asked", "answer", "told"),
    [
        (CLAMP, NO_RAISE, "The answer does not raise ValueError, which was asked for."),
        (BEST, IN_PLACE, "The answer changes scores in place, which was to stay as it is."),
    ],
)
async def test_what_was_asked_for_and_is_missing_is_said_to_the_model(
    world_of, monkeypatch, asked, answer, told
):
    monkeypatch.setattr(LineSyntax, "bare", lambda _self, _path, content: content)
    world = world_of(MemoryFiles(a__py=asked), fenced(answer))
    world.suggester.effort = Effort(repairs=0, samples=1)
    proposal = await from_comment(world)
    assert proposal.state == Withheld(told)


async def test_an_answer_that_does_what_was_asked_for_is_ready(world_of, monkeypatch):
    monkeypatch.setattr(LineSyntax, "bare", lambda _self, _path, content: content)
    right = NO_RAISE.replace(":\n", ":\n    if low > high:\n        raise ValueError(low)\n", 1)
    sorts = "def best(scores):\n    return sorted(scores, reverse=True)\n"
    for asked, answer in ((CLAMP, right), (BEST, sorts)):
        world = world_of(MemoryFiles(a__py=asked), fenced(answer))
        world.suggester.effort = Effort(repairs=0, samples=1)
        assert (await from_comment(world)).state == Ready()
