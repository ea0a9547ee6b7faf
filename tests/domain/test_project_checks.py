"""What counts of a command's output: only what is new, wherever its lines stand now."""

import pytest

from spark_desktop.domain import project_checks
from spark_desktop.domain.project_checks import (
    CommandError,
    NotRun,
    Ran,
    command_of,
    commands_for,
    commands_in,
    findings,
    lines_of,
)
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.words import say


def evidence_of(label, before, after):
    return project_checks.evidence_of(label, before, after, withholds=True)


RUFF = """\
F401 [*] `os` imported but unused
 --> a.py:1:8
  |
1 | import os
  |        ^^
  |
help: Remove unused import: `os`

Found 1 error.
"""


@pytest.mark.parametrize(
    ("output", "found"),
    [
        (
            "a.py:3:5: F821 undefined name `x`\nFound 1 error.\n",
            ["a.py:3:5: F821 undefined name `x`"],
        ),
        ("a.py:3: error: Bad  [misc]\nFound 1 error in 1 file\n", ["a.py:3: error: Bad  [misc]"]),
        (RUFF, ["F401 [*] `os` imported but unused a.py:1:8"]),
        (
            "/p/a.js\n  3:10  error  'x' is unused  no-unused-vars\n",
            ["3:10  error  'x' is unused  no-unused-vars"],
        ),
        ("a.c(3,5): warning: odd\n", ["a.c(3,5): warning: odd"]),
        ("\x1b[1ma.py\x1b[0m:3:5: E1 odd\n", ["a.py:3:5: E1 odd"]),
        (
            "error: mismatched types\n --> src/a.rs:3:5\n  |\n3 | let a: b::c = 1;\n",
            ["error: mismatched types src/a.rs:3:5"],
        ),
        ("Would reformat: a.py\n1 file would be reformatted\n", []),
        ("", []),
    ],
)
def test_findings_are_the_lines_with_a_place(output, found):
    assert list(findings(output)) == found


def test_a_command_that_finds_nothing_passes_without_a_word():
    assert evidence_of("ruff check", None, Ran(0, "All checks passed!")) == Check(
        "ruff check", True
    )


def test_a_finding_that_was_there_before_does_not_count_on_whatever_line_it_stands_now():
    before = Ran(1, "a.py:3:5: F821 undefined name `x`\n")
    after = Ran(1, "a.py:13:9: F821 undefined name `x`\n")
    assert evidence_of("ruff", before, after) == Check("ruff", True, "1 as before")


def test_the_first_new_finding_is_named_with_the_number_of_all():
    before = Ran(1, "a.py:3:5: F821 undefined name `x`\n")
    after = Ran(
        1, "a.py:3:5: F821 undefined name `x`\na.py:4:1: E1 odd\na.py:9:5: F821 undefined name `x`"
    )
    assert evidence_of("ruff", before, after) == Check("ruff", False, "2 new: a.py:4:1: E1 odd")


def test_a_fault_that_is_gone_beside_one_that_is_new_does_not_make_up_for_it():
    before, after = Ran(1, "a.py:3: F401 os\n"), Ran(1, "a.py:3: F401 sys\n")
    assert not evidence_of("ruff", before, after).passed


def test_a_formatter_without_places_counts_by_its_exit_code():
    told = Ran(1, "Would reformat: a.py\n")
    assert evidence_of("ruff format", Ran(0, ""), told) == Check(
        "ruff format", False, "Would reformat: a.py"
    )
    assert evidence_of("ruff format", told, told) == Check(
        "ruff format", True, "fails as before: Would reformat: a.py"
    )


def test_a_command_that_says_nothing_is_told_by_its_exit_code():
    assert evidence_of("lint", None, Ran(3, "")) == Check("lint", False, "exit code 3")


def test_a_formatter_that_says_nothing_fails_as_before_by_its_exit_code():
    check = evidence_of("fmt", Ran(1, ""), Ran(1, ""))
    assert (check.passed, check.detail) == (True, "fails as before: exit code 1")


@pytest.mark.parametrize("withholds", [True, False])
def test_what_fails_is_advice_unless_it_withholds(withholds):
    check = project_checks.evidence_of("lint", None, Ran(1, "a.py:1:1: E1"), withholds)
    assert not check.passed
    assert check.is_advice is not withholds


def test_what_was_not_run_passes_with_a_note():
    reason = NotRun(say("not run: there is no program {name}", name="ruff"))
    assert evidence_of("ruff", None, reason) == Check(
        "ruff", True, "not run: there is no program ruff"
    )
    assert evidence_of("ruff", reason, Ran(1, "a.py:1:1: E1 odd")).passed


def test_a_long_finding_is_cut():
    (check,) = [evidence_of("lint", None, Ran(1, f"a.py:1:1: {'x' * 900}"))]
    assert len(check.detail) < 200
    assert check.detail.endswith("…")


@pytest.mark.parametrize(
    ("text", "label", "words"),
    [
        ("ruff check {file}", "ruff check", ("ruff", "check", "{file}")),
        (
            "/opt/x/ruff format --check {file}",
            "ruff format",
            ("/opt/x/ruff", "format", "--check", "{file}"),
        ),
        ("python -m mypy {file}", "mypy", ("python", "-m", "mypy", "{file}")),
        (r"C:\tools\lint.exe {file}", "lint", (r"C:\tools\lint.exe", "{file}")),
        ("'my lint' \"a b\" {file}", "my lint", ("my lint", "a b", "{file}")),
        ("lint $HOME; rm *", "lint", ("lint", "$HOME;", "rm", "*")),
        ("sh -c 'CI=1 pytest | tail'", "sh", ("sh", "-c", "CI=1 pytest | tail")),
        ("lint # no comment", "lint", ("lint", "#", "no", "comment")),
    ],
)
def test_a_command_is_words_and_no_shell(text, label, words):
    command = command_of(text)
    assert (command.label, command.words) == (label, words)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "A command is empty."),
        ("  ", "A command is empty."),
        ("'' {file}", "A command is empty."),
        ("lint 'a", "A quote is not closed in lint 'a."),
        ("pytest -q | tail -5", "| needs a shell: sh -c '…'"),
        ("make && pytest", "&& needs a shell: sh -c '…'"),
        ("CI=1 pytest", "CI=1 needs a shell: sh -c '…'"),
    ],
)
def test_a_command_that_cannot_be_run_is_refused(text, said):
    with pytest.raises(CommandError) as error:
        command_of(text)
    assert error.value.said == said


def test_the_places_for_the_paths_are_filled_in():
    command = command_of("lint --name={path} {file}")
    assert command.wants_copy
    assert command.filled("s/.c.py", "s/a.py") == ("lint", "--name=s/a.py", "s/.c.py")
    assert not command_of("lint {path} -").wants_copy


def test_patterns_choose_the_commands_each_once_in_their_order():
    commands = {
        "*.py": ("one", "two"),
        "src/*": ("two", "three"),
        "*.js": ("four",),
        "/work/shop/*": ("five",),
        "~/shop/*": ("six",),
        "C:/shop/*": ("seven",),
    }

    def chosen(path: str, root: str) -> tuple[str, ...]:
        return commands_for(path, root, "/home/me", commands)

    assert chosen("src/deep/a.py", "/x") == ("one", "two", "three")
    assert chosen("lib/src/a.py", "/x") == ("one", "two")
    assert chosen("a.rs", "/work/shop") == ("five",)
    assert chosen("a.rs", "/home/me/shop/") == ("six",)
    assert chosen("a.rs", "C:/shop") == ("seven",)
    assert chosen("a.PY", "/x") == ()


def test_commands_come_back_from_their_lines():
    commands = {"*.py": ("ruff check {file}", "mypy {file}"), "C:/a/*.js": ("eslint: {file}",)}
    assert commands_in(lines_of(commands)) == commands
    assert commands_in("\n  \n") == {}


@pytest.mark.parametrize("line", ["*.py ruff", "*.py:", "*.py: 'ruff"])
def test_a_line_that_is_no_command_is_refused(line):
    with pytest.raises(CommandError):
        commands_in(line)
