from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from spark_desktop.views.markdown_blocks import CodePart, Prose
from spark_desktop.views.markdown_stream import MarkdownStream, parts_of

ANSWER = """# Why

Because `eval` runs **whatever** it gets:

- one
- two

```python
def f():
    return 1

```

| a | b |
|---|---|
| 1 | 2 |

~~~
plain ``` text
~~~

    indented

Done.
"""


def test_prose_and_code_take_turns() -> None:
    kinds = [type(part) for part in parts_of(ANSWER)]
    assert kinds == [Prose, CodePart, Prose, CodePart, Prose]


def test_code_comes_without_its_fences() -> None:
    code = [part for part in parts_of(ANSWER) if isinstance(part, CodePart)]
    assert code == [
        CodePart(0, "python", 0, ("def f():", "    return 1", ""), True),
        CodePart(1, "", 0, ("plain ``` text",), True),
    ]


@given(st.lists(st.integers(1, 12), max_size=60))
def test_blocks_do_not_depend_on_how_the_text_was_cut(sizes: list[int]) -> None:
    stream = MarkdownStream()
    position = 0
    for size in sizes:
        stream.append(ANSWER[position : position + size])
        position += size
    stream.append(ANSWER[position:])
    assert stream.parts == parts_of(ANSWER)
    assert stream.text == ANSWER


def test_what_stands_before_the_open_part_is_not_looked_at_again() -> None:
    stream = MarkdownStream("text\n\n```\ncode\n```\n\nmore")
    first = stream.closed[0]
    stream.append(" and more\n")
    assert stream.closed[0] is first
    assert stream.open == (Prose("more and more"),)


def test_an_open_code_block_grows_without_its_closing_fence_flashing_up() -> None:
    stream = MarkdownStream("```python\nx = 1\n``")
    assert stream.parts == (CodePart(0, "python", 0, ("x = 1",), True),)
    stream.append("`\n")
    assert stream.parts == (CodePart(0, "python", 0, ("x = 1",), True),)
    assert stream.closed == [*stream.parts]


def test_a_shorter_fence_inside_a_longer_one_is_code() -> None:
    stream = MarkdownStream("````\n```\nx\n```\n")
    assert stream.parts == (CodePart(0, "", 0, ("```", "x", "```"), True),)


def test_a_fence_whose_language_is_being_written_is_a_block_without_one() -> None:
    assert MarkdownStream("```pyt").parts == (CodePart(0, "", 0, ("",), True),)


def test_long_code_is_cut_into_parts_that_are_closed_one_by_one() -> None:
    lines = [f"line {n}" for n in range(150)]
    stream = MarkdownStream("```\n" + "\n".join(lines))
    parts = [part for part in stream.parts if isinstance(part, CodePart)]
    assert [(part.first, len(part.lines), part.is_last) for part in parts] == [
        (0, 60, False),
        (60, 60, False),
        (120, 30, True),
    ]
    assert stream.code(0) == "\n".join(lines)
    assert len(stream.closed) == 2


def rendered(text: str) -> str:
    """What the parts of a text look like, less the cuts between them."""
    shown = ""
    for part in parts_of(text):
        if isinstance(part, Prose):
            shown += part.html
        else:
            language = f' class="language-{part.language}"' if part.language else ""
            code = escape("\n".join(part.lines))
            shown += f"<pre><code{language}>{code}\n</code></pre>\n"
    return shown


LONG_ITEM = "".join(f"- point {n}\n" for n in range(12))
SAMPLES = [
    "# One\ntext\nmore\n\n## Two\n" + "word\n\n" * 30 + "end",
    LONG_ITEM + "\n  still in it\n\n" + LONG_ITEM + "\nbehind the list\n",
    LONG_ITEM + "\n  ```python\n  x = 1\n\n  y = 2\n  ```\n\n- last\n\nend\n",
    "1. one\n\n   ```\n   a\n   ```\n\n2. two\n   - deep\n     - deeper\n\n" + "text\n\n" * 12,
    "> quoted\n> more\n>\n> ```\n> code\n> ```\n\n" + "text\n\n" * 12 + "> again\n",
    "| a | b |\n|:--|--:|\n" + "| 1 | 2 |\n" * 20 + "\nbehind\n\n" * 12,
    "    indented\n\n    code\n\n" + "text\n\n" * 12 + "* * *\n\nend\n",
    "see [there][x] and [x]\n\n" + "text\n\n" * 12 + "[x]: https://example.org/a\n",
    "Title\n=====\n\n" + "text\n\n" * 12 + "Other\n-----\n\n~~~\na\n\n~~~\nb\n",
    "  - a list that is indented\n  - more\n\n    text of it\n\n" + "text\n\n" * 12,
]


@pytest.mark.parametrize("text", SAMPLES)
def test_what_is_cut_looks_like_what_is_parsed_as_a_whole(text: str) -> None:
    whole = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    assert len(parts_of(text)) > 1
    assert rendered(text) == whole.render(text)


def test_a_long_list_and_a_long_table_are_cut_where_nobody_sees_it() -> None:
    items = parts_of("".join(f"{n}. item\n" for n in range(1, 101)))
    assert len(items) == 3
    assert isinstance(items[1], Prose)
    assert '<ol start="41">' in items[1].html
    rows = parts_of("| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 98)
    assert len(rows) == 3
    for part in rows:
        assert isinstance(part, Prose)
        assert "<th>a</th>" in part.html
    assert "\n".join(part.source for part in rows if isinstance(part, Prose)).count("| a |") == 1


@pytest.mark.parametrize(
    ("source", "shown", "hidden"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;", "<script>"),
        ("a <b onclick=x>b</b>", "&lt;b onclick", "<b "),
        ("![logo](https://example.org/x.png)", "[logo]", "<img"),
        ("![](x.png)", "[image]", "<img"),
        ("![a](file:///x.png)", "![a](file", "<img"),
        ('![a"<b>](x)', "[a&quot;&lt;b&gt;]", "<b>"),
        ("[x](javascript:alert(1))", "[x](javascript", "href"),
    ],
)
def test_markup_of_the_answer_is_shown_as_text(source: str, shown: str, hidden: str) -> None:
    (block,) = parts_of(source)
    assert isinstance(block, Prose)
    assert shown in block.html
    assert hidden not in block.html


def test_long_prose_is_cut_into_groups_that_hold_all_of_it() -> None:
    text = "".join(f"paragraph {n}\n\n" for n in range(200))
    blocks = parts_of(text)
    assert len(blocks) > 5
    assert sum(block.html.count("<p>") for block in blocks if isinstance(block, Prose)) == 200


def test_nothing_has_no_blocks() -> None:
    assert MarkdownStream().parts == ()
    assert MarkdownStream("\n\n").parts == ()


def test_a_text_that_was_rendered_before_takes_a_link_that_is_known_since() -> None:
    assert "<a" not in Prose("see [name] there").html
    known = Prose("see [name] there\n\n[name]: https://example.org").html
    assert '<a href="https://example.org">name</a>' in known
    assert "<a" not in Prose("see [name] there").html
