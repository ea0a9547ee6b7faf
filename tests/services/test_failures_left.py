"""Failures that get no proposal at once: they are named, and come later."""

import pytest
from fakes import MemoryFiles, Recorder
from services.test_test_runs import code_of
from services.test_watched_tests import PutOff, Watched

from spark_desktop.domain.events import WorkFailed
from spark_desktop.domain.project_checks import Ran
from spark_desktop.domain.proposal import Cancelled, Closed, Failed, Queued, Ready, Withheld
from spark_desktop.domain.trigger import Trigger
from spark_desktop.services.bus import Bus
from spark_desktop.services.run_judges import FailedRun
from spark_desktop.services.tasks import TaskScope
from spark_desktop.services.watched_tests import HandedRuns

CODE = "".join(f"def f{n}():\n    return {n}\n\n\n" for n in range(12))
TESTS = "from main import *\n\n\n" + "".join(
    f"def test_{n}():\n    assert f{n}() == 1\n\n\n" for n in range(12)
)


def failing(*numbers: int, about: int | None = None) -> str:
    """Return what pytest writes of these tests, each of its own function or all ``about`` one."""
    told = "".join(
        f"___ test_{n} ___\n\n>       assert f{n if about is None else about}() == 1\n"
        f"E       assert 7 == 1\n\ntest_main.py:{4 * n + 5}: AssertionError\n"
        for n in numbers
    )
    named = "".join(f"FAILED test_main.py::test_{n} - assert 7 == 1\n" for n in numbers)
    return f"=== FAILURES ===\n{told}=== short test summary info ===\n{named}"


def files_of() -> MemoryFiles:
    files = MemoryFiles(main__py=CODE)
    files.write("test_main.py", TESTS)
    return files


def watched_of(*outputs: str) -> Watched:
    outcomes = [Ran(1 if one else 0, one) for one in outputs]
    return Watched(*outcomes, files=files_of())


FIVE = failing(*range(5))
LEFT = (
    "test_main.py",
    "test_main.py::test_3, test_main.py::test_4; the first save after these proposals are decided "
    "takes them",
)


async def test_what_is_beyond_three_proposals_is_named_and_comes_when_these_are_decided():
    watched = watched_of(*[FIVE] * 4)
    await watched.save("main.py")
    assert watched.names == ["test_0", "test_1", "test_2"]
    assert watched.put == [LEFT]
    for asked in watched.asked:
        watched.decide(asked, Ready(), asked.name)
    await watched.save("main.py")
    assert len(watched.asked) == 3, "one mistake may be behind all of them"
    for asked in watched.asked[:3]:
        watched.decide(asked, Closed(0), asked.name)
    await watched.save("main.py")
    assert watched.names[3:] == ["test_3", "test_4"]
    await watched.save("main.py")
    assert (len(watched.asked), watched.put) == (5, [LEFT])
    await watched.tests.close()


@pytest.mark.parametrize(
    "state", [Withheld("no"), Failed("no"), Cancelled("stopped"), Closed(1), Closed(0)]
)
async def test_a_proposal_that_no_decision_waits_for_holds_nothing_back(state):
    watched = watched_of(FIVE, FIVE)
    await watched.save("main.py")
    for asked in list(watched.asked):
        watched.decide(asked, Queued(), asked.name)
        watched.decide(asked, state, asked.name)
    await watched.save("main.py")
    assert {"test_3", "test_4"} <= set(watched.names[3:])
    await watched.tests.close()


async def test_what_passes_by_then_is_not_asked_for():
    watched = watched_of(FIVE, failing(0, 1, 2, 4), FIVE)
    await watched.save("main.py")
    await watched.save("main.py")
    assert watched.names[3:] == ["test_4"]
    await watched.save("main.py")
    assert watched.names[4:] == ["test_3"], "it failed anew"
    await watched.tests.close()


async def test_a_failure_that_is_new_is_asked_for_beside_what_waits():
    watched = watched_of(FIVE, failing(0, 1, 2, 3, 4, 7))
    await watched.save("main.py")
    watched.decide(watched.asked[0], Ready())
    await watched.save("main.py")
    assert watched.names[3:] == ["test_7"]
    assert watched.put == [LEFT]
    await watched.tests.close()


async def test_what_is_too_much_even_to_be_looked_at_is_named_as_well():
    watched = watched_of(failing(*range(12)))
    await watched.save("main.py")
    ((path, told),) = watched.put
    assert path == "test_main.py"
    assert "test_main.py::test_8, 3 more; the first save" in told
    await watched.tests.close()


async def test_tests_of_one_function_are_one_proposal_and_are_asked_for_again_when_it_was_no_help():
    three = failing(0, 1, 2, about=0).replace("f1()", "f0()").replace("f2()", "f0()")
    files = MemoryFiles(main__py=CODE)
    files.write("test_main.py", TESTS.replace("f1()", "f0()").replace("f2()", "f0()"))
    watched = Watched(*[Ran(1, three)] * 3, files=files)
    await watched.save("main.py")
    assert (watched.names, watched.put) == (["test_0"], [])
    await watched.save("main.py")
    assert watched.names == ["test_0"]
    watched.decide(watched.asked[0], Closed(1))
    await watched.save("main.py")
    assert watched.names == ["test_0", "test_0"]
    watched.decide(watched.asked[0], Closed(1, undone=True))
    await watched.tests.close()


NOWHERE = "=== short test summary info ===\nFAILED gone/test_x.py::test_{} - no\n"


async def test_a_failure_that_points_nowhere_is_told_once():
    watched = watched_of(*[NOWHERE.format("a")] * 2)
    await watched.save("main.py")
    await watched.save("main.py")
    (told,) = watched.seen.of(WorkFailed)
    assert (
        told.message == "No code of this folder was found for what failed: gone/test_x.py::test_a."
    )
    assert told.next_step == "Run it in a terminal to read what it says."
    assert watched.put == []
    await watched.tests.close()


async def test_a_failure_that_points_nowhere_is_told_beside_others():
    watched = watched_of(failing(0) + "FAILED gone/test_x.py::test_a - no\n")
    await watched.save("main.py")
    assert watched.names == ["test_0"]
    (told,) = watched.seen.of(WorkFailed)
    assert "gone/test_x.py::test_a" in told.message
    await watched.tests.close()


async def test_where_no_place_is_known_of_any_all_are_told():
    lines = "".join(f"FAILED gone/test_x.py::test_{n} - no\n" for n in range(9))
    watched = watched_of(f"=== short test summary info ===\n{lines}")
    await watched.save("main.py")
    (told,) = watched.seen.of(WorkFailed)
    assert "gone/test_x.py::test_5, 3 more" in told.message
    assert watched.put == []
    await watched.tests.close()


async def test_where_nothing_was_found_at_first_the_next_save_takes_the_rest():
    lines = "".join(f"FAILED gone/test_x.py::test_{n} - no\n" for n in range(8))
    watched = watched_of(*[_named_last(lines)] * 2)
    await watched.save("main.py")
    assert watched.put == [("test_main.py", "test_main.py::test_0; the next save takes them")]
    await watched.save("main.py")
    assert watched.names == ["test_0"]
    await watched.tests.close()


def _named_last(lines: str) -> str:
    return f"=== short test summary info ===\n{lines}FAILED test_main.py::test_0 - assert 7 == 1\n"


async def test_a_command_that_fails_without_a_word_of_the_code_is_told_until_it_says_more():
    watched = watched_of("boom\n", "boom\n", "", "boom\n", failing(0), "boom\n")
    for _ in range(6):
        await watched.save("main.py")
    told = watched.seen.of(WorkFailed)
    assert [one.message for one in told] == [
        "pytest -q failed, and its output names no code of this folder."
    ] * 3
    assert watched.names == ["test_0"]
    await watched.tests.close()


async def test_what_a_handed_run_leaves_is_named():
    bus, scope, inbox = Bus(), TaskScope("project"), PutOff()
    seen, asked = Recorder(bus), list[Trigger]()

    def request(trigger: Trigger) -> str:
        asked.append(trigger)
        return "id"

    handed = HandedRuns(code_of(files_of()), request, inbox, bus, scope)
    output = f"{FIVE}FAILED gone/test_x.py::test_a - no\n"
    await handed.propose(FailedRun(("pytest",), "", output))
    assert len(asked) == 3
    ((path, told),) = inbox.put
    assert path == "test_main.py"
    assert told.endswith("test_4; run the command again when these proposals are decided")
    (failed,) = seen.of(WorkFailed)
    assert "gone/test_x.py::test_a" in failed.message
    await scope.close()


async def test_what_is_named_holds_no_secret_and_is_not_long():
    key = "AKIA" + "Q3EGT6ZLMWXKPJ4B"
    watched = watched_of(
        NOWHERE.format(f'a[key="{key}"]') + f"FAILED gone/t.py::{'x' * 300} - no\n"
    )
    await watched.save("main.py")
    (told,) = watched.seen.of(WorkFailed)
    assert key not in told.message
    assert len(told.message) < 300
    await watched.tests.close()
