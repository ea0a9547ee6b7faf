"""Garbage goes in the window's OS thread, and only there."""

import gc
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from spark_desktop.collector import Collector


class Knot:
    """Something that only the collector frees, and which tells where that happens."""

    def __init__(self, told: list[int]) -> None:
        self.itself = self
        self._told = told

    def __del__(self) -> None:
        self._told.append(threading.get_ident())


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[Collector]:
    made = Collector()
    yield made
    made.end()
    # As all tests have it.
    gc.disable()


def _many() -> None:
    kept = [[number] for number in range(5000)]
    del kept


@pytest.mark.usefixtures("collector")
def test_an_os_thread_that_makes_objects_collects_nothing() -> None:
    told: list[int] = []
    gc.collect()
    Knot(told)
    thread = threading.Thread(target=_many)
    thread.start()
    thread.join()
    assert told == []
    gc.collect()
    assert told == [threading.get_ident()]


def test_what_is_due_is_collected_at_the_next_look(collector: Collector) -> None:
    told: list[int] = []
    gc.collect()
    Knot(told)
    kept = [[number] for number in range(5000)]
    assert collector.look() is not None
    assert told == [threading.get_ident()]
    assert len(kept) == 5000


def test_nothing_is_collected_that_is_not_due(collector: Collector) -> None:
    gc.collect()
    assert collector.look() is None


def test_in_the_end_python_collects_by_itself(collector: Collector) -> None:
    collector.end()
    assert gc.isenabled()
