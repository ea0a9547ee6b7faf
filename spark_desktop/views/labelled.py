"""A control with its name before it, as one piece of a row that breaks."""

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QWidget


def labelled(text: str, control: QWidget) -> QWidget:
    """Return both in one widget; the control is called by the text, without its mnemonic."""
    label = QLabel(text)
    label.setBuddy(control)
    control.setAccessibleName(text.replace("&", ""))
    if isinstance(control, QComboBox):
        control.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    # A row that breaks gives each piece what it asks for, and no more.
    control.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    piece = QWidget()
    row = QHBoxLayout(piece)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(label)
    row.addWidget(control)
    return piece
