"""Which of the changed paths, and of what they ask, starts something."""

import pytest

from spark_desktop.services.save_rules import with_below


@pytest.mark.parametrize(
    ("paths", "known", "changed"),
    [
        (["b.py", "a.py", "b.py"], [], ("b.py", "a.py")),
        (["pkg"], ["pkg/a.py", "pkg/sub/b.py", "pkg2/c.py"], ("pkg", "pkg/a.py", "pkg/sub/b.py")),
        (["pkg/sub"], ["pkg/a.py"], ("pkg/sub",)),
        (["pkg/a.py", "pkg"], ["pkg/a.py"], ("pkg/a.py", "pkg")),
    ],
)
def test_a_folder_that_went_stands_for_what_is_known_of_its_files(paths, known, changed):
    assert with_below(paths, known) == changed
