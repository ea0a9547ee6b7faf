"""The style sheet and palette of a theme: spacing 4, 8, 12, 16, 24; radius 6; type 12, 13, 16."""

import re
from string import Template

from PySide6.QtGui import QColor, QPalette

from spark_desktop.views.theme import Theme

# Thinner lines stay as thin as they are, whatever the size of type.
_THIN = 2
# Pixels: a table's cells have this padding, and Qt's own space around it, which never grows.
_CELL, _CELL_EDGE = 8, 3
_PIXELS = re.compile(r"(\d+)px")

# Lengths are those of the usual size of type; ``stylesheet`` scales them.
_SHEET = Template("""
* { font-size: 13px; color: $text; }
QMainWindow, QDialog, #review, #welcome, #labpage { background: $window; }
#side, #sidepage, #top, #status { background: $surface; }
#top { border-bottom: 1px solid $line; }
#status { border-top: 1px solid $line; }
#status QLabel, QLabel[quiet="true"] { font-size: 12px; color: $text_secondary; }
#status QLabel[emulated="true"] { color: $emulated; }
QLabel[small="true"] { font-size: 12px; }
QLabel[heading="true"] { font-size: 16px; font-weight: 600; }
QLabel[strong="true"] { font-weight: 600; }
QLabel[tone="muted"] { color: $text_secondary; }
QLabel[tone="busy"] { color: $link; }
QLabel[tone="good"] { color: $added_text; }
QLabel[tone="warning"] { color: $warning; }
QLabel[tone="problem"] { color: $problem; }
QLabel#added { color: $added_text; }
QLabel#removed { color: $removed_text; }
QLabel#emulated { color: $emulated; border: 1px solid $emulated; border-radius: 6px;
    padding: 0px 6px; }
QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px; }

QPushButton { background: $raised; border: 1px solid $line; border-radius: 6px;
    padding: 4px 12px; min-height: 18px; }
QPushButton:hover { border-color: $text_secondary; }
QPushButton:focus { border-color: $accent; outline: none; }
QPushButton:pressed { background: $line; }
QPushButton:disabled { color: $text_secondary; background: transparent; }
QPushButton[small="true"] { background: transparent; border-color: transparent; font-size: 12px;
    color: $text_secondary; padding: 1px 6px; text-decoration: underline; }
QPushButton[small="true"]:hover { color: $text; }
QPushButton[small="true"]:focus { border-color: $accent; }
QPushButton[main="true"] { border-color: $accent; color: $accent; }
QPushButton[main="true"]:disabled { border-color: $line; color: $text_secondary; }

QToolButton { background: transparent; border: 1px solid transparent; border-radius: 6px;
    padding: 3px 6px; }
QToolButton:hover { background: $raised; border-color: $line; }
QToolButton:focus { border-color: $accent; outline: none; }
QToolButton:checked { background: $raised; border-color: $line; }
QToolButton:disabled { color: $text_secondary; }
QToolButton::menu-indicator { image: none; width: 0px; }
QToolButton#section { font-size: 12px; font-weight: 600; color: $text_secondary;
    padding: 4px 8px; text-align: left; border-radius: 0px; }
QToolButton#section:hover { background: transparent; border-color: transparent; color: $text; }
QToolButton#section:focus { border-color: $accent; }
QToolButton#section:checked { background: transparent; border-color: transparent; }

QToolButton { icon-size: 16px; }
QToolButton#searchfield { background: $window; border-color: $line; color: $text_secondary;
    text-align: left; }
QToolButton#searchfield:hover { border-color: $text_secondary; }
QToolButton#searchfield:focus { border-color: $accent; }
QPushButton#keychip { padding: 4px 8px; }

QLineEdit { background: $raised; border: 1px solid $line; border-radius: 6px;
    padding: 3px 8px; min-height: 18px; placeholder-text-color: $text_secondary;
    selection-background-color: $accent; selection-color: $window; }
QLineEdit:focus { border-color: $accent; }
QAbstractSpinBox, QComboBox { background: $raised; border: 1px solid $line; border-radius: 6px;
    padding: 3px 8px; min-height: 18px; selection-background-color: $accent;
    selection-color: $window; }
QAbstractSpinBox:hover, QComboBox:hover { border-color: $text_secondary; }
QAbstractSpinBox:focus, QComboBox:focus { border-color: $accent; }
QAbstractSpinBox { padding: 3px 0px; }
QAbstractSpinBox QLineEdit { border: none; padding: 0px 6px; min-height: 0px;
    background: transparent; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; width: 20px;
    background: transparent; subcontrol-origin: border; }
QAbstractSpinBox::up-arrow, QAbstractSpinBox::down-arrow { image: none; width: 0px; height: 0px; }
QComboBox QLineEdit { border: none; padding: 0px; min-height: 0px; background: transparent; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: none; width: 0px; height: 0px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line; color: $text;
    selection-background-color: $line; selection-color: $text; }
QCheckBox { spacing: 8px; padding: 3px; border: 1px solid transparent; border-radius: 6px; }
QCheckBox:focus { border-color: $accent; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid $text_secondary;
    border-radius: 4px; background: $raised; }
QCheckBox::indicator:hover { border-color: $text; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; }
#settingspage, #sheet { background: $window; }
#categories { background: $surface; border-right: 1px solid $line; padding: 4px 0px; }
#categories::item { padding: 6px 12px; border-left: 2px solid transparent; }
#categories::item:selected { background: $line; border-left-color: $accent; color: $text; }
#categories:focus { border: 1px solid $accent; }
#palette { background: $raised; border: 1px solid $line; border-radius: 6px; }
#palette QLineEdit { background: $window; }
#turnbuttons { background: $raised; border: 1px solid $line; border-radius: 6px; }

QListView { background: transparent; border: none; outline: none; }
#notice { background: transparent; }
#notice[strip="true"] { background: $raised; border-bottom: 1px solid $line; }
#bottom { background: $surface; border-top: 1px solid $line; }
#head { background: $window; border-bottom: 1px solid $line; }
#sidehead { border-bottom: 1px solid $line; }
#composer { background: $raised; border: 1px solid $line; border-radius: 6px; }
#composer[focused="true"] { border-color: $accent; }
#chip { background: $surface; border: 1px solid $line; border-radius: 6px; }
#chip[problem="true"] { border-color: $problem; }
#chipbutton { padding: 1px; }
#chipconfirm { padding: 0 4px; }
QScrollArea, #chips { background: transparent; }
#popup { background: $raised; border: 1px solid $line; border-radius: 6px; }
#popup QListWidget { background: transparent; border: none; outline: none; }
#popup QListWidget::item { padding: 3px 4px; border-radius: 4px; }
#popup QListWidget::item:selected { background: $line; color: $text; }
QPlainTextEdit { background: transparent; border: none; placeholder-text-color: $text_secondary;
    selection-background-color: $accent; selection-color: $window; }
QPlainTextEdit[field="true"] { background: $raised; border: 1px solid $line; border-radius: 6px; }
QPlainTextEdit[field="true"]:focus { border-color: $accent; }
#quick { background: $window; border: 1px solid $line; }
#quickfoot { background: $surface; border-top: 1px solid $line; }
#quickinput { font-size: 16px; }
#threadsearch, #threadtitle { background: $raised; border: 1px solid $line; border-radius: 6px;
    padding: 3px 6px; placeholder-text-color: $text_secondary;
    selection-background-color: $accent; selection-color: $window; }
#threadtitle { padding: 1px 4px; }
#threadsearch:focus, #threadtitle:focus { border-color: $accent; }
QProgressBar { background: $line; border: none; border-radius: 2px; max-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }

#lane { background: $window; border: 1px solid $line; border-radius: 6px; }
#lanehead { background: $window; border-bottom: 1px solid $line; }
QSlider { min-height: 16px; }
QSlider::groove:horizontal { background: $line; height: 4px; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; height: 4px; border-radius: 2px; }
QSlider::sub-page:horizontal:disabled { background: $line; }
QSlider::handle:horizontal { background: $text; width: 12px; height: 12px; margin: -4px 0;
    border-radius: 6px; }
QSlider::handle:horizontal:focus { background: $accent; }
QSlider::handle:horizontal:disabled { background: $text_secondary; }
QTableView { background: $window; border: 1px solid $line; border-radius: 6px;
    gridline-color: $line; selection-background-color: $raised; selection-color: $text; }
QTableView:focus { border-color: $accent; }
QTableView::item { padding: 2px 8px; }
QHeaderView { background: $window; }
QHeaderView::section { background: $surface; color: $text_secondary; font-size: 12px; border: none;
    border-bottom: 1px solid $line; padding: 4px @cell; }

QMenu { background: $raised; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 4px 24px 4px 12px; border-radius: 4px; }
QMenu::item:selected { background: $line; }
QMenu::item:disabled { color: $text_secondary; }
QMenu::separator { height: 1px; background: $line; margin: 4px; }
QTabWidget::pane { border: none; }
QTabWidget { background: $surface; }
QTabBar { background: $surface; }
QTabBar::tab { color: $text_secondary; padding: 6px 12px; border: none;
    border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $accent; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0px; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0px; }
QScrollBar::handle { background: $line; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::handle:hover { background: $text_secondary; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0px; height: 0px; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QLabel#key { background: $raised; border: 1px solid $line; border-radius: 4px;
    padding: 1px 6px; font-size: 12px; }
""")


def stylesheet(theme: Theme) -> str:
    """Return the style sheet of the whole window."""

    def scaled(found: re.Match[str]) -> str:
        length = int(found[1])
        return f"{length if length <= _THIN else theme.px(length)}px"

    sheet = _PIXELS.sub(scaled, _SHEET.substitute(vars(theme)))
    # So that a heading stands over its column at every size of type.
    return sheet.replace("@cell", f"{theme.px(_CELL) + _CELL_EDGE}px")


def palette_of(theme: Theme) -> QPalette:
    """Return the palette for what no style sheet reaches: the system's dialogs, placeholders."""
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.window,
        QPalette.ColorRole.Base: theme.window,
        QPalette.ColorRole.AlternateBase: theme.surface,
        QPalette.ColorRole.Button: theme.raised,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.text_secondary,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.window,
        QPalette.ColorRole.Link: theme.link,
        QPalette.ColorRole.ToolTipBase: theme.raised,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Mid: theme.line,
    }
    for role, color in roles.items():
        palette.setColor(role, QColor(color))
    return palette
