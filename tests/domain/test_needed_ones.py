"""A function whose words need one thing at least, and an answer for which none is enough."""

import pytest

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.needed_ones import needs_one

GO = """func (t Team) Ready() bool {
\tfor _, one := range t.Players {
\t\tif one.HasShoes() {
\t\t\treturn true
\t\t}
\t}
\treturn false
}
"""
GO_EACH = (
    GO.replace("if one", "if !one")
    .replace("return true", "return no")
    .replace("return false", "return true")
    .replace("return no", "return false")
)
PYTHON = """def ready(team):
    for one in team:
        if one.shoes:
            return True
    return False
"""
PYTHON_EACH = """def ready(team):
    for one in team:
        if not one.shoes:
            return False
    return True
"""
RUST = "fn ready(team: &[u8]) -> bool { for one in team { if *one > 0 { return true; } } false }"
RUST_EACH = "fn ready(team: &[u8]) -> bool { for o in team { if *o < 1 { return false; } } true }"
ANY = "def ready(team):\n    return any(one.shoes for one in team)\n"
ALL = "def ready(team):\n    return all(one.shoes for one in team)\n"
SCRIPT = "function ready(team) { return team.some((one) => one.shoes); }"
SCRIPT_EACH = "function ready(team) { return team.every((one) => one.shoes); }"
SAID = "Ready tells whether the team has players, and each of them has shoes."


def found(path: str, told: str, before: str, after: str) -> object:
    bare = TreeSitterSyntax().bare
    return needs_one(told, bare(path, before) or "", bare(path, after) or "")


@pytest.mark.parametrize("told", [SAID, "At least one, and all have them.", "Not empty, all fit."])
@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.go", GO, GO_EACH),
        ("a.py", PYTHON, PYTHON_EACH),
        ("a.rs", RUST, RUST_EACH),
        ("a.py", ANY, ALL),
        ("a.ts", SCRIPT, SCRIPT_EACH),
    ],
)
def test_none_is_not_enough(path: str, before: str, after: str, told: str) -> None:
    check = found(path, told, before, after)
    assert check is not None
    assert not check.passed  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("told", "before", "after"),
    [
        ("Whether each has shoes.", PYTHON, PYTHON_EACH),
        (SAID, PYTHON_EACH, PYTHON),
        (SAID, PYTHON, PYTHON_EACH.replace("return True", "return len(team) > 0")),
        (SAID, PYTHON, PYTHON_EACH.replace("    for", "    if not team: return False\n    for")),
        (SAID, PYTHON, PYTHON.replace("one.shoes", "one.shoes > 1")),
        (SAID, ANY, "def ready(team):\n    return any(team) and all(one for one in team)\n"),
        (SAID, PYTHON, ALL),
    ],
)
def test_nothing_is_said_of_others(told: str, before: str, after: str) -> None:
    assert found("a.py", told, before, after) is None
