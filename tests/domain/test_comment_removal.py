import pytest

from spark_desktop.domain.comment_removal import without_comment
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import EditComment, Span
from spark_desktop.domain.workspace import snapshot_of


@pytest.mark.parametrize(
    ("content", "lines", "instruction", "left", "place"),
    [
        ("a\n# sort AI!\nb\n", Span(1, 2), "sort", "a\nb\n", Span(1, 1)),
        ("a\n# sort\n# them AI!\nb\n", Span(1, 3), "sort\nthem", "a\nb\n", Span(1, 1)),
        ("a = 1  # sort AI!\r\nb\r\n", Span(0, 1), "sort", "a = 1\r\nb\r\n", Span(0, 1)),
        ("f('#')  # sort AI!\n", Span(0, 1), "sort", "f('#')\n", Span(0, 1)),
        ("int a; /* sort\n them AI! */\nb\n", Span(0, 2), "sort\nthem", "int a;\nb\n", Span(0, 1)),
        ("  <!-- sort AI! -->\nb\n", Span(0, 1), "sort", "b\n", Span(0, 0)),
        ("x = 1  # sort AI!", Span(0, 1), "sort", "x = 1", Span(0, 1)),
        ("// AI! sort (a)\nb\n", Span(0, 1), "sort (a)", "b\n", Span(0, 0)),
        ("# use -- here AI!\nb\n", Span(0, 1), "use -- here", "b\n", Span(0, 0)),
        ("x = a -- b  # swap AI!\n", Span(0, 1), "swap", "x = a -- b\n", Span(0, 1)),
        ("  /* sort AI! */ go();\n", Span(0, 1), "sort", "  go();\n", Span(0, 1)),
        ("a(); /* sort AI! */ b();\r\n", Span(0, 1), "sort", "a(); b();\r\n", Span(0, 1)),
        ("f(/* sort AI! */ a);", Span(0, 1), "sort", "f( a);", Span(0, 1)),
        ("a(); /* sort\n AI! */ b();\nc\n", Span(0, 2), "sort", "a(); b();\nc\n", Span(0, 1)),
        ("<!-- sort AI! --><b>\n", Span(0, 1), "sort", "<b>\n", Span(0, 1)),
        ("a --[[ sort AI! ]] b\n", Span(0, 1), "sort", "a b\n", Span(0, 1)),
        ("/* a */ x /* sort AI! */\n", Span(0, 1), "sort", "/* a */ x\n", Span(0, 1)),
        ("/* sort\n * AI!\n */\nb\n", Span(0, 3), "sort", "b\n", Span(0, 0)),
        ("rem sort AI!\nb\n", Span(0, 1), "sort", "b\n", Span(0, 0)),
        ("code that moved here\n", Span(0, 1), "sort", "code that moved here\n", Span(0, 1)),
    ],
)
def test_the_comment_goes_and_the_code_around_it_stays(
    content: str, lines: Span, instruction: str, left: str, place: Span
) -> None:
    trigger = EditComment(snapshot_of("f", SourceText(content)), lines, instruction)
    assert without_comment(trigger) == (left, place)


def test_a_comment_behind_a_very_long_line_is_found_without_trying_every_place() -> None:
    code = "a=1;" * 20_000
    trigger = EditComment(snapshot_of("f", SourceText(f"{code} // sort AI!\n")), Span(0, 1), "sort")
    assert without_comment(trigger) == (f"{code}\n", Span(0, 1))
