"""Texts that are a renamed name follow where the project's checks pass only with that."""

from collections.abc import Mapping

import pytest

from spark_desktop.domain.proposal import Check
from spark_desktop.domain.text_mentions import whole_texts

SHAPE = """from dataclasses import dataclass


@dataclass
class Shape:
    name: str
    width: int
"""
ROOF = """from operator import attrgetter

from shape import Shape

HEADS = ["name", "width"]


def read(line: str) -> Shape:
    return Shape(name=line, width=len(line))


def widest(shapes: list[Shape]) -> Shape:
    # not 'width' alone
    return max(shapes, key=attrgetter("width"))
"""
FOLLOWED = ROOF.replace("width=len", "breadth=len")
RUNS = 'attrgetter("breadth")'


async def saved(project, **needed: str):
    """Return the project after the field was renamed, and the texts that its checks saw.

    They pass where each file holds a text.
    """
    one = project({"shape.py": SHAPE, "roof.py": ROOF})
    seen: list[dict[str, str]] = []

    async def evidence(texts: Mapping[str, tuple[str, str]]) -> tuple[Check, ...]:
        now = {path: after for path, (_, after) in texts.items()}
        seen.append(now)
        passed = all(text in now["roof.py"] for text in needed.values())
        return (Check("unittest", passed, "" if passed else "still fails: test_widest"),)

    one.follow_ups.evidence = evidence
    await one.replace("shape.py", ("width: int", "breadth: int"))
    return one, seen


async def test_a_text_is_followed_without_which_the_tests_fail(project):
    one, seen = await saved(project, sorts=RUNS)
    assert one.offered == {"roof.py": FOLLOWED.replace('attrgetter("width")', RUNS)}
    (ready,) = one.ready
    names = [str(check.name) for check in ready.evidence]
    assert names == [
        "computed",
        "parses",
        "1 text changed as well",
        "2 mentions untouched",
        "unittest",
    ]
    assert ready.evidence[-1].passed
    assert ready.evidence[-1].is_advice
    # As it is, both, and each of them left out.
    assert len(seen) == 4


async def test_no_text_is_touched_where_the_tests_pass_without(project):
    one, seen = await saved(project, made="breadth=len")
    assert one.offered == {"roof.py": FOLLOWED}
    assert len(seen) == 1


async def test_no_text_is_touched_where_it_does_not_help(project):
    one, seen = await saved(project, never="never there")
    assert one.offered == {"roof.py": FOLLOWED}
    (ready,) = one.ready
    assert not ready.evidence[-1].passed
    assert len(seen) == 2


async def test_what_a_test_expects_is_never_changed_so_that_it_passes(project):
    test = "from shape import Shape\n\n\ndef test_it():\n"
    test += "    assert asdict(Shape(width=1)) == {'width': 1}\n"
    one = project({"shape.py": SHAPE, "tests/test_shape.py": test})
    seen = []

    async def evidence(texts: Mapping[str, tuple[str, str]]) -> tuple[Check, ...]:
        seen.append(texts)
        return (Check("unittest", False, "still fails: test_it"),)

    one.follow_ups.evidence = evidence
    await one.replace("shape.py", ("width: int", "breadth: int"))
    assert one.offered == {"tests/test_shape.py": test.replace("width=1", "breadth=1")}
    assert len(seen) == 1


async def test_no_text_is_followed_by_a_check_that_had_no_time(project):
    one = project({"shape.py": SHAPE, "roof.py": ROOF})
    told = [Check("unittest", False, "still fails: test_widest")]

    async def evidence(texts: Mapping[str, tuple[str, str]]) -> tuple[Check, ...]:
        return (told.pop() if told else Check("unittest", True, "not run: no time was left"),)

    one.follow_ups.evidence = evidence
    await one.replace("shape.py", ("width: int", "breadth: int"))
    assert one.offered == {"roof.py": FOLLOWED}


@pytest.mark.parametrize(
    "text",
    [
        '"""Has a \'width\', as {"width": 1}."""',
        'r#"{"width":1}"#',
        "'{\"width\": 1}'",
        '# the "width"',
        "/* 'width' */ // 'width'",
        "`${'width'}`",
    ],
)
def test_what_stands_in_another_text_or_a_comment_is_no_name(text):
    assert whole_texts(f"a = {text}\n", {"width": "breadth"}) == ()


def test_only_whole_texts_are_names():
    content = 'a = "width", \'width\', "my width", width, "width\', `width`\n'
    assert [(one.start, one.new) for one in whole_texts(content, {"width": "breadth"})] == [
        (5, "breadth"),
        (14, "breadth"),
    ]
    assert whole_texts(content, {}) == ()
