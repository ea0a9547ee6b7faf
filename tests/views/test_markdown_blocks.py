import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.views.markdown_blocks import Code, MarkdownStream, Prose, blocks_of

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


def test_prose_between_code_blocks_is_one_group() -> None:
    kinds = [type(block) for block in blocks_of(ANSWER)]
    assert kinds == [Prose, Code, Prose, Code, Code, Prose]


def test_code_comes_without_its_fences() -> None:
    code = [block for block in blocks_of(ANSWER) if isinstance(block, Code)]
    assert code == [
        Code("python", "def f():\n    return 1\n"),
        Code("", "plain ``` text"),
        Code("", "indented"),
    ]


@given(st.lists(st.integers(1, 12), max_size=60))
def test_blocks_do_not_depend_on_how_the_text_was_cut(sizes: list[int]) -> None:
    stream = MarkdownStream()
    position = 0
    for size in sizes:
        stream.append(ANSWER[position : position + size])
        position += size
    stream.append(ANSWER[position:])
    assert stream.blocks == blocks_of(ANSWER)


def test_what_stands_before_the_open_block_is_not_parsed_again() -> None:
    stream = MarkdownStream("text\n\n```\ncode\n```\n\nmore")
    first = stream.blocks[0]
    stream.append(" and more\n")
    assert stream.blocks[0] is first
    assert stream.blocks[-1] == blocks_of("more and more\n")[0]


def test_an_open_code_block_grows_without_its_closing_fence_flashing_up() -> None:
    stream = MarkdownStream("```python\nx = 1\n``")
    assert stream.blocks == (Code("python", "x = 1", True),)
    stream.append("`\n")
    assert stream.blocks == (Code("python", "x = 1"),)


def test_a_shorter_fence_inside_a_longer_one_is_code() -> None:
    stream = MarkdownStream("````\n```\nx\n```\n")
    assert stream.blocks == (Code("", "```\nx\n```", True),)


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
    (block,) = blocks_of(source)
    assert isinstance(block, Prose)
    assert shown in block.html
    assert hidden not in block.html


def test_long_prose_is_cut_into_groups_that_hold_all_of_it() -> None:
    text = "".join(f"paragraph {n}\n\n" for n in range(200))
    blocks = blocks_of(text)
    assert len(blocks) > 5
    assert sum(block.html.count("<p>") for block in blocks if isinstance(block, Prose)) == 200


def test_nothing_has_no_blocks() -> None:
    assert MarkdownStream().blocks == ()
    assert MarkdownStream("\n\n").blocks == ()
