"""What Python's compiler has against an answer, judged by what it had against the text before."""

import subprocess
import sys

import pytest

from spark_desktop.domain.planned_checks import planned
from spark_desktop.domain.project_checks import Ran
from spark_desktop.domain.shadow_evidence import judged


class Files:
    def text(self, path):
        return None

    def is_file(self, path):
        return False

    def program(self, name, folder):
        return sys.executable if name == "python" else None


FINE = 'NAMES = ["a", "b"]\n'
TUPLE = 'assert (NAMES, "no names")\n'
CALLED = 'both = [\n    ["a", "b"]\n    ("c", "d")\n]\n'


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (FINE, FINE + "print(NAMES)\n", None),
        (FINE, FINE + TUPLE, "1 new: a.py:2: SyntaxWarning: assertion is always true"),
        (FINE, FINE + CALLED, "'list' object is not callable; perhaps you missed a comma"),
        (FINE, FINE + "print(\n", "SyntaxError: '(' was never closed"),
        # What was there before is not held against the answer, and hides nothing that is new.
        (FINE + TUPLE, "x = 1\n" + FINE + TUPLE, None),
        (FINE + TUPLE, FINE + TUPLE + TUPLE, "1 new: a.py:3: SyntaxWarning"),
        (FINE + TUPLE, FINE + TUPLE + "print(\n", "SyntaxError: '(' was never closed"),
        ("print(\n", "x = 1\nprint(\n", None),
        # It comes out as it is written.
        (FINE, FINE + 'DIGITS = "\\d+"\n', None),
    ],
)
def test_what_the_compiler_newly_warns_of_withholds_an_answer(tmp_path, before, after, told):
    (check,) = planned("a.py", before, after, Files(), ())
    outcomes = []
    for text in (before, after):
        (tmp_path / "a.py").write_text(text, encoding="utf-8")
        run = subprocess.run(
            check.words, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
        )
        outcomes.append(Ran(run.returncode, run.stdout + run.stderr))
    found = judged(check, *outcomes)
    assert found.passed is (told is None), found
    assert (told or "") in str(found.detail)
