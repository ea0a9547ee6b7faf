import pytest

from spark_desktop.viewmodels.lab_player import LabPlayer


class Seconds:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def player(qapp: object, clock: Seconds) -> LabPlayer:
    made = LabPlayer(clock)
    made.load(10.0)
    made.set_shown(True)
    return made


def test_lanes_are_taken_at_their_end_and_played_from_the_start(player: LabPlayer) -> None:
    assert (player.position, player.is_playing) == (10.0, False)
    player.toggle()
    assert (player.position, player.is_playing, player.is_ticking) == (0.0, True, True)


def test_time_runs_by_the_clock_and_stops_at_the_end(player: LabPlayer, clock: Seconds) -> None:
    player.toggle()
    clock.now += 4.0
    player.tick()
    assert player.position == 4.0
    clock.now += 60.0
    player.tick()
    assert (player.position, player.is_playing, player.is_ticking) == (10.0, False, False)


def test_a_pause_keeps_the_moment_and_runs_no_timer(player: LabPlayer, clock: Seconds) -> None:
    player.toggle()
    clock.now += 4.0
    player.tick()
    player.toggle()
    assert not player.is_ticking
    clock.now += 50.0
    player.toggle()
    clock.now += 1.0
    player.tick()
    assert player.position == 5.0


def test_a_seek_goes_on_from_there_and_stays_within(player: LabPlayer, clock: Seconds) -> None:
    player.toggle()
    player.seek(7.0)
    clock.now += 1.0
    player.tick()
    assert player.position == 8.0
    player.seek(-3.0)
    assert player.position == 0.0
    player.seek(30.0)
    assert player.position == 10.0


def test_a_loop_begins_again(player: LabPlayer, clock: Seconds) -> None:
    player.set_looping(True)
    player.toggle()
    clock.now += 10.5
    player.tick()
    assert (player.position, player.is_playing) == (0.0, True)
    clock.now += 2.0
    player.tick()
    assert player.position == 2.0


def test_time_stands_still_while_nobody_looks(player: LabPlayer, clock: Seconds) -> None:
    player.toggle()
    clock.now += 4.0
    player.tick()
    player.set_shown(False)
    assert not player.is_ticking
    clock.now += 50.0
    player.set_shown(True)
    assert player.is_ticking
    clock.now += 1.0
    player.tick()
    assert player.position == 5.0


def test_nothing_that_lasts_no_time_plays(player: LabPlayer) -> None:
    player.load(0.0)
    player.toggle()
    assert not player.is_playing


def test_other_lanes_stop_what_was_played(player: LabPlayer) -> None:
    player.toggle()
    player.load(5.0)
    assert (player.position, player.is_ticking) == (5.0, False)
