"""What the command palette offers in a window: its actions, projects, threads and files."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction

from spark_desktop.domain.name_index import NameIndex
from spark_desktop.viewmodels.palette import Entry
from spark_desktop.viewmodels.translation import in_language, tr
from spark_desktop.views.shortcuts import SHORTCUTS, Shortcut, key_text

if TYPE_CHECKING:
    from spark_desktop.viewmodels.chat import ChatViewModel
    from spark_desktop.viewmodels.project_files import ProjectFiles


class ActionSource:
    """Every action of the window; ``reason`` says why one cannot be done now."""

    def __init__(self, actions: Mapping[str, QAction], reason: Callable[[Shortcut], str]) -> None:
        self._actions, self._reason = actions, reason

    def entries(self) -> Sequence[Entry]:
        """Return one entry an action, in the table's order."""
        return [
            Entry(
                f"action:{shortcut.name}",
                shortcut.label,
                self._actions[shortcut.name].trigger,
                in_language(shortcut.group),
                key_text(shortcut.name),
                self._reason(shortcut),
            )
            for shortcut in SHORTCUTS
            # It would open what is open.
            if shortcut.name != "palette"
        ]


class RecentProjects:
    """The folders that were open, newest first; ``choose`` opens one."""

    def __init__(self, folders: Callable[[], list[str]], choose: Callable[[str], None]) -> None:
        self._folders, self._choose = folders, choose

    def entries(self) -> Sequence[Entry]:
        """Return one entry a folder."""
        return [
            Entry(
                f"project:{folder}",
                Path(folder).name or folder,
                partial(self._choose, folder),
                tr("folder · {place}", place=str(Path(folder).parent)),
            )
            for folder in self._folders()
        ]


class ProjectThreads:
    """The threads of the open project; ``shown`` is called when one was chosen."""

    def __init__(self, chat: "ChatViewModel", shown: Callable[[], None]) -> None:
        self._chat, self._shown = chat, shown

    def entries(self) -> Sequence[Entry]:
        """Return one entry a thread."""
        return [
            Entry(
                f"thread:{thread.id}",
                self._chat.name_of(thread),
                partial(self._open, thread.id),
                tr("thread"),
            )
            for thread in self._chat.threads
        ]

    def _open(self, thread_id: str) -> None:
        self._chat.open_thread(thread_id)
        self._shown()


class CurrentThread:
    """What can be done with the open thread; ``actions`` are by name, with their words."""

    def __init__(self, actions: Callable[[], Mapping[str, tuple[str, Callable[[], None]]]]) -> None:
        self._actions = actions

    def entries(self) -> Sequence[Entry]:
        """Return one entry an action."""
        return [
            Entry(f"do:{name}", text, run, tr("the open thread"))
            for name, (text, run) in self._actions().items()
        ]


class FileSource:
    """The files of the open project."""

    def __init__(self, files: "ProjectFiles", choose: Callable[[str], None]) -> None:
        self._files, self._choose = files, choose

    @property
    def index(self) -> NameIndex:
        """Return the paths of the files."""
        return self._files.index

    def entry(self, title: str) -> Entry:
        """Return the entry of one file."""
        return Entry(f"file:{title}", title, partial(self._choose, title), tr("file"))
