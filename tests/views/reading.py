"""Reads every text of a window, and finds the words in it that are not Russian."""

import re
from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QTabWidget,
    QWidget,
)

from spark_desktop.viewmodels.rows import Row

# Names of programs, formats, protocols, keys and variables, which Russian writes as they are.
_NAMES = """
    AI API AVX Alt AppIndicator Backspace CA CSV Cerebras Codex Ctrl Debian Del Desktop Down
    EMULATED End English Enter Esc GGUF GNOME GPT HTTP HTTPS Home Ins JSON LM Left Linux
    Markdown Meta NUL OpenAI Opus PDF PEM PNG PROFILE PgDown PgUp PySide Python Qt Return Right
    SHA SOCKS Shift Space Spark TLS TOML Tab URL UTF Ubuntu Up WSE WebSocket Windows apt ca
    certificates decode desktop diff emulated false gitignore install keyring llama macOS
    Anthropic Authorization Bearer Ollama http https none
    prefill px pytest bubblewrap bwrap quick quiet run spark sudo sysctl true unified xllamacpp xvfb
"""
NAMES = frozenset(_NAMES.split())
_WORD = re.compile(r"[A-Za-z]{2,}")
# Paths, addresses, versions, calls, names with digits, commands and what is filled in there: code,
# whatever it spells. A single slash stands in units, too.
_CODE = re.compile(
    r"\S*\w[._=:\\]\w\S*|\S*/\S*/\S*|\S*[a-z]/[a-z]+\.\S*|(?<!\S)/\S+|\S*[~\\$]\S*|\S*\d[\w-]*[A-Za-z]\S*|[A-Za-z-]+\d\S*|\w+\(\)"
    r"|\*\.py: ruff check|\{[a-z]+\}"
)
_MARKUP = re.compile(r"<[^>]*>|&[a-z]+;")
_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
)


def foreign_words(text: str) -> list[str]:
    """Return the words in Latin letters that are neither names nor code."""
    rest = _CODE.sub(" ", _MARKUP.sub(" ", text))
    return [word for word in _WORD.findall(rest) if word not in NAMES]


def foreign(root: QWidget, own: frozenset[str] = frozenset()) -> list[str]:
    """Return each text of a window, shown or to be shown, that holds words of another language.

    ``own`` are the words that the user, a model or a server wrote.
    """
    found = dict.fromkeys(text for text in texts(root) if set(foreign_words(text)) - own)
    return list(found)


def texts(root: QWidget) -> Iterator[str]:
    """Yield what the widgets below ``root`` say: texts, tips, names and rows."""
    for widget in (root, *root.findChildren(QWidget)):
        # Qt's own parts of a widget answer in Qt's own translation.
        if widget.objectName().startswith("qt_"):
            continue
        yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
        yield from _own_texts(widget)
    yield root.windowTitle()
    for action in root.findChildren(QAction):
        yield from (action.text(), action.toolTip())


def _own_texts(widget: QWidget) -> Iterator[str]:
    match widget:
        case QLabel() | QAbstractButton():
            yield widget.text()
        case QLineEdit() | QPlainTextEdit():
            yield widget.placeholderText()
        case QGroupBox():
            yield widget.title()
        case QAbstractSpinBox():
            yield widget.text()
        case QComboBox():
            yield from (widget.itemText(place) for place in range(widget.count()))
        case QTabWidget():
            yield from (widget.tabText(place) for place in range(widget.count()))
        case QAbstractItemView() if widget.model() is not None:
            yield from _rows(widget.model())
            if isinstance(widget, QTableView):
                yield from _headings(widget.model())


def _rows(model: QAbstractItemModel) -> Iterator[str]:
    for row in range(model.rowCount(QModelIndex())):
        # A list's columns cannot be asked for.
        is_list = isinstance(model, QAbstractListModel)
        for column in range(1 if is_list else model.columnCount(QModelIndex())):
            index = model.index(row, column)
            for role in _ROLES:
                value = index.data(role)
                if isinstance(value, str):
                    yield value
            for role in range(Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 4):
                value = index.data(role)
                if isinstance(value, Row):
                    yield from (value.title, value.detail, value.aside, value.tip)


def _headings(model: QAbstractItemModel) -> Iterator[str]:
    for column in range(model.columnCount(QModelIndex())):
        value = model.headerData(column, Qt.Orientation.Horizontal)
        if isinstance(value, str):
            yield value
