"""Regular expressions that wait until they are used: what they do, and that all of them can."""

import importlib
import pkgutil
import re

import pytest

import spark_desktop.adapters
import spark_desktop.domain
import spark_desktop.services
from spark_desktop.domain.regex import regex

LAYERS = (spark_desktop.domain, spark_desktop.services, spark_desktop.adapters)


def test_it_does_what_the_compiled_one_does() -> None:
    late, compiled = regex(r"(?P<word>[a-z]+)", re.IGNORECASE), re.compile("(?P<word>[a-z]+)", re.I)
    assert late.pattern == compiled.pattern
    for _ in range(2):
        assert [match.span() for match in late.finditer("One, two")] == [(0, 3), (5, 8)]
        assert late.sub(r"<\g<word>>", "a B") == compiled.sub(r"<\g<word>>", "a B") == "<a> <B>"
    assert (late.flags, late.groups, late.groupindex) == (compiled.flags, 1, {"word": 1})


def test_what_is_none_says_so_when_it_is_used() -> None:
    late = regex("(")
    with pytest.raises(re.error, match="unterminated subpattern"):
        late.search("")
    with pytest.raises(re.error, match="unterminated subpattern"):
        late.search("")


def test_it_has_no_other_names() -> None:
    late = regex("a")
    with pytest.raises(AttributeError, match="find_it"):
        late.find_it  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError, match="__len__"):
        late.__len__  # type: ignore[attr-defined]  # noqa: B018


def test_all_that_the_modules_have_can_be_compiled() -> None:
    found = []
    for layer in LAYERS:
        for module in pkgutil.walk_packages(layer.__path__, f"{layer.__name__}."):
            if not module.ispkg:
                named = vars(importlib.import_module(module.name))
                found += [one for one in named.values() if type(one) is type(regex(""))]
    assert len(found) > 500
    for one in found:
        one.search("")
