from PySide6.QtGui import QTextDocument

from spark_desktop.viewmodels.plain_tip import plain_tip


def test_what_looks_like_html_is_shown_as_it_is() -> None:
    shown = QTextDocument()
    shown.setHtml(plain_tip('a <b>"folder" & <img src="x.png">\nand more'))
    assert shown.toPlainText() == 'a <b>"folder" & <img src="x.png">\nand more'


def test_other_text_stays_text() -> None:
    assert plain_tip("a & b\nc > d") == "a & b\nc > d"
