"""How what streams is paced."""

import time

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from spark_desktop.viewmodels.frames import Frames


@pytest.fixture
def owner(qapp: QApplication) -> QObject:
    return QObject()


def counted(frames: Frames) -> list[float]:
    came: list[float] = []
    frames.frame.connect(lambda: came.append(time.perf_counter()))
    return came


def test_after_a_rest_a_frame_comes_at_once(owner: QObject) -> None:
    frames = Frames(owner, interval=60_000)
    came = counted(frames)
    frames.request()
    QApplication.processEvents()
    assert len(came) == 1


def test_within_the_interval_it_waits(owner: QObject) -> None:
    frames = Frames(owner, interval=60_000)
    came = counted(frames)
    for _ in range(3):
        frames.request()
        QApplication.processEvents()
    assert len(came) == 1


def test_many_requests_are_one_frame(owner: QObject) -> None:
    frames = Frames(owner)
    came = counted(frames)
    for _ in range(100):
        frames.request()
    QApplication.processEvents()
    assert len(came) == 1


def test_what_waits_can_be_had_now(owner: QObject) -> None:
    frames = Frames(owner, interval=60_000)
    came = counted(frames)
    frames.flush()
    assert not came
    frames.request()
    frames.flush()
    frames.request()
    frames.flush()
    assert len(came) == 2


def test_a_frame_that_a_busy_loop_held_up_does_not_hold_up_the_next(
    owner: QObject, qtbot: QtBot
) -> None:
    frames = Frames(owner, interval=300)
    came = counted(frames)
    frames.request()
    # Longer than the interval: the next one is due when this one comes.
    time.sleep(0.31)
    QApplication.processEvents()
    frames.request()
    QApplication.processEvents()
    assert len(came) == 2
    frames.request()
    QApplication.processEvents()
    assert len(came) == 2
    qtbot.waitUntil(lambda: len(came) == 3)
