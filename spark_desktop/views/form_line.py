"""One line of a form: its title, its control, a word of help, and what is wrong with it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.viewmodels.translation import tr


class FormLine(QWidget):
    """The control stands below its title, so that neither needs the other's width."""

    def __init__(self, title: str, control: QWidget, said: str = "") -> None:
        super().__init__()
        self.control = control
        self._said, self._wrong = QLabel(), QLabel()
        self._said.setProperty("quiet", True)
        self._wrong.setProperty("tone", "problem")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        name = title.replace("&", "")
        # A box to tick has its title behind it.
        if not isinstance(control, QCheckBox):
            label = QLabel(title)
            label.setProperty("strong", True)
            label.setBuddy(control)
            column.addWidget(label)
        control.setAccessibleName(name)
        column.addWidget(control)
        for one in (self._said, self._wrong):
            one.setWordWrap(True)
            one.setTextFormat(Qt.TextFormat.PlainText)
            column.addWidget(one)
        self.show_help(said)
        self.show_error("")

    @property
    def error(self) -> str:
        """Return what is wrong; empty where nothing is."""
        return self._wrong.text()

    @property
    def help(self) -> str:
        """Return the word of help."""
        return self._said.text()

    def show_help(self, text: str) -> None:
        """Show another word of help; nothing for an empty one."""
        self._said.setText(text)
        self._said.setVisible(bool(text))
        self._describe()

    def show_error(self, text: str) -> None:
        """Show what is wrong; nothing for an empty text."""
        self._wrong.setText(text)
        self._wrong.setVisible(bool(text))
        self._describe()

    def _describe(self) -> None:
        said = f"{self._wrong.text()} {self._said.text()}".strip()
        self.control.setAccessibleDescription(said)


class FileField(QWidget):
    """A path, typed or chosen in the system's dialog."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title.replace("&", "")
        self.line, self.browse = QLineEdit(), QPushButton(tr("Choose…"))
        self.browse.setAutoDefault(False)
        self.browse.setAccessibleName(tr("Choose: {name}", name=self._title))
        self.line.setAccessibleName(self._title)
        self.browse.clicked.connect(self._choose)
        self.setFocusProxy(self.line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        row.addWidget(self.browse)

    def _choose(self) -> None:
        kinds = tr("Certificates (*.pem *.crt *.cer *.key);;All files (*)")
        dialog = QFileDialog(self, self._title, "", kinds)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _chosen(self, path: str) -> None:
        self.line.setText(path)
        self.line.textEdited.emit(path)


def show_text(line: QLineEdit, text: str) -> None:
    """Show a text; the cursor stays where it is while that is the same."""
    if line.text() != text:
        line.setText(text)
