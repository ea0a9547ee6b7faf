"""What an entry of the inbox says."""

import pytest

from spark_desktop.domain.inbox_entry import names_of
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import EditComment, Span
from spark_desktop.domain.workspace import snapshot_of

SNAPSHOT = snapshot_of("a.py", SourceText("x = 1\n"))


@pytest.mark.parametrize(
    ("titles", "named"),
    [
        ("", ""),
        ("a", "a"),
        ("aaaaa", "a (5 places)"),
        ("abab", "a (2 places), b (2 places)"),
        ("abcde", "a, b, c, 2 more"),
        ("abccccd", "a, b, c (4 places), 1 more"),
    ],
)
def test_what_is_called_the_same_is_named_once(titles, named):
    triggers = [EditComment(SNAPSHOT, Span(0, 1), title) for title in titles]
    assert names_of(triggers) == named
