"""What is told of changes on Windows, as far as it can be tried elsewhere."""

import queue
import threading

import pytest

from spark_desktop.adapters.windows_watch import PromptQueue


def emptied(changes: PromptQueue, timeout: float) -> list[str]:
    """Read as watchdog does: until the queue says that it is empty."""
    read = []
    while True:
        try:
            read.append(changes.get(timeout=timeout))
        except queue.Empty:
            return read


def test_the_first_change_is_waited_for_and_no_pause_behind_the_last():
    changes = PromptQueue()
    threading.Timer(0.01, lambda: [changes.put(name) for name in ("a", "b")]).start()
    # With watchdog's own queue the test's time limit would end this.
    assert emptied(changes, timeout=600) in (["a"], ["a", "b"])


def test_after_a_burst_the_next_change_is_waited_for_again():
    changes = PromptQueue()
    changes.put("a")
    assert emptied(changes, timeout=600) == ["a"]
    threading.Timer(0.01, lambda: changes.put("b")).start()
    assert emptied(changes, timeout=600) == ["b"]


def test_nothing_at_all_is_told_after_the_time():
    with pytest.raises(queue.Empty):
        PromptQueue().get(timeout=0.001)
    with pytest.raises(queue.Empty):
        PromptQueue().get(block=False)
