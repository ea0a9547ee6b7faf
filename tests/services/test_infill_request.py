"""What a fill-in is shown of the file around the gap."""

import pytest

from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import Span, Stub
from spark_desktop.domain.workspace import snapshot_of
from spark_desktop.services.fill_in import fill_in_of
from spark_desktop.services.prompts import infill_request


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("x = 1\n" * 20_000, id="many lines"),
        pytest.param("x = [" + "1, " * 40_000 + "]; def f(): ", id="one long line"),
        pytest.param("x = '" + "é" * 40_000 + "'; def f(): ", id="one long line, not of ASCII"),
    ],
)
def test_a_fill_in_is_shown_a_bounded_part_of_the_file(before):
    request = infill_request(f"{before}pass", len(before), len(before) + 4)
    assert 0 < len(request.prefix) <= 5_000
    assert before.endswith(request.prefix)


def test_a_short_file_is_shown_whole():
    assert infill_request("def f(): pass\n", 9, 13).prefix == "def f(): "


@pytest.mark.parametrize("after", ["\n\n\nx = 1\n", "\n", ""])
def test_what_is_only_described_is_filled_in_below_the_description(after):
    described = 'class A:\n    def f(self) -> int:\n        """Give one."""'
    snapshot = snapshot_of("a.py", SourceText(described + after))
    fill_in = fill_in_of(Stub(snapshot, Span(1, 3), Span(3, 3), "f"))
    assert fill_in is not None
    assert fill_in.request.prefix == f"{described}\n        "
    assert fill_in.request.suffix.lstrip("\n") == after.lstrip("\n")
    region = fill_in.region("return 1\n", complete=True)
    assert region == '    def f(self) -> int:\n        """Give one."""\n        return 1\n'


def test_a_body_that_shares_the_line_of_its_signature_is_not_filled_in():
    snapshot = snapshot_of("a.py", SourceText("@cache\ndef f(): pass\n"))
    assert fill_in_of(Stub(snapshot, Span(0, 2), Span(1, 1), "f")) is None
