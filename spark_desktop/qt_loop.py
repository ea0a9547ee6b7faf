"""Runs asyncio inside Qt's event loop: the one import of qasync."""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any

import qasync
from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication

Stop = Callable[[], None]

# Seconds until an OS thread that computes hands the interpreter to the window's. With Python's 5 ms
# and the three threads of a folder's watch, a switch of 5,000 files cost three times the frames.
_HAND_OVER_S = 0.0005


def run(main: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Run ``main`` to its end in the loop of the existing QApplication; return what it returns.

    Tasks that ``main`` leaves behind are cancelled and awaited before the loop is closed: qasync
    would otherwise step them once more after the loop has stopped.
    """
    app = QApplication.instance()
    sys.setswitchinterval(_HAND_OVER_S)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(main())


def on_termination(stop: Stop) -> Stop:
    """Call ``stop`` in the loop for SIGINT, SIGTERM and SIGHUP; return the function that ends it.

    Python runs signal handlers between byte codes, and none is executed while Qt waits. So the
    interpreter's wake-up descriptor is watched by Qt itself.
    """
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    signals = [signal.SIGINT, signal.SIGTERM]
    # Sent when the terminal is closed or the session ends; ``nohup`` has it ignored.
    hang_up = getattr(signal, "SIGHUP", None)
    if hang_up is not None and signal.getsignal(hang_up) is not signal.SIG_IGN:
        signals.append(hang_up)

    def handled(_number: int, _frame: FrameType | None) -> None:
        """Leave the work to the notifier; without a handler the signal would end the process."""

    before = {number: signal.signal(number, handled) for number in signals}
    wakeup = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)

    def arrived() -> None:
        reader.recv(64)
        stop()

    notifier.activated.connect(arrived)

    def end() -> None:
        notifier.setEnabled(False)
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        reader.close()
        writer.close()

    return end
