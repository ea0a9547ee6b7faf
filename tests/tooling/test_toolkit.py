"""The pinned toolkit does not have the fault for which another version was refused."""

import subprocess
import sys

import pytest

CALLS = 20_000
COUNT = f"""
import sys
from PySide6.QtCore import QObject
thing = QObject()
before = sys.getrefcount(None)
for _ in range({CALLS}):
    thing.setObjectName("x")
print(before - sys.getrefcount(None))
"""


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal: nothing is counted")
def test_a_void_call_into_qt_takes_no_reference_to_none() -> None:
    # A process of its own: the interpreter ends when the count reaches zero.
    done = subprocess.run([sys.executable, "-c", COUNT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < CALLS // 100
