"""What the system tells: at log-out everything is kept, and Finder's files are opened."""

import os
import subprocess
import sys

from PySide6.QtGui import QSessionManager

from spark_desktop.session_end import SessionEnd


class FakeSession:
    """A session manager that asks."""

    def __init__(self) -> None:
        self.hints: list[QSessionManager.RestartHint] = []

    def setRestartHint(self, hint: QSessionManager.RestartHint) -> None:
        self.hints.append(hint)


def test_the_state_is_saved_and_no_restart_is_wanted(qapp: object) -> None:
    saved: list[bool] = []
    end = SessionEnd(lambda: saved.append(True))
    session = FakeSession()
    end.commit(session)
    assert saved == [True]
    assert session.hints == [QSessionManager.RestartHint.RestartNever]


_OPENS = """
import sys
from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QFileOpenEvent
from spark_desktop.app import application
app = application()

def send(url):
    assert QCoreApplication.sendEvent(app, QFileOpenEvent(QUrl(url)))

send("file:///home/me%20too")
app.open_with(print)
send("spark://ask?text=a%20b%0Ac")
send("spark://open?folder=/a%2Fb%00")
"""


def test_what_finder_hands_over_is_opened_as_it_was_named_also_what_came_early() -> None:
    # A program of its own: there is but one QApplication, and the tests have it.
    done = subprocess.run(
        [sys.executable, "-c", _OPENS],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "/home/me too",
        "spark://ask?text=a%20b%0Ac",
        "spark://open?folder=/a%2Fb%00",
    ]
