"""Asks, once a project and session, whether the project's own commands may run."""

from pathlib import PurePath
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.events import ConsentNeeded
from spark_desktop.services.bus import Bus
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone
from spark_desktop.viewmodels.settings import SettingsViewModel
from spark_desktop.viewmodels.told import Told
from spark_desktop.viewmodels.translation import in_language, tr

_ABOUT = "consent"
# Names of checks in one line.
_NAMED = 3


class Consenting(Protocol):
    """What is asked for: an open project."""

    @property
    def root(self) -> PurePath:
        """Return the folder."""
        ...

    @property
    def bus(self) -> Bus:
        """Return what publishes the project's events."""
        ...


class ConsentViewModel(QObject):
    """Puts the question into the line over the window; ``wanted`` asks for the dialog.

    ``asked`` carries the question, for readers of the screen: the line takes no focus. ``ended``
    says that it is answered, or about a project that is no longer open.

    What is answered stands in the user's settings for the folder, and counts at once.
    """

    asked = Signal(str)
    wanted = Signal()
    ended = Signal()

    def __init__(self, settings: SettingsViewModel, told: Told) -> None:
        super().__init__()
        self._settings, self._told = settings, told
        self._asked: set[PurePath] = set()
        self._root: PurePath | None = None
        self._needed: ConsentNeeded | None = None
        settings.changed.connect(self._follow_settings)

    @property
    def root(self) -> PurePath | None:
        """Return the folder that is open."""
        return self._root

    @property
    def needed(self) -> ConsentNeeded | None:
        """Return what was found in the open folder and waits for an answer; None for nothing."""
        return self._needed

    def follow(self, project: Consenting | None) -> None:
        """Ask for this project from now on, None where none is open."""
        self._forget()
        self._root = None if project is None else project.root
        if project is not None:
            root = project.root
            project.bus.subscribe(ConsentNeeded, lambda needed: self._ask(root, needed))

    def act(self, intent: Intent) -> None:
        """Do what a button of the question asks for."""
        match intent:
            case Intent.ALLOW_CHECKS if self._needed is not None:
                self.wanted.emit()
            case Intent.NOT_NOW:
                self._forget()
            case Intent.NEVER_CHECKS if self._root is not None and self._needed is not None:
                self._settings.set_own(self._root, ask_commands=False)

    def allow(self, *, without_sandbox: bool) -> None:
        """Let the commands of the open project run; ``without_sandbox``: also where there is none.

        Does nothing where nothing waits for an answer.
        """
        if self._root is None or self._needed is None:
            return
        if without_sandbox:
            self._settings.set_own(self._root, allow_commands=True, without_sandbox=True)
        else:
            self._settings.set_own(self._root, allow_commands=True)

    def _ask(self, root: PurePath, needed: ConsentNeeded) -> None:
        own = self._settings.current.project(root)
        if root != self._root or root in self._asked or own.allow_commands or not own.ask_commands:
            return
        self._asked.add(root)
        self._needed = needed
        question = question_of(needed)
        self._told.tell(_ABOUT, question)
        self.asked.emit(f"{question.text} {question.hint}".strip())

    def _follow_settings(self) -> None:
        if self._root is None or self._needed is None:
            return
        own = self._settings.current.project(self._root)
        if own.allow_commands or not own.ask_commands:
            self._forget()

    def _forget(self) -> None:
        if self._needed is None:
            return
        self._needed = None
        self._told.tell(_ABOUT, None)
        self.ended.emit()


def question_of(needed: ConsentNeeded) -> Notice:
    """Return the question in one line, with its three answers."""
    names = ", ".join(in_language(name) for name in needed.commands[:_NAMED])
    if len(needed.commands) > _NAMED:
        names += " …"
    if needed.sandboxing.works:
        text = tr(
            "Spark can run this project's own checks ({names}) in a sandboxed copy before it "
            "shows a proposal.",
            names=names,
        )
        hint = ""
    else:
        text = tr(
            "Spark can run this project's own checks ({names}) in a copy before it shows a "
            "proposal.",
            names=names,
        )
        hint = tr("There is no sandbox: {reason}.", reason=needed.sandboxing.reason)
    return Notice(
        text,
        Tone.PLAIN,
        hint,
        Action(tr("Allow…"), Intent.ALLOW_CHECKS),
        Action(tr("Not now"), Intent.NOT_NOW),
        Action(tr("Never for this project"), Intent.NEVER_CHECKS),
    )


def sandbox_text(needed: ConsentNeeded) -> str:
    """Return in plain words what the commands can do here, and what not."""
    if needed.sandboxing.works:
        return tr(
            "bubblewrap shuts them in. They have no network. They write into a copy of the "
            "project, never into your files. Of your home folder they see the folders of tools "
            "alone, no keys. What takes too much time, memory or disk is ended."
        )
    return tr(
        "There is no sandbox here: {reason}. They would run in a copy of the project, with an "
        "empty home folder and a limit of time, memory and disk. But nothing would shut them in: "
        "like any program of yours they could use the network, and read and change your files.",
        reason=needed.sandboxing.reason,
    )
