"""Who runs, in what order, and that nobody's answer depends on who else is there."""

import pytest
from engine_fakes import END, FakeDecoder, answer_to
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_core.domain.errors import BusyError, EngineError, RequestError
from inference_core.domain.generation import (
    Constraint,
    Finished,
    GenerationRequest,
    Priority,
    PromptProgress,
    Sampling,
    StopReason,
    TextPiece,
    TokenPrompt,
)
from inference_core.engine.drafting import StepCosts
from inference_core.engine.job import Job
from inference_core.engine.scheduler import Limits, Scheduler
from inference_core.engine.slot import SlotPhase


class FixedCosts(StepCosts):
    """A machine on which drafts always pay: what the fake decoder takes says nothing."""

    def __init__(self):
        super().__init__([(1, 10.0), (33, 11.0)])

    def note(self, rows, ms):
        pass


class Desk:
    """A scheduler with a fake decoder, and what it said to each request."""

    def __init__(self, limits=None, **decoder):
        self.decoder = FakeDecoder(**decoder)
        self.said = {}
        self.scheduler = Scheduler(
            self.decoder, limits or Limits(saved_bytes=4096), self.hear, FixedCosts()
        )
        self.number = 0

    def hear(self, number, event):
        self.said.setdefault(number, []).append(event)

    def ask(self, prompt, most=5, priority=Priority.QUESTION, prediction=(), **more):
        self.number += 1
        request = GenerationRequest(
            TokenPrompt(tuple(prompt)), Sampling(max_tokens=most), priority=priority, **more
        )
        room = self.decoder.info.context - len(prompt)
        job = Job(self.number, request, list(prompt), room, prediction, arrived=self.number)
        self.scheduler.add(job)
        return self.number

    def step(self):
        batch = self.scheduler.compose()
        done = batch is not None and self.scheduler.run(batch)
        assert self.scheduler.store.cells_used == self.decoder.cells_used
        return done

    def drain(self):
        while not self.scheduler.idle:
            assert self.step() or self.scheduler.idle

    def text(self, number):
        return "".join(e.text for e in self.said[number] if isinstance(e, TextPiece))

    def end(self, number):
        assert isinstance(self.said[number][-1], Finished)
        return self.said[number][-1]


def written(tokens):
    return "".join(f"<{token}>" for token in tokens if token != END)


LONG = list(range(1, 40))


def test_an_answer_is_what_the_model_writes_up_to_the_limit():
    desk = Desk()
    number = desk.ask(LONG, most=4)
    desk.drain()
    assert desk.text(number) == written(answer_to(LONG, 4))
    assert desk.end(number).reason in (StopReason.LENGTH, StopReason.STOP)
    assert desk.end(number).timings.prompt_n == len(LONG)


def test_two_questions_are_answered_in_the_same_batches():
    desk = Desk()
    first, second = desk.ask([5, 6, 7], most=3), desk.ask([8, 9], most=3)
    desk.step()
    assert {row.sequence for row in desk.decoder.batches[0]} == {0, 1}
    desk.drain()
    assert desk.text(first) == written(answer_to([5, 6, 7], 3))
    assert desk.text(second) == written(answer_to([8, 9], 3))


def test_a_question_pauses_a_suggestion_which_goes_on_afterwards():
    desk = Desk()
    suggestion = desk.ask(LONG, most=6, priority=Priority.SUGGESTION)
    desk.step()
    question = desk.ask([3, 4], most=2)
    while len(desk.said.get(question, ())) == 0 or not isinstance(
        desk.said[question][-1], Finished
    ):
        before = len(desk.said[suggestion])
        desk.step()
        assert len(desk.said[suggestion]) == before
    worked = desk.decoder.worked
    desk.drain()
    assert desk.text(suggestion) == written(answer_to(LONG, 6))
    assert desk.decoder.worked - worked < len(LONG)


def test_a_warm_up_works_through_the_prompt_and_the_question_reuses_all_but_one_token():
    desk = Desk()
    warm_up = desk.ask(LONG, most=0, priority=Priority.WARMUP)
    desk.drain()
    assert desk.end(warm_up).timings.predicted_n == 0
    question = desk.ask(LONG, most=1)
    desk.drain()
    assert desk.end(question).timings.cache_n == len(LONG) - 1


def test_a_warm_up_of_what_is_known_costs_nothing():
    desk = Desk()
    desk.ask(LONG, most=0)
    desk.drain()
    worked = desk.decoder.worked
    again = desk.ask(LONG, most=0)
    desk.drain()
    assert (desk.decoder.worked, desk.end(again).timings.cache_n) == (worked, len(LONG))


def test_a_batch_cut_short_is_made_again_with_the_same_result():
    desk = Desk()
    number = desk.ask(LONG, most=3)
    desk.decoder.stopped = True
    assert not desk.step()
    desk.decoder.stopped = False
    desk.drain()
    assert desk.text(number) == written(answer_to(LONG, 3))


def test_a_cancelled_request_says_nothing_more_and_leaves_its_prefix():
    desk = Desk()
    number = desk.ask(LONG, most=30)
    desk.step()
    said = len(desk.said[number])
    desk.scheduler.cancel(number)
    desk.drain()
    assert len(desk.said[number]) == said
    assert all(sampler.closed for sampler in desk.decoder.samplers)
    again = desk.ask(LONG, most=1)
    desk.drain()
    assert desk.end(again).timings.cache_n == len(LONG) - 1


def test_one_that_begins_like_a_running_prompt_waits_for_it_and_shares_it():
    shared = [1 + n % 40 for n in range(100)]
    desk = Desk(batch=32)
    first, second = desk.ask([*shared, 7], most=1), desk.ask([*shared, 9], most=1)
    desk.drain()
    assert desk.end(first).timings.cache_n == 0
    assert desk.end(second).timings.cache_n >= len(shared) - 16
    assert desk.text(second) == written(answer_to([*shared, 9], 1))


def test_more_than_the_queue_holds_are_told_that_the_engine_is_busy():
    desk = Desk(Limits(parallel=1, queue=2))
    numbers = [desk.ask([n, n + 1], most=1) for n in range(1, 5)]
    busy = [n for n in numbers if any(isinstance(e, BusyError) for e in desk.said.get(n, ()))]
    assert busy == numbers[3:]
    desk.drain()
    assert desk.end(numbers[1]).timings.predicted_n == 1


def test_no_more_than_parallel_run_at_once():
    desk = Desk(Limits(parallel=2))
    for n in range(1, 6):
        desk.ask([n, 2, 3], most=3)
    desk.drain()
    assert max(len({row.sequence for row in rows}) for rows in desk.decoder.batches) == 2


def test_an_engine_that_fails_ends_the_requests_in_the_batch_and_no_others():
    desk = Desk(Limits(parallel=1))
    first, second = desk.ask([1, 2], most=2), desk.ask([3, 4], most=2)
    desk.decoder.fail_next = True
    desk.drain()
    assert isinstance(desk.said[first][-1], EngineError)
    assert desk.text(second) == written(answer_to([3, 4], 2))


def test_a_schema_that_is_no_constraint_is_told():
    desk = Desk()
    number = desk.ask([1], constraint=Constraint("bad"))
    assert isinstance(desk.said[number][-1], RequestError)
    assert desk.scheduler.idle


def test_a_right_prediction_takes_fewer_batches_and_counts_as_accepted():
    prompt = [4, 5, 6]
    answer = answer_to(prompt, 30)
    plain, predicted = Desk(), Desk()
    plain.ask(prompt, most=30)
    plain.drain()
    number = predicted.ask(prompt, most=30, prediction=answer)
    predicted.drain()
    assert predicted.text(number) == written(answer)
    timings = predicted.end(number).timings
    assert timings.draft_n_accepted == timings.draft_n > 0
    assert len(predicted.decoder.batches) < len(plain.decoder.batches)


def test_a_prediction_that_turns_out_wrong_changes_nothing():
    desk = Desk()
    answer = answer_to([4, 5, 6, 7], 20)
    prediction = [*answer[:2], *(1 + token % 49 for token in answer[2:])]
    number = desk.ask([4, 5, 6, 7], most=20, prediction=prediction)
    desk.drain()
    assert desk.text(number) == written(answer)
    timings = desk.end(number).timings
    assert timings.draft_n > timings.draft_n_accepted


def test_a_model_whose_memory_has_no_parts_is_never_given_drafts():
    desk = Desk(partial=False)
    number = desk.ask([4, 5, 6], most=10, prediction=answer_to([4, 5, 6], 10))
    desk.drain()
    assert desk.end(number).timings.draft_n == 0


def test_the_slots_tell_what_they_do_and_have_done():
    desk = Desk(Limits(parallel=1), batch=20)
    desk.ask(LONG, most=2)
    desk.ask([41, 42], most=1)
    desk.step()
    slot = desk.scheduler.slots()[0]
    assert (slot.phase, slot.queued) == (SlotPhase.PREFILL, 1)
    assert (slot.prompt_tokens, slot.prompt_tokens_done) == (len(LONG), 20)
    desk.drain()
    slot = desk.scheduler.slots()[0]
    assert (slot.phase, slot.queued, slot.answers) == (SlotPhase.FREE, 0, 2)
    assert slot.prompt_tokens_processed == len(LONG) + 2


def test_the_progress_of_a_prompt_is_told_from_the_beginning():
    desk = Desk(batch=20)
    number = desk.ask(LONG, most=1)
    desk.drain()
    told = [e for e in desk.said[number] if isinstance(e, PromptProgress)]
    assert [each.processed for each in told] == [0, 20, 39]


def test_a_warm_up_may_fill_the_context_to_its_last_token():
    desk = Desk(cells=64)
    prompt = [1 + n % 40 for n in range(64)]
    warm_up = desk.ask(prompt, most=0, priority=Priority.WARMUP)
    desk.drain()
    assert isinstance(desk.said[warm_up][-1], Finished)


def test_a_sampler_that_fails_in_the_middle_of_a_draft_leaves_nothing_of_it_behind():
    desk = Desk()
    prompt = [4, 5, 6]
    answer = answer_to(prompt, 30)
    desk.decoder.unwritable = next(t for at, t in enumerate(answer) if at > 3 and t != answer[0])
    failed = desk.ask(prompt, most=30, prediction=answer)
    other = desk.ask([8, 9], most=3)
    desk.drain()
    assert isinstance(desk.said[failed][-1], EngineError)
    assert desk.text(other) == written(answer_to([8, 9], 3))
    desk.decoder.unwritable = None
    assert desk.scheduler.store.cells_used == desk.decoder.cells_used
    again = desk.ask([*prompt, *answer, 7], most=5)
    desk.drain()
    assert desk.text(again) == written(answer_to([*prompt, *answer, 7], 5))


def test_a_question_is_not_refused_because_of_suggestions_that_wait():
    desk = Desk(Limits(parallel=1, queue=2))
    for n in range(1, 4):
        desk.ask([n, n + 1], most=1, priority=Priority.SUGGESTION)
    refused = desk.ask([8, 9], most=1, priority=Priority.SUGGESTION)
    question = desk.ask([5, 6], most=1)
    desk.drain()
    assert isinstance(desk.said[refused][-1], BusyError)
    assert isinstance(desk.end(question), Finished)


def test_a_warm_up_that_is_cut_short_again_and_again_advances_in_smaller_batches():
    desk = Desk(cells=512, batch=512)
    desk.ask([1 + n % 40 for n in range(400)], most=0, priority=Priority.WARMUP)
    for n in range(4):
        desk.decoder.stopped = True
        desk.step()
        desk.decoder.stopped = False
        desk.ask([n + 1, n + 2], most=1)
        desk.step()
    assert [len(rows) for rows in desk.decoder.batches] == [128, 2, 64, 2, 32, 2, 16, 2]
    desk.drain()
    assert [len(rows) for rows in desk.decoder.batches[8:11]] == [16, 32, 48]


def test_one_that_waits_for_room_does_not_cost_others_their_prefixes():
    desk = Desk(Limits(parallel=2, saved_bytes=0), cells=256, sequences=4, batch=128)
    desk.ask([1 + n % 40 for n in range(60)], most=0)
    desk.drain()
    running = desk.ask([5] * 100, most=50)
    desk.step()
    desk.ask([6] * 170, most=1)
    desk.step()
    assert desk.scheduler.store.known([1 + n % 40 for n in range(60)]) == 60
    desk.drain()
    assert desk.text(running) == written(answer_to([5] * 100, 50))


def test_sequences_that_share_all_they_hold_are_saved_once():
    desk = Desk(Limits(parallel=3, saved_bytes=4096), cells=320, sequences=4)
    shared = [1 + n % 40 for n in range(100)]
    for last in (7, 8, 9):
        desk.ask([*shared, last], most=0)
    desk.drain()
    desk.ask([1 + n % 30 for n in range(250)], most=1)
    desk.drain()
    again = desk.ask([*shared, 8], most=1)
    desk.drain()
    assert desk.end(again).timings.cache_n >= 99


def test_a_long_saved_prompt_is_not_moved_back_for_a_short_beginning():
    desk = Desk(Limits(saved_bytes=4096), cells=1024, sequences=4)
    long = [1 + n % 40 for n in range(700)]
    desk.ask(long, most=0)
    desk.drain()
    desk.ask([2] * 600, most=0)
    desk.drain()
    short = desk.ask([*long[:70], 3], most=1)
    desk.drain()
    assert desk.end(short).timings.cache_n == 0
    assert desk.scheduler.store.known([2] * 600) == 600


def test_what_a_failed_batch_did_to_memory_without_parts_is_forgotten():
    desk = Desk(partial=False)
    desk.ask(LONG, most=0)
    desk.drain()
    desk.ask([*LONG, 3], most=2)
    desk.decoder.fail_next = True
    desk.drain()
    assert desk.scheduler.store.known([*LONG, 3]) == 0


@pytest.mark.parametrize("extra", [0, 1, 30])
def test_an_answer_may_fill_the_context_to_its_last_token(extra):
    desk = Desk(cells=64)
    prompt = LONG[: 63 - extra]
    prompt = (prompt * 2)[: 63 - extra]
    number = desk.ask(prompt, most=None)
    desk.drain()
    assert desk.text(number) == written(answer_to(prompt, 64 - len(prompt)))


def test_idle_prefixes_make_way_for_another_request_and_come_back():
    first, second = [1 + n % 40 for n in range(300)], [1 + n % 37 for n in range(300)]
    desk = Desk(cells=2000, batch=512)
    desk.scheduler.store._limit = 10_000
    desk.ask(first, most=1)
    desk.drain()
    desk.ask(second, most=1)
    desk.step()
    assert desk.scheduler.store.cells_used < 2 * 300
    desk.drain()
    again = desk.ask([*first, 3], most=1)
    desk.drain()
    assert desk.end(again).timings.cache_n == len(first)
    assert desk.text(again) == written(answer_to([*first, 3], 1))


def test_copies_are_made_while_nobody_waits_and_only_once():
    desk = Desk(cells=2000, batch=512)
    desk.scheduler.store._limit = 10_000
    desk.ask([1 + n % 40 for n in range(300)], most=1)
    desk.drain()
    assert desk.scheduler.tidy()
    assert not desk.scheduler.tidy()
    assert desk.scheduler.store.saved_bytes > 0


tokens = st.lists(st.integers(1, 4), min_size=1, max_size=60)
asked = st.tuples(
    tokens,
    st.sampled_from([0, 1, 3, 12]),
    st.sampled_from(list(Priority)),
    st.one_of(st.just(()), tokens),
)
moves = st.lists(
    st.one_of(asked, st.just("step"), st.just("tidy"), st.just("cut short"), st.integers(1, 12)),
    max_size=40,
)


@settings(max_examples=150)
@given(
    moves,
    st.booleans(),
    st.sampled_from([74, 80, 128, 400]),
    st.sampled_from([1, 2, 3, 8]),
    st.sampled_from([None, None, 3]),
)
def test_every_answer_is_the_one_that_the_request_alone_would_have_got(
    moves, partial, cells, sequences, unwritable
):
    desk = Desk(
        Limits(parallel=2, queue=99, saved_bytes=200),
        cells=cells,
        sequences=sequences,
        partial=partial,
        batch=16,
        context=74,
    )
    desk.decoder.unwritable = unwritable
    prompts = {}
    cancelled = set()
    for move in moves:
        match move:
            case "step":
                desk.step()
            case "tidy":
                desk.scheduler.tidy()
            case "cut short":
                desk.decoder.stopped = True
                desk.step()
                desk.decoder.stopped = False
            case int():
                cancelled.add(move)
                desk.scheduler.cancel(move)
            case prompt, most, priority, prediction:
                number = desk.ask(prompt, most, priority, prediction)
                cancelled.discard(number)
                prompts[number] = (prompt, most)
    desk.drain()
    for number, (prompt, most) in prompts.items():
        expected = written(answer_to(prompt, most)) if most else ""
        if number in cancelled:
            assert expected.startswith(desk.text(number) if number in desk.said else "")
        elif most and unwritable in answer_to(prompt, most):
            assert expected.startswith(desk.text(number))
            assert isinstance(desk.said[number][-1], EngineError)
        else:
            assert desk.text(number) == expected
            assert isinstance(desk.end(number), Finished)
    assert all(sampler.closed for sampler in desk.decoder.samplers)
    assert desk.scheduler.store.cells_used <= cells
