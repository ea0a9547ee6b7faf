"""More answers than one: samples after failures, and agreement where nothing proves an answer."""

from dataclasses import replace

import pytest
from fakes import ENDED, MODEL, Answer, LineSyntax, MemoryFiles

from spark_desktop.domain.checks import failure
from spark_desktop.domain.completion import ChatRequest, Timing, Usage
from spark_desktop.domain.effort import Effort
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.patch import apply
from spark_desktop.domain.proposal import Check, Queued, Ready, Withheld
from spark_desktop.domain.track_record import Tally, Way
from spark_desktop.domain.trigger import FollowUp, Repair, Span
from spark_desktop.services.prompts import Surroundings
from spark_desktop.services.target import target_of
from spark_desktop.services.work import Work

COMMENT = "def double(value):\n    # return twice the value AI!\n    return value\n"
TIMES = "def double(value):\n    return value * 2\n"
PLUS = "def double(value):\n    return value + value\n"
SQUARE = "def double(value):\n    return value ** 2\n"
BROKEN = "def double(value):\n    return (value * 2\n"


def fenced(code: str) -> str:
    return f"```python\n{code}```\n"


@pytest.fixture
def asked(world_of):
    """Return what asks for the comment's proposal, with three answers to choose from."""

    async def ask(*answers, effort=None, proved=False, model=None, invented=None):
        world = world_of(MemoryFiles(a__py=COMMENT), *(fenced(code) for code in answers))
        world.suggester.effort = effort or Effort(samples=3)
        if model is not None:
            world.endpoint.become(model)
        if proved:

            async def passes(path, before, after):
                return (Check("tests", "value * 2" in after, "", report="2 != 4", proves=True),)

            world.suggester.project = passes
        world.suggester.judge.invented = invented
        (trigger,) = world.triggers("a.py")
        return world, await world.ready(trigger)

    return ask


def text_of(proposal) -> str:
    return apply(COMMENT, proposal.patch.hunks)


async def test_an_answer_that_another_one_repeats_is_shown_with_that(asked):
    world, proposal = await asked(TIMES, PLUS, TIMES)
    assert proposal.state == Ready()
    assert text_of(proposal) == TIMES
    assert proposal.evidence[-1] == Check("agreed", True, "2 of 3 answers")
    assert len({request.seed for request in world.endpoint.requests}) == 3


async def test_what_most_answers_agree_on_is_shown_instead_of_the_first(asked):
    _, proposal = await asked(SQUARE, TIMES, TIMES)
    assert proposal.state == Ready()
    assert text_of(proposal) == TIMES


SMALL = replace(MODEL, id="qwen2.5-coder-0.5b")


STUB = 'def double(value):\n    """Return twice the value."""\n    ...\n'


@pytest.mark.parametrize("model", ["qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"])
async def test_of_small_models_nothing_is_shown_unasked_that_nothing_proves(world_of, model):
    world = world_of(MemoryFiles(a__py=STUB), *[fenced(TIMES)] * 3)
    world.endpoint.become(replace(SMALL, id=model, fim=False))
    world.suggester.effort = Effort(samples=3)
    (trigger,) = world.triggers("a.py")
    proposal = await world.ready(trigger)
    told = "No test proves it, and models of this size are mostly wrong without one."
    assert proposal.state == Withheld(told)
    assert len(world.endpoint.requests) == 1  # whatever the others say, it is not shown
    assert not proposal.evidence[-1].waits


async def test_what_follows_a_change_may_be_proved_with_others_of_it(world_of):
    world = world_of(MemoryFiles(a__py=STUB), fenced(TIMES))
    world.endpoint.become(replace(SMALL, fim=False))
    world.suggester.effort = Effort(samples=3)
    proposal = await world.ready(
        FollowUp(world.files.snapshot("a.py"), Span(1, 2), "double()", "fit it", origin="b.py")
    )
    assert isinstance(proposal.state, Withheld)
    assert [one.name for one in proposal.evidence if one.waits] == ["proved"]


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ((TIMES,) * 3, "3 of 3 answers"),
        ((TIMES, PLUS, TIMES, TIMES, TIMES), "4 of 5 answers"),
        ((TIMES, PLUS, TIMES, TIMES, PLUS), "3 of 5 answers"),
        (
            (TIMES, PLUS, TIMES, SQUARE, PLUS),
            "Only 2 of 5 answers are the same, too few for a model of this size.",
        ),
        ((TIMES, PLUS, SQUARE), "The model answered 3 times, each time something else."),
    ],
)
async def test_what_small_models_were_asked_for_is_shown_where_most_agree(asked, answers, told):
    model = replace(MODEL, id="qwen2.5-coder-1.5b")
    world, proposal = await asked(*answers, model=model)
    assert proposal.evidence[-1].detail == told
    assert proposal.state == (
        Ready() if told.endswith("5 answers") or "3 of 3" in told else Withheld(told)
    )
    assert len(world.endpoint.requests) == len(answers)


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ((TIMES,) * 5, "5 of 5 answers"),
        (
            (TIMES, TIMES, TIMES, TIMES, PLUS),
            "Only 4 of 5 answers are the same, too few for a model of this size.",
        ),
        (
            (TIMES, PLUS, TIMES),
            "Only 2 of 3 answers are the same, too few for a model of this size.",
        ),
        ((TIMES, PLUS, SQUARE), "The model answered 3 times, each time something else."),
    ],
)
async def test_what_the_smallest_models_were_asked_for_is_shown_where_all_agree(
    asked, answers, told
):
    world, proposal = await asked(*answers, model=SMALL)
    assert proposal.evidence[-1].detail == told
    assert proposal.state == (Ready() if told.endswith("5 answers") else Withheld(told))
    assert len(world.endpoint.requests) == len(answers)


@pytest.mark.parametrize(("model", "is_shown"), [("qwen2.5-coder-1.5b", False), ("big-7b", True)])
async def test_small_models_agree_on_nothing_where_the_code_stays(asked, model, is_shown):
    idle = [f"def double(value):\n    # {said}\n    return value\n" for said in ("a", "b", "c")]
    _, proposal = await asked(*idle, model=replace(MODEL, id=model))
    assert isinstance(proposal.state, Ready) == is_shown
    assert proposal.evidence[-1].passed == is_shown


async def test_of_the_smallest_models_what_a_test_proves_is_shown(asked):
    _, proposal = await asked(TIMES, proved=True, model=SMALL)
    assert proposal.state == Ready()


async def test_a_broken_file_that_parses_again_needs_no_test(world_of):
    broken = "def double(value)\n    return value * 2\n"
    fixed = fenced("def double(value):\n    return value * 2\n")
    world = world_of(MemoryFiles(a__py=broken), fixed, fixed, fixed)
    world.endpoint.become(SMALL)
    world.suggester.effort = Effort(samples=3)
    snapshot = await world.files.read("a.py")
    proposal = await world.ready(Repair(snapshot, Span(0, 2), "a colon is missing"))
    assert proposal.state == Ready()
    assert proposal.evidence[-1].detail == "3 of 3 answers"


async def test_answers_that_all_differ_are_withheld_with_that_reason(asked):
    _, proposal = await asked(TIMES, PLUS, SQUARE)
    assert proposal.state == Withheld("The model answered 3 times, each time something else.")


async def test_an_answer_that_a_test_proves_is_not_weighed(asked):
    world, proposal = await asked(TIMES, proved=True)
    assert proposal.state == Ready()
    assert len(world.endpoint.requests) == 1


async def test_after_repairs_that_failed_other_answers_are_tried(asked):
    world, proposal = await asked(SQUARE, PLUS, BROKEN, TIMES, proved=True)
    assert proposal.state == Ready()
    assert text_of(proposal) == TIMES
    first, repair, sample, _ = world.endpoint.requests
    assert "2 != 4" in repair.messages[-1].text
    assert sample.messages == first.messages
    assert (first.temperature, sample.temperature) == (0.0, 0.7)


async def test_a_model_that_costs_money_is_asked_once_where_nothing_fails(asked):
    world, proposal = await asked(TIMES, model=replace(MODEL, is_local=False))
    assert proposal.state == Ready()
    assert len(world.endpoint.requests) == 1


async def test_the_tokens_of_all_answers_are_added_up(asked):
    _, proposal = await asked(TIMES, TIMES, TIMES)
    usage = ENDED.usage
    assert proposal.usage == Usage(
        3 * usage.prompt_tokens, 3 * usage.completion_tokens, 3 * usage.cached_tokens
    )
    timing = ENDED.timing
    # Else three answers in the time of one would be three times as fast.
    assert proposal.timing == Timing(
        timing.first_token, 3 * timing.total, pytest.approx(3 * timing.prefill), 3 * timing.decode
    )


async def test_the_time_of_a_second_attempt_is_added(asked):
    _, proposal = await asked(BROKEN, TIMES, effort=Effort(samples=1))
    assert proposal.timing.total == 2 * ENDED.timing.total
    assert proposal.timing.first_token == ENDED.timing.first_token


async def test_a_majority_that_the_projects_checks_refuse_is_no_reason_to_show_it(world_of):
    world = world_of(MemoryFiles(a__py=COMMENT), *(fenced(c) for c in (TIMES, PLUS, PLUS)))
    world.suggester.effort = Effort(samples=3)

    async def no_plus(path, before, after):
        return (Check("lint", "+" not in after, "Use a product."),)

    world.suggester.project = no_plus
    (trigger,) = world.triggers("a.py")
    proposal = await world.ready(trigger)
    assert text_of(proposal) == TIMES
    assert failure(proposal.evidence) == ("The model answered 3 times, each time something else.")


async def test_a_failed_sample_agrees_with_nothing(asked):
    _, proposal = await asked(TIMES, BROKEN, BROKEN)
    assert isinstance(proposal.state, Withheld)


async def test_without_doubts_the_first_that_passes_is_shown(asked):
    world, proposal = await asked(TIMES, effort=Effort(doubts=False))
    assert proposal.state == Ready()
    assert not world.endpoint.requests[0].likelihood


async def test_an_answer_says_how_sure_the_model_was(world_of):
    world = world_of(
        MemoryFiles(a__py=COMMENT),
        Answer(fenced(PLUS), end=replace(ENDED, likelihood=-0.5)),
        Answer(fenced(TIMES), end=replace(ENDED, likelihood=-0.1)),
    )
    world.suggester.effort = Effort(samples=2)
    (trigger,) = world.triggers("a.py")
    proposal = await world.ready(trigger)
    # Both are lonely: the likelier is chosen, and withheld as nothing agrees with it.
    assert isinstance(proposal.state, Withheld)
    assert text_of(proposal) == TIMES


class Record:
    """A TrackRecord in memory; ``error`` is raised by both methods."""

    def __init__(self, tallies=None, error=None):
        self.known, self.error, self.kept = tallies or {}, error, []

    async def tallies(self, model, kind):
        if self.error is not None:
            raise self.error
        return self.known

    async def keep(self, model, kind, way, passed):
        self.kept.append((model, kind, way, passed))
        if self.error is not None:
            raise self.error


STUB = "def double(value):\n    pass\n"


async def stub_with(world_of, record, *answers):
    world = world_of(MemoryFiles(a__py=STUB), *answers)
    world.suggester.ways.record = record
    (trigger,) = world.triggers("a.py")
    return world, await world.ready(trigger)


async def test_what_has_failed_with_the_model_before_is_not_tried_first(world_of):
    record = Record({Way.FILL_IN: Tally(20, 1), Way.REGION: Tally(20, 15)})
    world, proposal = await stub_with(world_of, record, fenced(TIMES))
    assert proposal.state == Ready()
    assert isinstance(world.endpoint.requests[0], ChatRequest)
    assert record.kept == [("fake-model", "stub", Way.REGION, True)]


async def test_each_answer_is_counted(world_of):
    record = Record()
    _, proposal = await stub_with(world_of, record, "return (value", fenced(TIMES))
    assert proposal.state == Ready()
    assert [kept[2:] for kept in record.kept] == [(Way.FILL_IN, False), (Way.REGION, True)]


async def test_a_record_that_cannot_be_kept_stops_nothing(world_of):
    record = Record(error=StoreError("The disk is full.", "Make room."))
    _, proposal = await stub_with(world_of, record, "return value * 2")
    assert proposal.state == Ready()


async def test_an_answer_with_words_that_nobody_knows_gives_way_to_others_or_is_withheld(asked):
    async def invented(path, before, after, asked):
        return ("cost",) if ".cost" in after else ()

    made_up = "def double(value):\n    return value.cost * 2\n"
    for answers, text in (((made_up, TIMES, TIMES), TIMES), ((made_up, made_up, made_up), "")):
        _, proposal = await asked(*answers, invented=invented)
        if text:
            assert text_of(proposal) == text
            assert proposal.state == Ready()
            assert proposal.evidence[-1] == Check("agreed", True, "2 of 3 answers")
        else:
            assert proposal.state == Withheld("Nothing in the project has cost.")


FIVE_WRONG = (PLUS, SQUARE, PLUS, SQUARE, PLUS)


async def test_where_a_test_decides_more_answers_are_tried(asked):
    world, proposal = await asked(*FIVE_WRONG, TIMES, proved=True)
    assert proposal.state == Ready()
    assert text_of(proposal) == TIMES
    assert len(world.endpoint.requests) == 6


async def test_the_answers_that_a_test_decides_on_are_bounded(asked):
    world, proposal = await asked(*FIVE_WRONG, PLUS, SQUARE, TIMES, proved=True)
    assert proposal.state == Withheld("tests")
    assert len(world.endpoint.requests) == 7


async def test_a_name_of_the_file_that_was_asked_for_and_is_not_used_is_said_to_the_model(
    world_of, monkeypatch
):
    monkeypatch.setattr(LineSyntax, "bare", lambda _self, _path, content: content)
    file = "LIMIT = 5\n\n\ndef double(value):\n    # never more than LIMIT AI!\n    return value\n"
    best = fenced("def double(value):\n    return min(value, LIMIT)\n")
    world = world_of(MemoryFiles(a__py=file), fenced(TIMES), best)
    world.suggester.effort = Effort(samples=1)
    (trigger,) = world.triggers("a.py")
    proposal = await world.ready(trigger)
    assert proposal.state == Ready()
    told = world.endpoint.requests[1].messages[-1].text
    assert "The answer does not use LIMIT, which was spoken of." in told


LATE = "def late(day, last):\n    # tell whether the last day is over AI!\n    return False\n"
AFTER = "def late(day, last):\n    return day > last\n"
FROM = "def late(day, last):\n    return day >= last\n"


async def passes_late(path, before, after):
    return (Check("tests", "return False" not in after, proves=True),)


NOT = "def late(day, last):\n    return not day <= last\n"


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ((AFTER, AFTER, AFTER), "3 of 3 answers"),
        ((AFTER, FROM, AFTER, AFTER, AFTER), "4 of 5 answers"),
        ((AFTER, FROM, FROM, FROM, FROM), "4 of 5 answers"),
        (
            (AFTER, FROM, AFTER, FROM, AFTER),
            "Only 3 of 5 answers are the same, too few for a model of this size.",
        ),
        ((AFTER, FROM, NOT), "The model answered 3 times, each time something else."),
    ],
)
@pytest.mark.parametrize("model", [SMALL, replace(SMALL, id="qwen2.5-coder-1.5b")])
async def test_of_small_models_an_answer_whose_bound_no_test_decides_is_weighed(
    world_of, answers, told, model
):
    world = world_of(MemoryFiles(a__py=LATE), *(fenced(code) for code in answers))
    world.endpoint.become(model)
    world.suggester.effort = Effort(samples=3)
    world.suggester.project = passes_late
    (trigger,) = world.triggers("a.py")
    proposal = await world.ready(trigger)
    assert proposal.evidence[-1].detail == told
    assert proposal.state == (Ready() if told.endswith("answers") else Withheld(told))
    assert len({request.seed for request in world.endpoint.requests}) == len(answers)


async def test_the_test_that_the_user_named_decides_and_what_it_leaves_open_is_told(world_of):
    world = world_of(MemoryFiles(a__py=LATE), fenced(AFTER))
    world.endpoint.become(SMALL)
    world.suggester.effort = Effort(samples=3, trusts=True)
    world.suggester.project = passes_late
    (trigger,) = world.triggers("a.py")
    proposal = await world.ready(trigger)
    assert proposal.state == Ready()
    assert proposal.evidence[-1].name == "bounds are tested"
    assert len(world.endpoint.requests) == 1


async def test_an_answer_that_changes_nothing_is_no_end_where_the_user_named_a_test(world_of):
    idle = fenced(LATE.replace("    # tell whether the last day is over AI!\n", ""))
    world = world_of(MemoryFiles(a__py=LATE), *[idle] * 5, fenced(AFTER))
    world.endpoint.become(SMALL)
    world.suggester.effort = Effort(samples=3, trusts=True)
    world.suggester.project = passes_late
    (trigger,) = world.triggers("a.py")
    proposal = await world.ready(trigger)
    assert proposal.state == Ready()
    assert len(world.endpoint.requests) == 6


async def test_of_larger_models_it_is_shown_with_a_warning(world_of):
    world = world_of(MemoryFiles(a__py=LATE), fenced(AFTER))
    world.suggester.effort = Effort(samples=3)
    world.suggester.project = passes_late
    (trigger,) = world.triggers("a.py")
    proposal = await world.ready(trigger)
    assert proposal.state == Ready()
    assert proposal.evidence[-1].name == "bounds are tested"
    assert len(world.endpoint.requests) == 1


async def test_what_no_model_wrote_is_not_weighed_against_what_one_says(world_of):
    world = world_of(MemoryFiles(a__py=LATE), *[fenced(AFTER)] * 3)
    world.endpoint.become(SMALL)
    world.suggester.effort = Effort(samples=3)
    world.suggester.project = passes_late
    (trigger,) = world.triggers("a.py")
    found = replace(
        await world.ready(trigger), state=Queued(), evidence=(Check("tests", True, proves=True),)
    )
    asked = len(world.endpoint.requests)
    work = Work(found, target_of(trigger, LineSyntax()), world.endpoint, Surroundings(), None)
    told = await world.suggester.weighing.weighed(work, replace(found, model=""), Effort())
    assert told.evidence[-1].name == "bounds are tested"
    assert len(world.endpoint.requests) == asked


ONCE = "The tests call double only once."
NEVER = "No test calls double itself."


@pytest.mark.parametrize(
    ("cases", "answers", "model", "told"),
    [
        (1, (TIMES, TIMES, TIMES), SMALL, [ONCE, "3 of 3 answers"]),
        (
            1,
            (TIMES, SQUARE, PLUS),
            SMALL,
            [ONCE, "The model answered 3 times, each time something else."],
        ),
        (2, (TIMES,), SMALL, []),
        (0, (TIMES, TIMES, TIMES), SMALL, [NEVER, "3 of 3 answers"]),
        (None, (TIMES,), SMALL, []),
        (1, (TIMES,), replace(SMALL, id="qwen2.5-coder-7b"), []),
    ],
)
async def test_of_small_models_a_stub_that_tests_call_once_or_not_themselves_is_weighed(
    world_of, cases, answers, model, told
):
    world = world_of(MemoryFiles(a__py=STUB), *map(fenced, answers))
    world.endpoint.become(replace(model, fim=False))
    world.suggester.effort = Effort(samples=3)
    asked = []

    async def passes(path, before, after):
        return (Check("tests", True, proves=True),)

    async def known(path, name):
        asked.append((path, name))
        return cases

    world.suggester.project = passes
    world.suggester.weighing.cases = known
    (trigger,) = world.triggers("a.py")
    proposal = await world.ready(trigger)
    said = [one.detail for one in proposal.evidence if one.name in ("cases are tested", "agreed")]
    assert said == told
    is_ready = not told or told[-1].endswith("answers")
    assert isinstance(proposal.state, Ready if is_ready else Withheld)
    assert asked in ([("a.py", "double")], [])
