"""Texts that wait for their turn to be cut: those that are dropped, and the threads that do it."""

import threading
import weakref

from inference_core.engine.text_work import TextWork


class Text:
    """Something large that work holds on to."""


def test_work_is_done_in_order_and_what_is_dropped_is_not_done():
    work, go, done, end = TextWork("texts"), threading.Event(), [], threading.Event()
    work.put(1, lambda: (go.wait(), done.append(1)))
    for number in (2, 3, 4):
        work.put(number, lambda number=number: done.append(number))
    work.drop(3)
    work.put(5, end.set)
    go.set()
    end.wait()
    assert done == [1, 2, 4]


def test_what_is_dropped_before_its_turn_leaves_nothing_in_memory():
    work, go = TextWork("texts"), threading.Event()
    work.put(1, go.wait)
    text = Text()
    work.put(2, lambda text=text: None)
    gone = weakref.ref(text)
    del text
    work.drop(2)
    assert gone() is None
    assert 2 not in work.waiting
    go.set()


def test_dropping_what_is_not_there_does_nothing():
    TextWork("texts").drop(7)
