"""The system's dialogs for a folder and for a file; neither blocks the window."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from spark_desktop.viewmodels.translation import tr


def pick_folder(parent: QWidget, start: Path, chosen: Callable[[str], None]) -> None:
    """Ask for a folder, beginning in ``start``; ``chosen`` gets its absolute path."""
    dialog = QFileDialog(parent, tr("Open folder"), str(start))
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    _open(dialog, QFileDialog.FileMode.Directory, chosen)


def pick_file(parent: QWidget, root: Path, chosen: Callable[[str], None]) -> None:
    """Ask for a file, beginning in ``root``; ``chosen`` gets its absolute path."""
    dialog = QFileDialog(parent, tr("Show file"), str(root))
    _open(dialog, QFileDialog.FileMode.ExistingFile, chosen)


def pick_model(parent: QWidget, chosen: Callable[[str], None]) -> None:
    """Ask for the file of a model; ``chosen`` gets its absolute path."""
    kinds = tr("Model files (*.gguf)")
    dialog = QFileDialog(parent, tr("Choose a model file"), str(Path.home()), kinds)
    _open(dialog, QFileDialog.FileMode.ExistingFile, chosen)


def pick_target(
    parent: QWidget, name: str, kind: tuple[str, str], chosen: Callable[[str], None]
) -> None:
    """Ask where to save, proposing ``name`` in the user's folder.

    ``kind`` is the words for what it is and its suffix, which is added where the user gives none;
    ``chosen`` gets the absolute path. The system asks before it replaces a file.
    """
    words, suffix = kind
    dialog = QFileDialog(
        parent, tr("Save {words}", words=words), str(Path.home()), f"{words} (*.{suffix})"
    )
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix)
    dialog.selectFile(name)
    _open(dialog, QFileDialog.FileMode.AnyFile, chosen)


def _open(dialog: QFileDialog, mode: QFileDialog.FileMode, chosen: Callable[[str], None]) -> None:
    dialog.setFileMode(mode)
    dialog.fileSelected.connect(chosen)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
