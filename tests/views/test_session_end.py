"""The log-out: everything is kept, and nobody is held up."""

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
