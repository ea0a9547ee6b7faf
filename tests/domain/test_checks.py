import dataclasses

import pytest

from spark_desktop.domain.checks import Candidate, check, failure
from spark_desktop.domain.symbols import Oversights

REGION = "".join(f"    step_{number}()\n" for number in range(8))
GOOD = Candidate(
    before=f"def f():\n{REGION}",
    after=f"def f():\n{REGION}    done()\n",
    region_before=REGION,
    region_after=f"{REGION}    done()\n",
    errors_before=0,
    errors_after=0,
    instruction="say when it is done",
    reasoning=False,
    finished=True,
)
NAMES = ["complete", "differs", "parses", "inside", "no placeholder", "no reasoning", "not shrunk"]


def failed(candidate: Candidate) -> list[str]:
    return [found.name for found in check(candidate) if not found.passed]


def with_region(after: str, before: str = REGION, instruction: str = "do it") -> Candidate:
    return dataclasses.replace(
        GOOD,
        before=before,
        after=after,
        region_before=before,
        region_after=after,
        instruction=instruction,
    )


def test_a_good_answer_passes_every_check_in_order() -> None:
    found = check(GOOD)
    assert [item.name for item in found] == NAMES
    assert all(item.passed for item in found)
    assert failure(found) is None


@pytest.mark.parametrize(
    ("change", "name", "reason"),
    [
        ({"finished": False}, "complete", "cut off at the token limit"),
        ({"after": GOOD.before}, "differs", "changes nothing"),
        ({"errors_after": 1}, "parses", "has 1 syntax error, before it had 0"),
        ({"errors_before": 1, "errors_after": 3}, "parses", "has 3 syntax errors, before it had 1"),
        ({"stray": "def other():"}, "inside", "'def other():' stands elsewhere"),
        ({"reasoning": True}, "no reasoning", "reasoning"),
        ({"region_after": f"</think>\n{REGION}"}, "no reasoning", "reasoning"),
        ({"region_after": "    done()\n"}, "not shrunk", "1 of the region's 8 lines"),
    ],
)
def test_each_failing_check_gives_its_reason(
    change: dict[str, object], name: str, reason: str
) -> None:
    candidate = dataclasses.replace(GOOD, **change)
    assert failed(candidate) == [name]
    assert reason in (failure(check(candidate)) or "")


def test_only_the_cut_is_named_where_an_answer_was_cut_off() -> None:
    candidate = dataclasses.replace(GOOD, finished=False, errors_after=4)
    assert failure(check(candidate)) == (
        "The answer was cut off at the token limit; a smaller region may fit."
    )


def test_several_reasons_are_all_named() -> None:
    reason = failure(check(dataclasses.replace(GOOD, errors_after=1, reasoning=True)))
    assert reason is not None
    assert "syntax error" in reason
    assert "reasoning" in reason


@pytest.mark.parametrize(
    ("before", "after", "detail"),
    [
        (2, 1, "1 syntax error, 2 before"),
        (0, 0, ""),
        (None, None, "no parser for this language"),
        (0, None, "no parser for this language"),
    ],
)
def test_syntax_that_got_no_worse_passes_with_the_counts(
    before: int | None, after: int | None, detail: str
) -> None:
    found = check(dataclasses.replace(GOOD, errors_before=before, errors_after=after))[2]
    assert found.passed
    assert found.detail == detail


@pytest.mark.parametrize(
    "line",
    [
        "# ... rest of code",
        "# ... existing code ...",
        "// ...",
        "// … unchanged",
        "// existing code",
        "// rest of the code remains unchanged",
        "# rest of the function",
        "# the rest of your code here",
        "/* other methods */",
        "/* ... */",
        "<!-- ... rest of the file ... -->",
        "-- ... other columns",
        "{/* existing code */}",
        "# Your code here",
        "# add your logic here",
        "# implementation goes here",
        "# unchanged",
        "// same as before",
        "...",
        "    …",
    ],
)
def test_a_line_that_stands_for_left_out_code_is_refused(line: str) -> None:
    candidate = with_region(f"{REGION}    {line}\n")
    assert failed(candidate) == ["no placeholder"]
    assert line.strip() in (failure(check(candidate)) or "")


@pytest.mark.parametrize(
    "line",
    [
        "# Loading the data...",
        "print('...')",
        "x = a[..., 0]",
        "call(...args)",
        "# the rest of the code assumes sorted input",
        "# other functions call this one",
        "return {...state, count}",
        "# keep the existing logic of retries: three attempts",
        "# unchanged values are skipped",
        "* existing",
    ],
)
def test_ordinary_code_and_comments_are_no_placeholders(line: str) -> None:
    assert failed(with_region(f"{REGION}    {line}\n")) == []


def test_an_ellipsis_that_stood_there_before_may_stay() -> None:
    protocol = "class P(Protocol):\n    def a(self) -> int:\n        ...\n"
    after = protocol.replace("int", "str")
    assert failed(with_region(after, protocol)) == []


def test_a_second_ellipsis_is_refused_where_there_was_one() -> None:
    protocol = "class P(Protocol):\n    def a(self) -> int:\n        ...\n"
    assert failed(with_region(f"{protocol}    ...\n", protocol)) == ["no placeholder"]


@pytest.mark.parametrize(
    "declared",
    [
        "class Late(Exception):\n    ...\n",
        'class Late(Exception):\n    """Too late."""\n\n    ...\n',
        "class P(Protocol):\n    def a(self) -> int:\n        ...\n",
        'class P(Protocol):\n    def a(\n        b,\n    ) -> A:\n        """A."""\n        ...\n',
        "@overload\ndef a(b: int) -> int:\n    ...\n",
        "class A(ABC):\n    @property\n    @abc.abstractmethod\n    def a(self):\n        ...\n",
    ],
)
def test_the_ellipsis_of_what_is_only_declared_is_code(declared: str) -> None:
    assert failed(with_region(f"{REGION}\n\n{declared}")) == []


@pytest.mark.parametrize(
    "left_out",
    [
        "def a():\n    ...\n",
        "class A:\n    x = 1\n    ...\n",
        "class A:\n    def a(self):\n        ...\n",
        "class P(Protocol):\n    def a(self):\n        b = 1\n        ...\n",
    ],
)
def test_the_ellipsis_of_anything_else_stands_for_code(left_out: str) -> None:
    assert failed(with_region(f"{REGION}\n\n{left_out}")) == ["no placeholder"]


def test_the_ellipsis_of_a_class_that_was_there_stands_for_code() -> None:
    there = "class A:\n    x = 1\n    y = 2\n"
    assert failed(with_region("class A:\n    ...\n", there)) == ["no placeholder"]


def test_a_reasoning_tag_that_the_region_had_before_may_stay() -> None:
    region = 'TAG = "<think>"\n'
    assert failed(with_region('TAG = "<think>"\nEND = 1\n', region)) == []


@pytest.mark.parametrize(
    "instruction",
    ["delete the steps", "Remove all but one", "simplify", "make it shorter", "inline them"],
)
def test_a_region_may_shrink_where_that_was_asked_for(instruction: str) -> None:
    found = check(with_region("    step_0()\n", instruction=instruction))[-1]
    assert found.passed
    assert found.detail == "8 → 1 lines, as asked"


def test_a_short_region_may_shrink() -> None:
    found = check(with_region("pass\n", "a()\nb()\nc()\nd()\ne()\n"))[-1]
    assert found.passed
    assert "a short region" in found.detail


def test_half_of_the_lines_is_not_too_few_and_blank_lines_do_not_count() -> None:
    half = "".join(f"    step_{number}()\n" for number in range(4))
    assert failed(with_region(half)) == []
    assert failed(with_region(half.replace("    step_3()", "    "))) == ["not shrunk"]


def test_a_signature_that_has_to_stay_is_looked_for_whatever_the_layout() -> None:
    asked = dataclasses.replace(GOOD, signature="def f(a,\n      b):\n")
    kept = dataclasses.replace(asked, region_after="def f(a, b):\n    return a\n")
    assert "same signature" not in failed(kept)
    lost = dataclasses.replace(asked, region_after="def f(a, c):\n    return a\n")
    assert "same signature" in failed(lost)
    assert "def f(a, b):" in str(failure(check(lost)))


MENDED = dataclasses.replace(with_region(REGION.replace("step_3(", "step_3((")), mends=True)


def test_an_answer_that_mends_leaves_fewer_errors_and_the_rest_as_it_is() -> None:
    good = dataclasses.replace(MENDED, errors_before=2, errors_after=0)
    assert failed(good) == []
    still = dataclasses.replace(MENDED, errors_before=1, errors_after=1)
    assert failed(still) == ["mends it"]
    assert "still has 1 syntax error" in str(failure(check(still)))
    wild = dataclasses.replace(good, region_after="".join(f"x = {n}\n" for n in range(9)))
    assert failed(wild) == ["mends it"]
    assert "changes 9 lines" in str(failure(check(wild)))


def test_a_function_written_from_nothing_uses_what_it_is_given() -> None:
    fine = dataclasses.replace(GOOD, oversights=Oversights())
    assert failed(fine) == []
    unused = dataclasses.replace(GOOD, oversights=Oversights(("most", "first")))
    assert failure(check(unused)) == "The function never uses most, first."
    endless = dataclasses.replace(GOOD, oversights=Oversights((), only_calls_itself=True))
    assert failure(check(endless)) == "The function does nothing but call itself."
    same = dataclasses.replace(GOOD, oversights=Oversights(same_branches="if a:"))
    assert failure(check(same)) == "It does the same in both cases of: if a:"
