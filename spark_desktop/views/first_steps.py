"""What the welcome page offers beside the folder dialog: recent projects, a drop, a sample."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.viewmodels.translation import tr

_MOST = 5
_MIDDLE = Qt.TextElideMode.ElideMiddle


class FolderButton(QPushButton):
    """Shows as much of a folder's name and place as its width has room for."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words
        self.setStyleSheet("text-align: left;")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the words anew."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Cut them anew for type of another size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        part = QStyle.SubElement.SE_PushButtonContents
        room = self.style().subElementRect(part, option, self).width()
        shown = self.fontMetrics().elidedText(self._words, _MIDDLE, room)
        text = shown.replace("&", "&&")
        if text != self.text():
            self.setText(text)


class FirstSteps(QWidget):
    """``folder_chosen`` carries a path, ``sample_wanted`` the folder for the sample or nothing."""

    folder_chosen = Signal(str)
    sample_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.heading = QLabel(tr("Recent projects"))
        self.heading.setProperty("quiet", True)
        self.recent: list[QPushButton] = []
        self.hint = QLabel(tr("Or drop a folder here."))
        self.hint.setProperty("quiet", True)
        self.sample = QPushButton(tr("&Try it on a sample"))
        self.sample.setToolTip(
            tr("Opens a copy of a small project in a temporary folder, and asks for a change.")
        )
        self.keep = QPushButton(tr("Sample in a &folder of mine…"))
        self.keep.setToolTip(tr("The same, in a new folder inside one that you choose."))
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.sample, self.keep):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 12, 8)
        column.setSpacing(8)
        column.addWidget(self.hint)
        column.addLayout(buttons)
        column.addWidget(self.heading)
        column.addLayout(self._list)
        self.sample.clicked.connect(lambda: self.sample_wanted.emit(""))
        self.keep.clicked.connect(self._choose_parent)
        self.show_recent(())

    def show_recent(self, folders: Sequence[str]) -> None:
        """Offer the folders that were open, newest first, where they are still there."""
        for button in self.recent:
            self._list.removeWidget(button)
            # It goes only when the program is idle, and must not be seen until then.
            button.hide()
            button.deleteLater()
        self.recent = [self._button(Path(folder)) for folder in folders[:_MOST]]
        self.heading.setVisible(bool(self.recent))

    def _button(self, folder: Path) -> QPushButton:
        button = FolderButton(_words(folder))
        button.setToolTip(plain_tip(str(folder)))
        button.setAccessibleName(tr("Open {folder}", folder=folder))
        button.clicked.connect(lambda: self.folder_chosen.emit(str(folder)))
        self._list.addWidget(button)
        return button

    def _choose_parent(self) -> None:
        dialog = QFileDialog(self, tr("Folder for the sample"), str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.sample_wanted)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def dropped_folder(data: QMimeData) -> str | None:
    """Return the folder that is dragged; a file stands for the folder that it lies in.

    None where it is no local file, or more than one.
    """
    urls = data.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    place = Path(urls[0].toLocalFile())
    if place.is_dir():
        return str(place)
    return str(place.parent) if place.is_file() else None


def _words(folder: Path) -> str:
    # Within the home folder the whole path would say the same beginning each time.
    home = Path.home()
    place = folder.parent
    shown = f"~/{place.relative_to(home).as_posix()}" if place.is_relative_to(home) else str(place)
    return f"{folder.name or folder}   {shown.removesuffix('/.')}"
