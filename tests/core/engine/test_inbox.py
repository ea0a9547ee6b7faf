"""What cuts a running batch short, and that no message falls between looking and computing."""

import threading

import pytest

from inference_core.domain.generation import (
    GenerationRequest,
    Priority,
    TokenPrompt,
)
from inference_core.engine.inbox import Cancel, Close, Inbox, Start
from inference_core.engine.job import Job


def start(priority):
    return Start(Job(9, GenerationRequest(TokenPrompt((1,)), priority=priority), [1], 10))


@pytest.mark.parametrize(
    ("running", "long", "message", "cut"),
    [
        (Priority.WARMUP, True, start(Priority.QUESTION), True),
        (Priority.WARMUP, True, start(Priority.SUGGESTION), True),
        (Priority.SUGGESTION, True, start(Priority.SUGGESTION), False),
        (Priority.QUESTION, True, start(Priority.WARMUP), False),
        (Priority.WARMUP, False, start(Priority.QUESTION), False),
        (Priority.QUESTION, True, Cancel(1), True),
        (Priority.QUESTION, True, Cancel(2), False),
        (Priority.QUESTION, False, Cancel(1), False),
        (Priority.QUESTION, False, Close(), True),
    ],
)
def test_only_what_cannot_wait_cuts_a_batch_short(running, long, message, cut):
    told = []
    inbox = Inbox(told.append)
    assert inbox.enter(frozenset({1}), running, long)
    inbox.put(message)
    assert told == [False, True] if cut else told == [False]


def test_one_who_cancels_does_not_throw_away_what_is_computed_for_others_too():
    told = []
    inbox = Inbox(told.append)
    inbox.enter(frozenset({1, 2}), Priority.QUESTION, long=True)
    inbox.put(Cancel(1))
    assert told == [False]
    inbox.put(Cancel(2))
    assert told == [False, True]


def test_a_batch_does_not_begin_over_messages_that_nobody_has_looked_at():
    inbox = Inbox(lambda wanted: None)
    inbox.put(Cancel(1))
    assert not inbox.enter(frozenset({1}), Priority.QUESTION, True)
    assert inbox.take(wait=False) == [Cancel(1)]
    assert inbox.enter(frozenset({1}), Priority.QUESTION, True)


def test_after_a_batch_nothing_is_cut_short():
    told = []
    inbox = Inbox(told.append)
    inbox.enter(frozenset({1}), Priority.QUESTION, True)
    inbox.leave()
    inbox.put(Cancel(1))
    assert told == [False]


def test_the_engines_thread_waits_for_the_next_message():
    inbox = Inbox(lambda wanted: None)
    taken = []
    waiter = threading.Thread(target=lambda: taken.extend(inbox.take(wait=True)))
    waiter.start()
    inbox.put(Close())
    waiter.join(10)
    assert taken == [Close()]
