"""Whoever answers first in the user's order answers; nobody's failure loses a question."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date

import pytest
from fakes import MODEL, Answer, FakeClock, FakeEndpoint, Recorder

from spark_desktop.domain.completion import (
    Answering,
    Bucket,
    ChatRequest,
    Finished,
    InfillRequest,
    Message,
    Role,
    TextChunk,
    Usage,
)
from spark_desktop.domain.endpoints import EndpointSpec, Limits, Price, RemoteModel, WorkKind
from spark_desktop.domain.errors import (
    AccessRefusedError,
    CoreError,
    EndpointBusyError,
    EndpointError,
    EndpointRejectedError,
    EndpointUnreachableError,
    IncompleteStreamError,
    LimitError,
    SparkError,
)
from spark_desktop.domain.events import (
    AnswerMeasured,
    AnswerRerouted,
    AnswerWaits,
    BudgetTold,
    PromptCut,
)
from spark_desktop.domain.spending import Budget
from spark_desktop.services.bus import Bus
from spark_desktop.services.candidates import Candidate
from spark_desktop.services.endpoint_health import Health
from spark_desktop.services.purse import Purse
from spark_desktop.services.routing import Router
from spark_desktop.services.tasks import TaskScope

QUESTION = ChatRequest((Message(Role.USER, "Why?"),), max_tokens=100)
DOWN = EndpointUnreachableError("It is down.", "Start it.")
PRICE = Price(1_000_000.0, 1_000_000.0, date(2026, 11, 1), "made up")


class MemoryLog:
    """Keeps records; answers with those that a test puts in."""

    def __init__(self, *records):
        self.kept = list(records)

    def note(self, record):
        self.kept.append(record)

    async def records(self, since):
        return tuple(record for record in self.kept if record.when >= since)


class World:
    """A router over fake endpoints; a candidate that is an error cannot be connected to."""

    def __init__(self):
        self.bus, self.clock = Bus(), FakeClock()
        self.seen = Recorder(self.bus)
        self.scope = TaskScope("test")
        self.candidates = []
        self.hedge_s = 0.0
        self.budget = Budget()
        self.log = MemoryLog()
        self.health = Health(self.bus, self.clock, spread=lambda: 0.5)
        self.purse = Purse(self.log, lambda: self.budget, self.bus, self.clock)
        self.router = Router(self, self.health, self.purse, self.bus, self.clock, self.scope)

    def order(self, kind):
        return tuple(self.candidates)

    def hedge(self, kind):
        return self.hedge_s

    def add(self, name, endpoint, **known):
        async def connect():
            if isinstance(endpoint, Exception):
                raise endpoint
            return endpoint

        limits = known.pop("limits", Limits())
        models = (RemoteModel("m", **known),)
        spec = EndpointSpec(name, name, "http://x/v1", model="m", models=models, limits=limits)
        self.candidates.append(Candidate(name, name, connect, spec))
        return endpoint

    def add_core(self, endpoint):
        async def connect():
            if isinstance(endpoint, Exception):
                raise endpoint
            return endpoint

        self.candidates.append(Candidate("", "", connect))
        return endpoint

    async def ask(self, request=QUESTION, kind=WorkKind.CHAT):
        endpoint = await self.router.endpoint_for(kind)
        async with endpoint.stream(request) as chunks:
            return [chunk async for chunk in chunks]


@pytest.fixture
async def world():
    made = World()
    yield made
    await made.scope.close()


def text(chunks):
    return "".join(chunk.text for chunk in chunks if isinstance(chunk, TextChunk))


def who(chunks):
    return next(chunk.endpoint for chunk in chunks if isinstance(chunk, Answering))


async def test_the_preferred_one_answers_and_says_so_first(world):
    world.add("first", FakeEndpoint("Because."))
    second = world.add("second", FakeEndpoint("No."))
    chunks = await world.ask()
    assert chunks[0] == Answering(MODEL.id, "first")
    assert text(chunks) == "Because."
    assert isinstance(chunks[-1], Finished)
    assert second.requests == []


@pytest.mark.parametrize(
    "error",
    [
        DOWN,
        EndpointBusyError("Too much to do.", "", 20.0),
        EndpointRejectedError("No such model."),
        AccessRefusedError("Wrong key."),
        EndpointError("It failed."),
        IncompleteStreamError("It broke off."),
    ],
)
async def test_on_refusal_limit_or_outage_the_next_one_answers_with_a_notice(world, error):
    world.add("first", FakeEndpoint(Answer(error=error)))
    world.add("second", FakeEndpoint("Because."))
    chunks = await world.ask()
    assert (who(chunks), text(chunks)) == ("second", "Because.")
    (notice,) = world.seen.of(AnswerRerouted)
    assert (notice.source, notice.target, notice.reason) == ("first", "second", error.message)


async def test_the_local_core_is_one_of_them(world):
    world.add("first", FakeEndpoint(Answer(error=DOWN)))
    world.add_core(FakeEndpoint("Because."))
    assert who(await world.ask()) == ""


async def test_a_core_that_cannot_start_is_passed_over(world):
    world.add_core(CoreError("No model."))
    world.add("second", FakeEndpoint("Because."))
    assert who(await world.ask()) == "second"


async def test_the_core_is_asked_each_time_however_often_it_failed(world):
    core = world.add_core(FakeEndpoint(*[Answer(error=CoreError("No model."))] * 5, "At last."))
    for _ in range(5):
        with pytest.raises(CoreError, match="No model"):
            await world.ask()
    assert text(await world.ask()) == "At last."
    assert len(core.requests) == 6


async def test_nothing_is_asked_twice_once_a_token_has_come(world):
    broken = IncompleteStreamError("It broke off.")
    world.add("first", FakeEndpoint(Answer("Beca", error=broken)))
    second = world.add("second", FakeEndpoint("No."))
    endpoint = await world.router.endpoint_for(WorkKind.CHAT)
    came = []

    async def read():
        async with endpoint.stream(QUESTION) as chunks:
            async for chunk in chunks:
                came.append(chunk)

    with pytest.raises(IncompleteStreamError):
        await read()
    assert text(came) == "Beca"
    assert second.requests == []
    assert world.log.kept[-1].error == "IncompleteStreamError"


async def test_where_all_are_busy_everybody_is_asked_again_after_a_visible_wait(world):
    busy = EndpointBusyError("Too much to do.", "", 3.0)
    world.add("only", FakeEndpoint(Answer(error=busy), "Because."))
    began = world.clock.seconds
    assert text(await world.ask()) == "Because."
    assert world.clock.seconds - began == 3.0
    first, last = world.seen.of(AnswerWaits)
    assert (first.endpoint, first.seconds, first.reason) == ("only", 3.0, "Too much to do.")
    assert last.seconds == 0


async def test_an_outage_is_tried_three_times_with_growing_pauses_then_told(world):
    endpoint = world.add("only", FakeEndpoint(*[Answer(error=DOWN)] * 9))
    with pytest.raises(EndpointUnreachableError):
        await world.ask()
    assert len(endpoint.requests) == 3
    waits = [event.seconds for event in world.seen.of(AnswerWaits) if event.seconds]
    assert waits == [0.5, 1.0]


@pytest.mark.parametrize("error", [EndpointRejectedError("Bad."), AccessRefusedError("Wrong key.")])
async def test_what_does_not_pass_by_itself_is_told_at_once(world, error):
    endpoint = world.add("only", FakeEndpoint(Answer(error=error), "never"))
    with pytest.raises(type(error)):
        await world.ask()
    assert len(endpoint.requests) == 1


async def test_a_wait_that_is_too_long_for_anybody_is_not_begun(world):
    world.add("only", FakeEndpoint(Answer(error=EndpointBusyError("Full.", "", 900.0)), "never"))
    with pytest.raises(EndpointBusyError):
        await world.ask()
    assert world.seen.of(AnswerWaits) == []


async def test_one_that_fails_again_and_again_is_left_out_and_tried_later(world):
    down = world.add("first", FakeEndpoint(*[Answer(error=DOWN)] * 3, "Back."))
    world.add("second", FakeEndpoint(*["Because."] * 9))
    for _ in range(5):
        assert who(await world.ask()) == "second"
    assert len(down.requests) == 3
    world.clock.seconds += 16
    assert text(await world.ask()) == "Back."


async def test_one_that_wants_to_be_left_alone_for_a_while_is(world):
    first = world.add(
        "first", FakeEndpoint(Answer(error=EndpointBusyError("Full.", "", 60.0)), "Back.")
    )
    world.add("second", FakeEndpoint(*["Because."] * 3))
    await world.ask()
    assert who(await world.ask()) == "second"
    assert len(first.requests) == 1
    world.clock.seconds += 61
    assert who(await world.ask()) == "first"


async def test_a_request_without_room_in_the_limits_goes_elsewhere(world):
    told = Finished(buckets=(Bucket("tokens-minute", 1000, 20, 600.0),))
    world.add("first", FakeEndpoint(Answer("One.", end=told), "never"))
    world.add("second", FakeEndpoint("Two."))
    await world.ask()
    assert who(await world.ask()) == "second"


async def test_or_waits_visibly_where_there_is_nobody_else(world):
    told = Finished(buckets=(Bucket("tokens-minute", 1000, 20, 12.0),))
    world.add("only", FakeEndpoint(Answer("One.", end=told), "Two."))
    await world.ask()
    assert text(await world.ask()) == "Two."
    assert [event.seconds for event in world.seen.of(AnswerWaits)] == [12.0, 0.0]


async def test_max_tokens_is_what_the_model_and_the_account_allow(world):
    told = Finished(buckets=(Bucket("tokens-minute", 1000, 110, 600.0),))
    endpoint = world.add(
        "only",
        FakeEndpoint(Answer("One.", end=told), "Two."),
        max_output=80,
        limits=Limits(charged_up_front=True),
    )
    await world.ask()
    assert endpoint.requests[0].max_tokens == 80
    await world.ask(replace(QUESTION, max_tokens=100))
    assert endpoint.requests[1].max_tokens == 80


async def test_a_fill_in_is_not_sent_to_a_model_that_cannot(world):
    plain = FakeEndpoint("never", model=replace(MODEL, fim=False))
    world.add("first", plain)
    world.add("second", FakeEndpoint("x = 1", model=replace(MODEL, fim=True)))
    assert who(await world.ask(InfillRequest("a", "b"))) == "second"
    assert plain.requests == []
    assert world.health.allows("first")


async def test_a_slow_first_token_is_hedged_and_the_loser_is_closed(world):
    world.hedge_s = 0.01
    slow = world.add("slow", FakeEndpoint(Answer(hangs=True)))
    world.add("fast", FakeEndpoint("Because."))
    chunks = await world.ask()
    assert (who(chunks), text(chunks)) == ("fast", "Because.")
    assert slow.closed_early == 1
    (notice,) = world.seen.of(AnswerRerouted)
    assert notice.hedged


async def test_without_hedging_a_slow_one_is_waited_for(world):
    slow = world.add("slow", FakeEndpoint(Answer(hangs=True)))
    other = world.add("fast", FakeEndpoint("never"))
    asking = asyncio.create_task(world.ask())
    await slow.reached_silence.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert (slow.closed_early, other.requests) == (1, [])


async def test_leaving_the_answer_closes_it_at_once(world):
    endpoint = world.add("only", FakeEndpoint(Answer("One", hangs=True)))
    routed = await world.router.endpoint_for(WorkKind.CHAT)
    async with routed.stream(QUESTION) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, TextChunk):
                break
    assert endpoint.closed_early == 1
    assert world.log.kept[-1].total is None


async def test_every_answer_is_measured_with_its_cost(world):
    ended = Finished(usage=Usage(3, 2))
    world.add("paid", FakeEndpoint(Answer("Because.", end=ended)), price=PRICE)
    chunks = await world.ask()
    assert chunks[-1].cost == 5.0
    (record,) = [event.record for event in world.seen.of(AnswerMeasured)]
    assert (record.endpoint, record.model, record.cost, record.error) == ("paid", MODEL.id, 5.0, "")
    assert world.log.kept == [record]
    assert world.purse.session == world.purse.month == 5.0


async def test_a_budget_warns_once_then_stops_what_costs_but_not_the_core(world):
    world.budget = Budget(10.0, stops=True)
    answers = [Answer("x", end=Finished(usage=Usage(4, 4)))] * 9
    world.add("paid", FakeEndpoint(*answers), price=PRICE)
    await world.ask()
    assert [told.is_spent for told in world.seen.of(BudgetTold)] == [False]
    await world.ask()
    assert [told.is_spent for told in world.seen.of(BudgetTold)] == [False, True]
    with pytest.raises(LimitError, match=r"budget of \$10.00"):
        await world.ask()
    world.add_core(FakeEndpoint("Free."))
    assert who(await world.ask()) == ""


async def test_a_new_month_begins_with_nothing_spent(world):
    world.add("paid", FakeEndpoint(Answer("x", end=Finished(usage=Usage(4, 4)))), price=PRICE)
    await world.ask()
    assert world.purse.month == 8.0
    world.clock.seconds += 40 * 24 * 3600
    assert (world.purse.month, world.purse.session) == (0.0, 8.0)


async def test_what_the_month_has_cost_before_is_read(world):
    world.add("paid", FakeEndpoint(Answer("x", end=Finished(usage=Usage(4, 4)))), price=PRICE)
    await world.ask()
    later = Purse(world.log, Budget, world.bus, world.clock)
    await later.ready()
    assert (later.month, later.session) == (8.0, 0.0)


async def test_a_budget_stops_the_very_first_question_of_a_program(world):
    paid = Answer("x", end=Finished(usage=Usage(4, 4)))
    world.add("paid", FakeEndpoint(paid, paid), price=PRICE)
    await world.ask()
    world.budget = Budget(5.0, stops=True)
    later = Purse(world.log, lambda: world.budget, world.bus, world.clock)
    router = Router(world, world.health, later, world.bus, world.clock, world.scope)
    endpoint = await router.endpoint_for(WorkKind.CHAT)
    with pytest.raises(LimitError, match=r"budget of \$5.00"):
        async with endpoint.stream(QUESTION):
            pass


async def test_an_answer_that_is_left_before_its_end_counts_against_the_budget(world):
    world.add("paid", FakeEndpoint(Answer("One", hangs=True)), price=PRICE)
    routed = await world.router.endpoint_for(WorkKind.CHAT)
    async with routed.stream(QUESTION) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, TextChunk):
                break
    # "Why?" is taken for two tokens, "One" for one.
    assert world.purse.month == 3.0
    assert (world.log.kept[-1].cost, world.log.kept[-1].usage) == (3.0, Usage())


async def test_an_answer_whose_tokens_nobody_counted_shows_no_cost_but_counts(world):
    world.add("paid", FakeEndpoint(Answer("One", end=Finished())), price=PRICE)
    chunks = await world.ask()
    assert chunks[-1].cost is None
    assert world.purse.month == 3.0


async def test_who_was_asked_as_well_and_came_too_late_counts_as_well(world):
    world.hedge_s = 0.01
    world.add("slow", FakeEndpoint(Answer(hangs=True)), price=PRICE)
    fast = Answer("Because.", end=Finished(usage=Usage(4, 4)))
    world.add("fast", FakeEndpoint(fast), price=PRICE)
    await world.ask()
    assert world.purse.month == 2.0 + 8.0
    assert [(one.endpoint, one.cost) for one in world.log.kept] == [("slow", 2.0), ("fast", 8.0)]


async def test_a_question_that_is_stopped_while_the_slow_ones_end_leaves_nothing_open(world):
    class Clinging(FakeEndpoint):
        @asynccontextmanager
        async def stream(self, request):
            try:
                await asyncio.Event().wait()
                yield
            finally:
                self.reached_silence.set()
                await asyncio.Event().wait()

    world.hedge_s = 0.01
    slow = world.add("slow", Clinging())
    fast = world.add("fast", FakeEndpoint(Answer("Because.", hangs=True)))
    asking = asyncio.create_task(world.ask())
    await slow.reached_silence.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert fast.closed_early == 1


async def test_a_prompt_that_was_cut_in_silence_is_told(world):
    world.add("small", FakeEndpoint(Answer("Hm.", end=Finished(usage=Usage(512, 2)))))
    long = ChatRequest((Message(Role.USER, "some words of a long file\n" * 800),))
    await world.ask(long)
    (cut,) = world.seen.of(PromptCut)
    assert (cut.endpoint, cut.read) == ("small", 512)
    assert cut.sent > 4000


async def test_with_nobody_to_ask_the_next_step_is_said(world):
    with pytest.raises(SparkError, match="No endpoint is chosen") as raised:
        await world.ask()
    assert "settings" in raised.value.next_step


async def test_the_model_is_that_of_the_first_who_can_be_asked(world):
    world.add("first", DOWN)
    world.add("second", FakeEndpoint("x", model=replace(MODEL, id="other")))
    endpoint = await world.router.endpoint_for(WorkKind.CHAT)
    assert endpoint.model.id == "other"
    assert await endpoint.count_tokens("one two") == 2


async def test_what_is_passed_over_unasked_is_told_with_the_reason_too(world):
    world.add("first", FakeEndpoint(*[Answer(error=DOWN)] * 3))
    world.add("second", FakeEndpoint(*["Because."] * 4))
    for _ in range(4):
        await world.ask()
    last = world.seen.of(AnswerRerouted)[-1]
    assert (last.source, last.target) == ("first", "second")
    assert last.reason == "first is left out for now: It is down."
    assert (last.was_asked, last.is_refused) == (False, False)


async def test_a_refused_key_is_said_at_every_question_until_it_is_another_one(world):
    refused = AccessRefusedError("The key was refused.", "Enter it.")
    world.add("first", FakeEndpoint(Answer(error=refused)))
    world.add("second", FakeEndpoint("One.", "Two."))
    await world.ask()
    await world.ask()
    told = world.seen.of(AnswerRerouted)
    assert [(one.was_asked, one.is_refused) for one in told] == [(True, True), (False, True)]
    world.candidates.pop()
    with pytest.raises(AccessRefusedError, match="left out for now: The key") as raised:
        await world.ask()
    assert "settings" in raised.value.next_step
    assert world.seen.of(AnswerWaits) == []


async def test_the_model_that_will_be_asked_is_known_without_asking(world):
    assert world.router.model_for(WorkKind.CHAT) is None
    world.candidates.append(Candidate("a", "A", None, model=MODEL))
    assert world.router.model_for(WorkKind.CHAT) == MODEL


async def test_only_the_one_that_is_asked_first_is_warmed_up(world):
    begun = []
    world.router.warm(WorkKind.CHAT)
    for name in ("a", "b"):
        world.candidates.append(
            Candidate(name, name, None, begin=lambda name=name: begun.append(name))
        )
    world.router.warm(WorkKind.CHAT)
    assert begun == ["a"]


async def test_a_failed_attempt_is_not_logged_as_a_fault_of_the_program(world, caplog):
    world.add("first", FakeEndpoint(Answer(error=DOWN)))
    world.add("second", FakeEndpoint("Because."))
    await world.ask()
    assert caplog.records == []


async def test_the_core_alone_is_not_asked_again_it_waits_by_itself(world):
    core = world.add_core(FakeEndpoint(Answer(error=DOWN), "never"))
    with pytest.raises(EndpointUnreachableError):
        await world.ask()
    assert len(core.requests) == 1
    assert world.seen.of(AnswerWaits) == []
