"""What ends a run: the use of its processes together, and what they leave of the machine."""

import os
import sys
from pathlib import Path

import psutil
import pytest

from spark_desktop.adapters.process_use import Watch, is_larger
from spark_desktop.domain.sandboxing import Limits

TOTAL = psutil.virtual_memory().total
# Of more processes than this one has, nobody here is one.
MANY = Limits(processes=100_000, memory=TOTAL)


def watch(left: list[int]) -> Watch:
    return Watch({}, MANY, os.getpid(), None, lambda: left.pop(0) if len(left) > 1 else left[0])


def test_a_machine_that_runs_out_of_memory_ends_the_run_whoever_holds_it():
    looked = watch([TOTAL // 2, TOTAL // 4, TOTAL // 30])
    assert looked.excess() is None
    assert looked.excess() == "not run to its end: the machine had hardly any memory left"


def test_a_machine_that_had_little_before_is_no_fault_of_the_run():
    looked = watch([TOTAL // 50, TOTAL // 55, TOTAL // 120])
    assert looked.excess() is None
    assert looked.excess() is not None, "but taking half of the rest is"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has namespaces")
def test_while_a_sandbox_is_made_the_machines_own_processes_are_not_taken_for_its_own():
    here = Watch({}, Limits(processes=0, memory=1), os.getpid(), os.getpid(), lambda: TOTAL)
    assert here.excess() is None


def test_a_folder_is_larger_by_what_lies_on_the_disk(tmp_path: Path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "file").write_bytes(b"x" * 50_000)
    with (tmp_path / "holes").open("wb") as file:
        file.truncate(100_000_000)
    assert is_larger(tmp_path, 40_000)
    if os.name == "posix":
        assert not is_larger(tmp_path, 1_000_000)
    assert not is_larger(tmp_path / "none", 0)
