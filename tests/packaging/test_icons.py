"""The icon has every size that a system asks for, and is the same picture in every container."""

import hashlib
import itertools
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QColor, QImage, QPainter
from spark_dist import icons

from spark_desktop.views.app_icon import SIZES, app_icon
from tests.law_cases import cases


def png(data: bytes) -> QImage:
    image = QImage.fromData(QByteArray(data), "PNG")  # type: ignore[arg-type]
    assert not image.isNull()
    return image.convertToFormat(QImage.Format.Format_ARGB32)


def ico(data: bytes) -> dict[int, bytes]:
    """The pictures of an icon file, by their edge in pixels."""
    reserved, kind, count = struct.unpack_from("<HHH", data)
    assert (reserved, kind) == (0, 1)
    found = {}
    for entry in range(count):
        width, height, _, _, planes, bits, size, place = struct.unpack_from(
            "<BBBBHHII", data, 6 + 16 * entry
        )
        assert (width, planes, bits) == (height, 1, 32)
        found[width or 256] = data[place : place + size]
    return found


def icns(data: bytes) -> dict[bytes, bytes]:
    """The pictures of an icon file of macOS, by their type."""
    magic, length = struct.unpack_from(">4sI", data)
    assert (magic, length) == (b"icns", len(data))
    found, place = {}, 8
    while place < length:
        kind, size = struct.unpack_from(">4sI", data, place)
        found[kind] = data[place + 8 : place + size]
        place += size
    assert place == length
    return found


def unpacked(data: bytes, size: int) -> tuple[bytes, int]:
    """One channel of ``size`` bytes, and where the next one begins."""
    channel, place = b"", 0
    while len(channel) < size:
        control = data[place]
        if control < 128:
            channel += data[place + 1 : place + control + 2]
            place += control + 2
        else:
            channel += data[place + 1 : place + 2] * (control - 125)
            place += 2
    assert len(channel) == size
    return channel, place


def test_the_icon_theme_has_all_sizes_the_drawing_and_an_outline(tmp_path: Path) -> None:
    icons.write_hicolor(tmp_path)
    for size in icons.HICOLOR:
        file = tmp_path / "hicolor" / f"{size}x{size}" / "apps" / "spark-desktop.png"
        assert (png(file.read_bytes()).width(), png(file.read_bytes()).height()) == (size, size)
    assert len(list(tmp_path.rglob("*.png"))) == len(icons.HICOLOR)
    assert {path.name for path in tmp_path.rglob("*.svg")} == {
        "spark-desktop.svg",
        "spark-desktop-symbolic.svg",
    }


def test_the_icon_of_windows_has_the_same_pictures_in_each_size() -> None:
    found = ico(icons.ico_bytes())
    assert sorted(found) == [16, 20, 24, 32, 40, 48, 64, 128, 256]
    assert png(found[256]) == png(icons.png_bytes(256))
    for size in (16, 32, 48, 128):
        head = struct.unpack_from("<IiiHHI", found[size])
        assert head == (40, size, 2 * size, 1, 32, 0)
        expected = png(icons.png_bytes(size))
        for x, y in itertools.product((0, 1, size // 2, size - 2), repeat=2):
            place = 40 + 4 * ((size - 1 - y) * size + x)
            blue, green, red, alpha = found[size][place : place + 4]
            assert QColor.fromRgba(expected.pixel(x, y)).getRgb() == (red, green, blue, alpha)
        assert len(found[size]) == 40 + 4 * size * size + (size + 31) // 32 * 4 * size


def test_the_icon_of_macos_has_every_size_at_one_and_two_pixels_a_point() -> None:
    found = icns(icons.icns_bytes())
    sizes = {
        kind.decode(): png(data).width()
        for kind, data in found.items()
        if kind not in (b"ic04", b"ic05")
    }
    assert sizes == {
        **{"ic11": 32, "ic12": 64, "ic07": 128, "ic13": 256},
        **{"ic08": 256, "ic14": 512, "ic09": 512, "ic10": 1024},
    }
    for kind, size in ((b"ic04", 16), (b"ic05", 32)):
        data = found[kind]
        assert data[:4] == b"ARGB"
        place = 4
        for _ in "ARGB":
            _, length = unpacked(data[place:], size * size)
            place += length
        assert place == len(data)


def test_the_tile_of_macos_keeps_the_margin_of_apples_grid() -> None:
    big = png(icns(icons.icns_bytes())[b"ic10"])
    seen = [x for x in range(1024) if QColor.fromRgba(big.pixel(x, 512)).alpha() == 255]
    assert (seen[0], 1023 - seen[-1]) == (100, 100)


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(1, 300)), max_size=20))
@settings(max_examples=cases(60), deadline=None)
def test_run_lengths_unpack_to_what_was_packed(runs: list[tuple[int, int]]) -> None:
    channel = b"".join(bytes([value]) * count for value, count in runs)
    data = icons.packed(channel)
    assert unpacked(data, len(channel)) == (channel, len(data))


def test_drawing_twice_gives_the_same_bytes() -> None:
    def drawn() -> str:
        icons._drawn.cache_clear()
        return hashlib.sha256(icons.ico_bytes() + icons.icns_bytes()).hexdigest()

    assert drawn() == drawn()


@pytest.mark.parametrize("ground", ["#ffffff", "#f5f6f8", "#2b2b2b", "#16181d", "#000000"])
@pytest.mark.parametrize("size", [16, 32])
def test_the_spark_stands_out_in_small_on_any_desktop(size: int, ground: str) -> None:
    image = QImage(size, size, QImage.Format.Format_RGB32)
    image.fill(QColor(ground))
    painter = QPainter(image)
    painter.drawImage(0, 0, png(icons.png_bytes(size)))
    painter.end()
    row = [luminance(image.pixelColor(x, size // 2)) for x in range(size // 8, size - size // 8)]
    assert (max(row) + 0.05) / (min(row) + 0.05) >= 4.5


def luminance(color: QColor) -> float:
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_the_window_shows_the_same_icon(qapp: object) -> None:
    made = app_icon()
    assert [size.width() for size in made.availableSizes()] == list(SIZES)
    shown = made.pixmap(48, 48).toImage().convertToFormat(QImage.Format.Format_ARGB32)
    expected = png(icons.png_bytes(48))
    assert shown.pixelColor(24, 24) == expected.pixelColor(24, 24)
    assert app_icon() is made
