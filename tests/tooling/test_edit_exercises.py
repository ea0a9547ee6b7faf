"""The exercises of ``spark edit``: each can be solved, none is solved already."""

import os

import pytest

from benchmarks.edit_exercises import Exercise, checked, load, options, row_of, run
from benchmarks.quality.toolchains import toolchains

EXERCISES = load()
EVERY = EXERCISES + load("held")
TOOLS = toolchains()

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the limits are those of a Unix shell")


@pytest.mark.parametrize("exercise", EVERY, ids=lambda one: one.name)
def test_the_start_fails_the_shown_test_and_the_solution_passes_both(exercise: Exercise) -> None:
    before = checked(exercise, exercise.start, TOOLS, hidden=False)
    assert before.code == 1, "the shown test says nothing of what is asked for"
    after = checked(exercise, exercise.solution, TOOLS)
    assert after.code == 0, after.output


def test_there_are_enough_exercises_and_no_two_of_one_name() -> None:
    assert len({one.name for one in EVERY}) == len(EVERY) >= 50
    assert len(EXERCISES) == len(load("held"))


def test_a_way_is_counted_by_what_it_leaves() -> None:
    chosen = EXERCISES[:3]
    texts = {
        chosen[0].name: chosen[0].solution,
        chosen[1].name: chosen[1].start,
        chosen[2].name: "1 +",
    }
    row = row_of("m", "w", chosen, lambda one: (texts[one.name], 2), TOOLS)
    assert (row["solved"], row["nothing"], row["wrong"], row["tries"]) == (1, 1, 1, 6)
    assert row["not_solved"] == [chosen[2].name, chosen[1].name]


def test_an_exercise_that_does_not_exist_is_named() -> None:
    with pytest.raises(SystemExit, match="no exercise is called nope"):
        run(True, options(["--exercise", "nope"]))
