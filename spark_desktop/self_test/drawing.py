"""Whether Qt can draw: icons, images, glyphs, languages, and what the user's desktop offers."""

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt, QTranslator, qVersion
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontInfo,
    QGuiApplication,
    QImage,
    QImageReader,
    QImageWriter,
    QPainter,
)

from spark_desktop.domain.self_test import Outcome, Seen
from spark_desktop.domain.words import say
from spark_desktop.self_test.installed import seen_of
from spark_desktop.self_test.stage import Stage
from spark_desktop.viewmodels.translation import CONTEXT
from spark_desktop.views.desktop_examinations import platform, tray
from spark_desktop.views.icons import pixmap
from spark_resources import resource

_REINSTALL = say("Install Spark Desktop again.")
_INK = "#123456"
_SIDE = 32
# What nobody's font has: drawn, it is the box that stands for what is missing.
_NOTHING = "\U0010fffd"
_LETTERS = "AgЖ"
# A text that every window shows.
_KNOWN = "Doctor"


async def images(_stage: Stage, names: Callable[[], Iterable[str]] | None = None) -> Seen:
    """Draw every icon, and write and read a picture in the form that the clipboard has."""
    wanted = sorted(names() if names else (path.stem for path in resource("icons").glob("*.svg")))
    blank = [name for name in wanted if not _has_ink(pixmap(name, _INK, 1.0, _SIDE).toImage())]
    if blank:
        text = say("nothing is drawn for {names}", names=", ".join(blank))
        return Seen(Outcome.FAILED, text, _REINSTALL)
    formats = {bytes(one.data()).decode() for one in QImageReader.supportedImageFormats()}
    if "png" not in formats or not _keeps_png():
        return Seen(Outcome.FAILED, say("PNG pictures cannot be read"), _REINSTALL)
    text = say(
        "%n icon(s) drawn; formats: {formats}",
        "",
        len(wanted),
        formats=", ".join(sorted(formats)),
    )
    return Seen(Outcome.OK, text)


async def translations(_stage: Stage, folder: Callable[[], Path] | None = None) -> Seen:
    """Load every language, and put a known text into Russian."""
    place = folder() if folder else resource("translations")
    loaded, wrong = [], []
    for path in sorted(place.glob("*.qm")):
        translator = QTranslator()
        if not translator.load(str(path)) or translator.isEmpty():
            wrong.append(path.name)
            continue
        loaded.append(path.stem.removeprefix("spark_"))
        if path.stem == "spark_ru" and translator.translate(CONTEXT, _KNOWN) in ("", _KNOWN):
            wrong.append(say("{name} knows no '{text}'", name=path.name, text=_KNOWN))
    if wrong or "ru" not in loaded:
        text = say("not usable: {names}", names=", ".join(wrong) or "spark_ru.qm")
        return Seen(Outcome.FAILED, text, _REINSTALL)
    return Seen(Outcome.OK, say("languages: {names}", names=", ".join(loaded)))


async def fonts(_stage: Stage) -> Seen:
    """Draw letters in the window's font and in that of code, and see that they differ."""
    code = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    names = []
    for font in (QGuiApplication.font(), code):
        missing = [letter for letter in _LETTERS if not is_drawn(letter, font)]
        family = QFontInfo(font).family() or say("no font")
        if missing:
            return Seen(
                Outcome.FAILED,
                say(
                    "{family} draws empty boxes for {letters}",
                    family=family,
                    letters=" ".join(missing),
                ),
                say("Install a font, such as the package fonts-dejavu-core."),
            )
        names.append(family)
    count = len(QFontDatabase.families())
    text = say("%n font(s); {names}: letters are drawn", "", count, names=", ".join(names))
    return Seen(Outcome.OK, text)


async def screen(_stage: Stage) -> Seen:
    """Tell by which of Qt's platforms the user's desktop is reached."""
    found, name = platform(), QGuiApplication.platformName()
    qt = qVersion()
    if name in ("offscreen", "minimal"):
        return Seen(
            Outcome.NOTE,
            say("no display here: the window was tried unseen (Qt {qt}, {name})", qt=qt, name=name),
            say("Start it in a desktop session to have the display tried, too."),
        )
    return Seen(Outcome.OK, say("Qt {qt}, {found}", qt=qt, found=found.detail))


async def tray_icon(_stage: Stage) -> Seen:
    """Tell whether the desktop shows tray icons."""
    return seen_of(tray())


def is_drawn(letter: str, font: QFont) -> bool:
    """Return whether a letter is drawn, and not as the box that stands for what is missing."""
    drawn = _picture(letter, font)
    return _has_ink(drawn) and drawn != _picture(_NOTHING, font)


def _picture(text: str, font: QFont) -> QImage:
    image = QImage(_SIDE, _SIDE, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    sized = QFont(font)
    sized.setPixelSize(_SIDE // 2)
    painter.setFont(sized)
    painter.setPen(QColor(_INK))
    painter.drawText(image.rect(), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return image


def _has_ink(image: QImage) -> bool:
    return any(
        image.pixelColor(x, y).alpha() > 0
        for x in range(image.width())
        for y in range(image.height())
    )


def _keeps_png() -> bool:
    image = QImage(2, 2, QImage.Format.Format_ARGB32)
    image.fill(QColor(_INK))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.ReadWrite)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    buffer.seek(0)
    return QImageReader(buffer, QByteArray(b"png")).read().pixelColor(1, 1) == QColor(_INK)
