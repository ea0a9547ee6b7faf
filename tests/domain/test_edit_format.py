import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.edit_format import RegionReader

ORIGINAL = "    def total(self):\n        return 0\n"
WANTED = "    def total(self):\n        return sum(self.items)\n"
DEDENTED = "def total(self):\n    return sum(self.items)"
FENCED_DOC = "def f():\n    '''Doc\n\n    ```python\n    f()\n    ```\n    '''\n    return 0\n"


def read(answer: str, original: str = ORIGINAL) -> str:
    reader = RegionReader(original)
    reader.feed(answer)
    return reader.finish()


ANSWERS = {
    "bare": WANTED,
    "without the final newline": WANTED.rstrip("\n"),
    "fenced": f"```python\n{WANTED}```\n",
    "fenced without a language": f"```\n{WANTED}```",
    "tildes": f"~~~py\n{WANTED}~~~\n",
    "a longer fence": f"````python\n{WANTED}````\n",
    "with talk around": f"Here is the code:\n\n```python\n{WANTED}```\nIt sums the items.\n",
    "fence behind the talk": f"Here it is: ```python\n{WANTED}```",
    "an indented fence": f"  ```python\n{WANTED}  ```\nDone.",
    "a fence that is never closed": f"```python\n{WANTED}",
    "only the closing fence": f"{WANTED}```\nIt sums the items.",
    "the closing fence behind the code": f"```python\n{WANTED.rstrip()}```\nDone.",
    "two fences": f"```python\n{WANTED}```\nor\n```python\nother\n```",
    "what stands elsewhere first": (
        "```python\nimport shop\n```\n\nshop.py, line 3:\n```python\nitems: list\n```\n\n"
        f"```python\n{WANTED}```\nIt sums the items."
    ),
    "what stands elsewhere, not closed": (
        f"```python\nimport shop\n\nshop.py:\n```python\nitems: list\n```\n```python\n{WANTED}```"
    ),
    "what stood there behind": f"```python\n{WANTED}```\nIt was:\n```python\n{ORIGINAL}```",
    "carriage returns": f"```python\n{WANTED}```\n".replace("\n", "\r\n"),
    "blank lines around": f"```python\n\n\n{WANTED}\n\n```\n",
    "dedented": f"```python\n{DEDENTED}\n```",
    "first line stripped": WANTED.strip(),
    "indented further": "```\n        def total(self):\n            return sum(self.items)\n```",
    "reasoning first": f"<think>\nI sum.\n```python\nno\n```\n</think>\n\n```python\n{WANTED}```",
    "the end of reasoning only": f"I sum.\n</think>\n```python\n{WANTED}```",
    "reasoning with a fence, its end only": f"So:\n```\nno\n```\n</think>\n```\n{WANTED}```",
    "reasoning without a fence": f"<think>I sum.</think>\n{WANTED}",
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
def test_the_region_is_found_in_the_answer(answer: str) -> None:
    assert read(answer) == WANTED


@given(st.sampled_from(sorted(ANSWERS)), st.data())
def test_the_region_is_the_same_however_the_answer_is_cut(name: str, data: st.DataObject) -> None:
    answer = ANSWERS[name]
    reader = RegionReader(ORIGINAL)
    while answer:
        size = data.draw(st.integers(1, 9))
        reader.feed(answer[:size])
        answer = answer[size:]
    assert reader.finish() == WANTED
    assert not reader.has_reasoning


# Without its opening tag, reasoning cannot be told from an answer before it ends.
@pytest.mark.parametrize("name", sorted(set(ANSWERS) - {"reasoning with a fence, its end only"}))
def test_no_fence_tag_or_talk_shows_while_it_streams(name: str) -> None:
    reader = RegionReader(ORIGINAL)
    shown = [reader.feed(character) for character in ANSWERS[name]]
    assert [
        text for text in shown if any(mark in text for mark in ("```", "~~~", "<", "Here"))
    ] == []
    assert WANTED.startswith(shown[-1].rstrip())


def test_the_region_grows_while_it_streams() -> None:
    reader = RegionReader(ORIGINAL)
    assert reader.feed("```py") == ""
    assert reader.feed("thon\n    def to") == "    def to"
    assert reader.feed("tal(self):\n") == "    def total(self):"
    assert reader.feed("        pass\n``") == "    def total(self):\n        pass"
    assert reader.feed("`\nThat is it.") == "    def total(self):\n        pass"


def test_an_answer_without_a_fence_that_begins_otherwise_shows_after_a_few_lines() -> None:
    reader = RegionReader(ORIGINAL)
    assert reader.feed("a = 1\nb = 2\n") == ""
    assert reader.feed("c = 3\nd = 4\ne = 5\n").startswith("    a = 1\n")
    assert reader.finish() == "    a = 1\n    b = 2\n    c = 3\n    d = 4\n    e = 5\n"


@pytest.mark.parametrize(
    ("original", "answer", "region"),
    [
        ("x = 1\n", "```\nx = 2\n```", "x = 2\n"),
        ("x = 1", "```\nx = 2\n```", "x = 2"),
        ("x = 1\n\n\n", "x = 2", "x = 2\n\n\n"),
        ("\n\nx = 1\n", "x = 2\n", "\n\nx = 2\n"),
        ("x = 1\r\n", "x = 2", "x = 2\n"),
        ("x = 1  \n", "x = 2", "x = 2\n"),
        ("", "```\nx = 2\n```", "x = 2\n"),
        ("\n\n", "x = 2", "x = 2\n"),
        ("x = 1\n", "", ""),
        ("x = 1\n", "```\n```\n", ""),
    ],
)
def test_blank_lines_at_the_ends_are_the_originals(original: str, answer: str, region: str) -> None:
    assert read(answer, original) == region


@pytest.mark.parametrize(
    ("original", "answer", "region"),
    [
        ("\tif (a) {\n\t\tb();\n\t}\n", "if (a) {\n\tc();\n}", "\tif (a) {\n\t\tc();\n\t}\n"),
        ("\tx();\n", "    x();\n    y();\n", "    x();\n    y();\n"),
        ("    x = 1\n", "x = 2\n\ny = 3", "    x = 2\n\n    y = 3\n"),
        ("    def f(): ...\n", "def f():\n    return 1", "    def f():\n        return 1\n"),
        ("    def f(): ...\n", "def f():\n        return 1", "    def f():\n        return 1\n"),
        ("    void f();\n", "void f() {\n    }", "    void f() {\n    }\n"),
        ("    void f();\n", "void f() {\n}", "    void f() {\n    }\n"),
        ("    x = 1\n", "x = 2", "    x = 2\n"),
        ("x = 1\n", "    x = 2\n  y = 3\n", "x = 2\ny = 3\n"),
    ],
)
def test_the_original_indent_comes_back(original: str, answer: str, region: str) -> None:
    assert read(answer, original) == region


@pytest.mark.parametrize("wrap", ["{}", "```python\n{}```\n", "Here:\n```python\n{}```\nDone.\n"])
def test_fences_of_the_region_itself_stay(wrap: str) -> None:
    answer = FENCED_DOC.replace("return 0", "return 1")
    assert read(wrap.format(answer), FENCED_DOC) == answer


@pytest.mark.parametrize("mark", ["///", "//!", " *", "#", "#'", "--", ";;", ">"])
def test_a_fence_behind_a_comments_mark_is_an_example_in_it(mark: str) -> None:
    code = f"{mark} ```\n{mark} stack.push(1.0);\n{mark} ```\npub struct Stack;\n"
    assert read(f"```rust\n{code}```", "") == code


@pytest.mark.parametrize("end", ["}", "return x", "*/", "# a", "'"])
def test_a_fence_behind_code_closes(end: str) -> None:
    assert read(f"```\na\n{end}```\nDone.", "") == f"a\n{end}\n"


def test_a_cut_answer_keeps_the_fences_of_the_region() -> None:
    answer = "```python\n" + FENCED_DOC[: FENCED_DOC.index("return")]
    assert read(answer, FENCED_DOC).count("```") == 2


@pytest.mark.parametrize(
    ("answer", "region"),
    [
        ("<think>I never stop thinking", ""),
        (f"```python\n{WANTED}<think>hm</think>```", WANTED),
        (f"```python\n{WANTED}hm</think>\n```", f"{WANTED}hm\n"),
    ],
)
def test_reasoning_that_is_open_or_inside_the_region_is_reported(answer: str, region: str) -> None:
    reader = RegionReader(ORIGINAL)
    reader.feed(answer)
    assert reader.finish() == region
    assert reader.has_reasoning


def test_tags_that_the_original_holds_are_text() -> None:
    reader = RegionReader('TAG = "<think>"\n')
    reader.feed('```\nTAG = "<think>"\nEND = "</think>"\n```')
    assert reader.finish() == 'TAG = "<think>"\nEND = "</think>"\n'
    assert not reader.has_reasoning
