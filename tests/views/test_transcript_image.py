"""The picture of a whole thread."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from spark_desktop.domain.conversation import TurnState
from spark_desktop.views import transcript_image
from spark_desktop.views.theme import load_theme
from spark_desktop.views.transcript_image import LIMIT, TILE, WIDTH, ThreadImage
from spark_desktop.views.transcript_units import TurnUnits
from spark_desktop.views.type_scale import TypeScale
from tests.views.transcript_fixtures import ANSWER, turn

Make = Callable[..., ThreadImage]


@pytest.fixture
def parent(qapp: object) -> QObject:
    return QObject()


@pytest.fixture
def image_of(parent: QObject) -> Make:
    def make(*turns: TurnUnits, limit: int = LIMIT) -> ThreadImage:
        return ThreadImage(parent, turns, load_theme("light"), TypeScale(), limit)

    return make


def opened(data: bytes) -> QImage:
    image = QImage()
    assert image.loadFromData(data, "png")
    return image


def test_a_short_thread_is_one_picture_with_coloured_code(image_of: Make, qtbot: QtBot) -> None:
    image = image_of(TurnUnits(turn(ANSWER)))
    with qtbot.waitSignal(image.tile_made, timeout=20_000) as made:
        image.start()
    number, count, data = made.args
    assert (number, count) == (1, 1)
    picture = opened(data)
    assert picture.width() == 2 * WIDTH
    # The colour of a keyword is among those of the code.
    colors = {
        picture.pixel(x, y) & 0xFFFFFF
        for x in range(0, 400, 2)
        for y in range(picture.height() // 3, picture.height(), 2)
    }
    assert 0x6F2AA8 in colors


def test_a_long_thread_is_several_pictures_cut_between_units(image_of: Make, qtbot: QtBot) -> None:
    answer = ANSWER * 40
    image = image_of(TurnUnits(turn(answer, turn_id="a")), TurnUnits(turn(answer, turn_id="b")))
    made: dict[int, bytes] = {}
    image.tile_made.connect(lambda number, _count, data: made.update({number: data}))
    counts: list[int] = []
    image.tile_made.connect(lambda _number, count, _data: counts.append(count))
    image.start()
    qtbot.waitUntil(lambda: bool(counts) and len(made) == counts[0], timeout=60_000)
    assert sorted(made) == list(range(1, counts[0] + 1))
    assert counts[0] > 1
    assert all(opened(data).height() <= 2 * TILE for data in made.values())


def test_a_unit_that_is_higher_than_a_picture_is_cut_through(
    image_of: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcript_image, "TILE", 200)
    image = image_of(TurnUnits(turn("```\n" + "line\n" * 50 + "```\n")))
    heights: dict[int, int] = {}
    image.tile_made.connect(
        lambda number, _count, data: heights.update({number: opened(data).height()})
    )
    counts: list[int] = []
    image.tile_made.connect(lambda _number, count, _data: counts.append(count))
    image.start()
    qtbot.waitUntil(lambda: bool(counts) and len(heights) == counts[0], timeout=20_000)
    assert max(heights.values()) == 400


@pytest.mark.parametrize("is_early", [True, False])
def test_a_thread_that_is_too_long_is_refused_with_its_height(
    image_of: Make, qtbot: QtBot, is_early: bool
) -> None:
    units = TurnUnits(turn(ANSWER))
    limit = 50
    if not is_early:
        # Its height depends on the machine's fonts; the last unit is what is too much.
        whole = image_of(units)
        with qtbot.waitSignal(whole.tile_made, timeout=20_000) as made:
            whole.start()
        assert made.args is not None
        limit = opened(made.args[2]).height() // 2 - 40
    image = image_of(units, limit=limit)
    with qtbot.waitSignal(image.refused, timeout=20_000) as refused:
        image.start()
    assert refused.args is not None
    assert refused.args[0] > limit


def test_what_has_streamed_so_far_is_in_the_picture(image_of: Make, qtbot: QtBot) -> None:
    units = TurnUnits(turn("", TurnState.STREAMING))
    units.append("word\n\n" * 40)
    image = image_of(units)
    with qtbot.waitSignal(image.tile_made, timeout=20_000) as made:
        image.start()
    assert made.args is not None
    assert opened(made.args[2]).height() > 1500
