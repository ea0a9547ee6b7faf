"""The limit of processes that holds for root, too: by the kernel, before anybody looks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from spark_desktop.adapters.task_groups import TaskGroup, bounded_tasks

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these groups")
# Never more than 60, whatever bounds it, and each ends by itself.
FORKS = """
import os, time
made = 0
for _ in range(60):
    try:
        if os.fork() == 0:
            time.sleep(20)
            os._exit(0)
        made += 1
    except OSError:
        break
print(made, flush=True)
"""


@linux
def test_root_can_start_no_more_than_the_group_holds_and_what_is_left_ends_with_it():
    with bounded_tasks(20) as group:
        if group is None:
            pytest.skip("no group can be made here")
        process = subprocess.Popen(
            group.words((sys.executable, "-c", FORKS)), stdout=subprocess.PIPE, text=True
        )
        with process:
            assert process.stdout is not None
            assert process.stdout.readline() == "19\n"
            folder = Path(group.words(())[4]).parent
    assert not folder.exists()


@linux
def test_where_no_limit_is_handed_down_there_is_no_group_and_nothing_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    (tmp_path / "sys" / "pids" / "mine").mkdir(parents=True)
    (tmp_path / "sys" / "mine").mkdir()
    own = tmp_path / "own"
    own.write_text("8:pids:/mine\n4:memory:/other\nnonsense\n0::/mine\n")
    with bounded_tasks(20, tmp_path / "sys", own) as group:
        assert group is None
    assert list(tmp_path.rglob("spark-*")) == []
    with bounded_tasks(20, tmp_path / "sys", tmp_path / "none") as group:
        assert group is None


@linux
def test_whom_the_kernel_counts_already_needs_none(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with bounded_tasks(20) as group:
        assert group is None


@linux
def test_a_program_that_may_not_go_into_the_group_runs_all_the_same(tmp_path):
    words = TaskGroup(tmp_path / "gone").words(("echo", "a b", "c"))
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout == "a b c\n"
