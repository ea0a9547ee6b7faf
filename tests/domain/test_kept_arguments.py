"""What a function is given stays as it was, where the request says so."""

import textwrap

import pytest

from spark_desktop.domain.kept_arguments import keeps_arguments

BEFORE = "def best(scores, count):\n    return []\n"
SORTED = "def best(scores, count):\n    scores.sort()\n    return scores[:count]\n"


def changed(asked, after=SORTED, before=BEFORE):
    found = keeps_arguments(asked, before, after)
    return "" if found is None else found.detail


@pytest.mark.parametrize(
    "asked",
    [
        "do not change the list that was given",
        "Return the best ones. Don't change the list that was given, and keep the order.",
        "return the best ones without modifying the input",
        "must not mutate its argument",
        "it must not mutate its arguments",
        "leave the list passed in alone",
        "leave the given list untouched",
        "the best ones first; leave the original list as it is",
        "leave the original unchanged",
        "don't sort in place",
        "don't sort it in place",
        "return them without sorting in place",
        "don't change the list in place",
        "return a new list instead of changing the old one",
        "return a sorted copy rather than modifying the original",
        "do not modify `scores`",
        "never change scores",
        "leave scores as they are",
        "the best ones, but without changing what was given",
        "the list that was given must not be changed",
        "return the best ones, scores stay as they are",
        "do not sort scores",
        "callers go on with it, so do not change the given list",
    ],
)
def test_an_order_must_be_followed(asked):
    said = "The answer changes scores in place, which was to stay as it is."
    assert changed(asked) == said
    assert not changed(asked, "def best(scores, count):\n    return sorted(scores)[:count]\n")


@pytest.mark.parametrize(
    "asked",
    [
        "sort the list that was given",
        "sort it in place",
        "change the list that was given",
        "do not change the name",
        "do not change the signature",
        "do not change the parameters",
        "do not change its arguments",
        "do not modify the arguments",
        "leave the arguments alone",
        "do not change anything else",
        "leave the rest as it is",
        "leave the code as it is",
        "do not change it",
        "do not change the list",
        "do not change the list of names",
        "do not change the order of the given list",
        "do not change `count`",
        "do not change names",
        "do not change the given dict",
        "do not reverse in place",
        "do not change the given list if it is sorted",
        "if it is sorted, do not change the given list",
        "leave scores as they are where count is 0",
        "where count is 0 leave scores as they are",
        "leave scores without names as they are",
        "callers must not change the given list",
        "the callers do not change the given list",
        "sort it (do not change the given list was the rule before)",
        "why does it not work without changing the given list?",
        "do not reverse scores",
        "scores that are 0 stay as they are",
        "return a new list",
        "",
    ],
)
def test_all_else_orders_nothing(asked):
    assert not changed(asked)


@pytest.mark.parametrize(
    ("body", "is_changed"),
    [
        ("scores.append(1)", True),
        ("scores.extend([1])", True),
        ("scores.reverse()", True),
        ("scores[0] = 1", True),
        ("scores[0] += 1", True),
        ("scores[:] = []", True),
        ("del scores[0]", True),
        ("scores += [1]", True),
        ("scores += count", False),
        ("scores.insert(0, 1)", True),
        ("scores.update(a=1)", False),
        ("scores.sort(); scores = []", True),
        ("scores = list(scores); scores.sort()", False),
        ("scores = sorted(scores)\n    scores += [1]", False),
        ("if not scores: scores = []\n    scores.append(1)", False),
        ("for scores in count: scores.append(1)", False),
        ("with count as scores: scores.append(1)", False),
        ("import scores\n    scores.append(1)", False),
        ("def add(scores): scores.append(1)\n    add([])", False),
        ("def add():\n        scores = []\n        scores.append(1)\n    add()", False),
        ("def add(): scores.append(1)\n    add()", True),
        ("return [scores.append(1) for scores in count]", False),
        ("scores.append(1); count(scores); scores.pop()", False),
        ("scores.add(1); count(scores); scores.remove(1)", False),
        ("scores[0] = 1; count(scores); del scores[0]", False),
        ("old = scores[0]; scores[0] = 1; count(scores); scores[0] = old", False),
        ("scores[0] = 1; del scores[1]", True),
        ("found = list(scores); found.sort()", False),
        ("scores.items[0] = 1", False),
        ("scores[0].sort()", False),
        ("count.append(1)", False),
        ("count.scores.append(1)", False),
    ],
)
def test_only_what_was_given_counts(body, is_changed):
    after = f"def best(scores, count):\n    {body}\n"
    assert bool(changed("do not change the list that was given", after)) is is_changed


@pytest.mark.parametrize(
    ("after", "is_changed"),
    [
        ("def best(scores: list[int], count):\n    scores.insert(0, 1)\n", True),
        ("def best(scores, count):\n    scores.insert(0, 1)\n    return len(scores)\n", True),
        ("def best(scores: Window, count):\n    scores.insert(0, 1)\n", False),
        ("def best(scores: Listing, count):\n    scores.insert(0, 1)\n", False),
        ("def best(scores: list[int], count):\n    scores += count\n", True),
        ("def best(scores: str, count):\n    scores += count\n", False),
        ("def best(*scores):\n    scores.sort()\n", False),
        ("def best(**scores):\n    scores['a'] = 1\n", False),
        ("def best(scores, count:\n", False),
    ],
)
def test_where_it_may_be_no_container_nothing_is_said(after, is_changed):
    assert bool(changed("do it without modifying the input", after)) is is_changed


def test_a_parameter_is_known_by_its_name():
    after = "def merge(into, other):\n    into.append(other.pop(0))\n    return len(other)\n"
    before = "def merge(into, other): pass\n"
    assert "other" in changed("do not change other", after, before)
    assert not changed(
        "do not change other", "def merge(into, other):\n    into.append(1)\n", before
    )


@pytest.mark.parametrize(
    ("asked", "names", "line"),
    [
        ("Store the record in the cache. Do not modify the input.", "cache, record", "[0] = 1"),
        ("push it on the heap, keep the original untouched", "heap, one", ".append(one)"),
        ("fill rows, do not change the input list", "rows, values", "[0] = 1"),
        ("take the first job from queue; don't modify the passed dict", "queue, options", ".pop()"),
        ("write there; don't modify the input", "out, source", ".extend(source)"),
        ("collect what is wrong in found, don't change the input", "found, one", ".append(one)"),
        ("tell what is wrong, and do not change the input", "errors, one", ".append(one)"),
        ("remember it without mutating the arguments", "memo, count", "[count] = 1"),
    ],
)
def test_what_is_to_be_filled_may_change(asked, names, line):
    before = f"def put({names}):\n    pass\n"
    assert not changed(asked, before.replace("pass", f"{names.split(',')[0]}{line}"), before)


def test_a_method_may_change_itself():
    before = "class A:\n    def put(self, one):\n        pass\n"
    after = "class A:\n    def put(self, one):\n        self.append(one)\n"
    asked = "put it in without changing the input"
    assert not changed(asked, after, before)
    assert changed(asked, after.replace("self.", "one."), before)
    method = textwrap.indent(after.replace("self.", "one.").split("\n", 1)[1], "")
    assert changed(asked, method, before.split("\n", 1)[1])


def test_of_several_functions_it_must_be_plain_which_is_meant():
    asked = "do not change the list that was given"
    other = "def other(found, one):\n    found.append(one)\n"
    assert changed(asked, SORTED + other, BEFORE + other)
    assert changed(asked, SORTED + other, BEFORE)
    assert not changed(asked, BEFORE + other, BEFORE)
    assert not changed(asked, SORTED + other, BEFORE + other.replace("append", "extend"))
    assert not changed(asked, SORTED + other, "")
    assert changed(asked, SORTED, "")


def test_nothing_is_said_of_a_function_that_is_nested_too_deeply():
    deep = "def f(items):\n    items.sort()\n    return (" + "items + " * 1500 + "items)\n"
    assert keeps_arguments("do not change items", deep, deep.replace("sort", "reverse")) is None
