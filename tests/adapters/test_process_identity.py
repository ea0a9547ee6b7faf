import os
import subprocess
import sys
import time

import psutil
import pytest

from spark_desktop.adapters import process_identity
from spark_desktop.adapters.process_identity import is_alive, own_identity


def test_this_process_is_alive_and_one_with_its_number_that_began_otherwise_is_not() -> None:
    assert is_alive(own_identity())
    assert not is_alive(f"{os.getpid()} began at another time")
    assert not is_alive("")
    assert not is_alive("no number")


def test_a_process_that_ended_is_not_alive_before_its_parent_noticed_either() -> None:
    code = (
        "from spark_desktop.adapters.process_identity import own_identity; import sys;"
        "print(own_identity(), flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        identity = process.stdout.readline().strip()
        assert is_alive(identity)
        process.kill()
        # Not waited for yet: what is left of it still has its number.
        while psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
        assert not is_alive(identity)
    assert not is_alive(identity)


def test_other_systems_tell_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_identity.sys, "platform", "darwin")
    start = process_identity._start(os.getpid())
    assert start == f"{psutil.Process().create_time():.3f}"
    assert process_identity._start(2**22 + 1) is None
