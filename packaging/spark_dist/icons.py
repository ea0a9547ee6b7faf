"""The app's icon in the forms of each system, all drawn from ``resources/icons/app.svg``.

Drawn at each size by itself: shrunk from a large picture, its edges would blur.
"""

import struct
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgRenderer

import spark_resources

# Of the icon theme that every desktop has.
HICOLOR = (16, 22, 24, 32, 36, 48, 64, 72, 96, 128, 192, 256, 512)
_ICO = (16, 20, 24, 32, 40, 48, 64, 128, 256)
# Larger ones as a PNG, since Vista; smaller ones as bitmaps, which every reader knows.
_ICO_BITMAP = 128
# https://en.wikipedia.org/wiki/Apple_Icon_Image_format: types of the sizes that Finder asks for.
_ICNS = (
    *((b"ic07", 128), (b"ic08", 256), (b"ic09", 512), (b"ic10", 1024)),
    *((b"ic11", 32), (b"ic12", 64), (b"ic13", 256), (b"ic14", 512)),
)
_ICNS_SMALL = ((b"ic04", 16), (b"ic05", 32))
# Apple's grid: the tile has 824 of 1024 pixels, the drawing's own 112 of 128.
_MAC_MARGIN = (1 - 824 / 1024 * 128 / 112) / 2
_NAME = "spark-desktop"


def png_bytes(size: int) -> bytes:
    """Return the icon as a PNG of ``size`` pixels each way."""
    return _png(_drawn(size))


def ico_bytes() -> bytes:
    """Return the icon as Windows wants it, in every size from 16 to 256 pixels."""
    pictures = [png_bytes(size) if size > _ICO_BITMAP else _bitmap(size) for size in _ICO]
    head = struct.pack("<HHH", 0, 1, len(_ICO))
    place = len(head) + 16 * len(_ICO)
    entries = []
    for size, picture in zip(_ICO, pictures, strict=True):
        # 256 does not fit into a byte, and is written as 0.
        edge = size % 256
        entries.append(struct.pack("<BBBBHHII", edge, edge, 0, 0, 1, 32, len(picture), place))
        place += len(picture)
    return b"".join((head, *entries, *pictures))


def icns_bytes() -> bytes:
    """Return the icon as macOS wants it, from 16 to 1024 pixels."""
    parts = [(kind, _argb(_drawn(size, _MAC_MARGIN))) for kind, size in _ICNS_SMALL]
    parts += [(kind, _png(_drawn(size, _MAC_MARGIN))) for kind, size in _ICNS]
    body = b"".join(kind + struct.pack(">I", len(data) + 8) + data for kind, data in parts)
    return b"icns" + struct.pack(">I", len(body) + 8) + body


def write_hicolor(icons: Path) -> None:
    """Fill ``icons``, a folder of icon themes, with all sizes, the drawing, and its outline."""
    theme = icons / "hicolor"
    for size in HICOLOR:
        _write(theme / f"{size}x{size}" / "apps" / f"{_NAME}.png", png_bytes(size))
    drawing = spark_resources.resource("icons", "app.svg").read_bytes()
    _write(theme / "scalable" / "apps" / f"{_NAME}.svg", drawing)
    # Where a desktop draws icons in one colour of its own.
    outline = spark_resources.resource("icons", "tray-bolt.svg").read_bytes()
    _write(theme / "symbolic" / "apps" / f"{_NAME}-symbolic.svg", outline)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@lru_cache(maxsize=64)
def _drawn(size: int, margin: float = 0.0) -> QImage:
    """Return the drawing with a margin, as a share of the edge, around it."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    edge = size * margin
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    source = str(spark_resources.resource("icons", "app.svg"))
    QSvgRenderer(source).render(painter, QRectF(edge, edge, size - 2 * edge, size - 2 * edge))
    painter.end()
    return image.convertToFormat(QImage.Format.Format_ARGB32)


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not QImageWriter(buffer, QByteArray(b"png")).write(image):
        raise OSError("Qt cannot write PNG files.")
    return bytes(buffer.data().data())


def _pixels(image: QImage) -> bytes:
    """Return the pixels from the top left, each as four bytes: blue, green, red, alpha."""
    little = image.convertToFormat(QImage.Format.Format_RGBA8888).rgbSwapped()
    return bytes(little.constBits())


def _bitmap(size: int) -> bytes:
    image = _drawn(size)
    row = 4 * size
    pixels = _pixels(image)
    # The rows stand from the bottom to the top; the mask is empty, since there is an alpha channel.
    upwards = b"".join(pixels[place : place + row] for place in range(len(pixels) - row, -1, -row))
    mask = bytes((size + 31) // 32 * 4 * size)
    # The height counts picture and mask.
    head = struct.pack(
        "<IiiHHIIiiII", 40, size, 2 * size, 1, 32, 0, len(upwards + mask), 0, 0, 0, 0
    )
    return head + upwards + mask


def _argb(image: QImage) -> bytes:
    pixels = _pixels(image)
    alpha, red, green, blue = (pixels[channel::4] for channel in (3, 2, 1, 0))
    return b"ARGB" + b"".join(packed(channel) for channel in (alpha, red, green, blue))


def packed(channel: bytes) -> bytes:
    """Return a channel in Apple's run lengths.

    A byte below 128 says that so many and one bytes follow, one from 128 on that the next one
    counts so many times less 125.
    """
    return b"".join(_pieces(channel))


def _pieces(channel: bytes) -> Iterator[bytes]:
    loose = b""
    for value, group in groupby(channel):
        count = len(list(group))
        while count >= 3:
            yield from _literals(loose)
            loose = b""
            run = min(count, 130)
            yield bytes((run + 125, value))
            count -= run
        loose += bytes([value]) * count
    yield from _literals(loose)


def _literals(loose: bytes) -> Iterator[bytes]:
    for place in range(0, len(loose), 128):
        piece = loose[place : place + 128]
        yield bytes([len(piece) - 1]) + piece
