"""Documentation that was asked for, judged with the parsers that the app has."""

import pytest

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.checks import failure
from spark_desktop.domain.completion import Finished
from spark_desktop.domain.patch import apply
from spark_desktop.domain.proposal import Proposal, Streaming
from spark_desktop.domain.quick_actions import instruction_for_test, instruction_of
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import Instruction, QuickAction, Span
from spark_desktop.domain.workspace import snapshot_of
from spark_desktop.services.attempts import Answer
from spark_desktop.services.judging import Judge
from spark_desktop.services.target import target_of

LONG = "def long(rows):\n" + "".join(f"    rows.append({n})\n" for n in range(90))
WITH_EXAMPLE = (
    'def first():\n    """Do it.\n\n    Example:\n        first()\n    """\n    return 1\n\n\n'
)
SCRIPT = "/**\n * Joins.\n * @returns {number}\n */\nfunction first() {\n  return 1;\n}\n\n"


def judged(path, content, answer, asked, lines, is_whole=False, model="", action=None):
    """Return the failure, what proves, and the file that an answer gives."""
    syntax = TreeSitterSyntax()
    snapshot = snapshot_of(path, SourceText(content))
    trigger = Instruction(snapshot, Span(*lines), asked, action)
    proposal = Proposal("1", trigger, Streaming(1), model=model)
    given = Answer(proposal, answer, answer, False, Finished(), is_whole=is_whole)
    found = Judge(syntax).checked(target_of(trigger, syntax), given)
    after = apply(content, found.patch.hunks) if found.patch else None
    return failure(found.evidence), [one.name for one in found.evidence if one.proves], after


def test_an_answer_for_the_whole_file_is_taken_as_it_is():
    content = WITH_EXAMPLE + LONG
    answer = content.replace("long(rows):\n", 'long(rows):\n    """Lengthen rows."""\n')
    lines = (9, 9 + 91)
    found = judged("a.py", content, answer, "Add a docstring to long", lines, is_whole=True)
    assert found == (None, ["only documents"], answer)


def test_what_another_function_lacks_is_not_asked_of_an_answer_for_the_whole_file():
    long = "function long(a) {\n" + "  a += 1;\n" * 90 + "}\n"
    content = SCRIPT + long
    answer = content.replace("function long", "/** Long. */\nfunction long")
    asked = "add a JSDoc comment to long"
    lines = (8, 8 + 92)
    assert judged("a.ts", content, answer, asked, lines, is_whole=True)[2] == answer


def test_an_example_in_the_last_line_of_a_comment_does_not_take_the_code_along():
    content = "function add(a, b) {\n  return a + b;\n}\n\n/** Other. */\nfunction other() {}\n"
    answer = (
        "/**\n * Adds.\n * @example add(1, 2) // 3 */\nfunction add(a, b) {\n  return a + b;\n}\n"
    )
    why, proofs, after = judged("a.ts", content, answer, "add a JSDoc comment", (0, 3))
    assert (why, proofs) == (None, ["only documents"])
    assert after == content.replace("function add", "/**\n * Adds.\n */\nfunction add", 1)


def test_examples_of_a_person_stay():
    content = WITH_EXAMPLE.rstrip("\n") + "\n"
    answer = content.replace("Do it.", "Do it at once.")
    assert judged("a.py", content, answer, "improve the docstring", (0, 7))[2] == answer
    assert judged("a.py", content, answer, "document it: at once", (0, 7))[2] == answer


def test_a_type_is_not_written_into_a_text():
    content = 'function join(xs: string[], end = ")") {\n  return xs.join(end);\n}\n'
    answer = "/**\n * Joins.\n * @returns {string} All.\n */\n" + content
    asked = "add a JSDoc comment and annotate the return type"
    why, _, after = judged("a.ts", content, answer, asked, (0, 3))
    assert why is None
    assert after == answer.replace('")") {', '")"): string {')


@pytest.mark.parametrize(
    ("path", "content", "asked", "comment"),
    [
        (
            "a.ts",
            "function parseLine(text: string) {\n  return text;\n}\n",
            "Add a JSDoc comment to parseLine",
            "/** Splits a line. */\n",
        ),
        (
            "a.rs",
            "pub fn parse_line(text: &str) -> &str {\n    text\n}\n",
            "Document parse_line",
            "/// Splits a line.\n",
        ),
        (
            "a.ts",
            "export const load = async (path: string) => {\n  if (isOld(path)) {\n  }\n};\n",
            "add a JSDoc comment that names the parameters",
            "/** Loads what is at a path. */\n",
        ),
        (
            "a.ts",
            "function sum(xs: number[]) {\n  return 1;\n}\n",
            "Add a JSDoc comment with the types of the parameters and what it returns",
            "/**\n * Adds up.\n * @param {number[]} xs all\n * @returns the sum\n */\n",
        ),
        (
            "a.tsx",
            "export const Panel = (a: A): B => {\n  function onClick() {\n  }\n  return a;\n};\n",
            "add a doc comment and annotate the return type",
            "/** A panel. */\n",
        ),
        (
            "a.cpp",
            "int clamp(int low) {\n  return low;\n}\n",
            "Document `clamp`",
            "/// Cuts a number.\n",
        ),
    ],
)
def test_good_documentation_is_shown(path, content, asked, comment):
    lines = (0, content.count("\n"))
    assert judged(path, content, comment + content, asked, lines)[0] is None


NAMES = 'import os\n\n\ndef names(rows):\n    return [r["name"] for r in rows]\n'
TYPED_NAMES = NAMES.replace("(rows)", "(rows: Iterable[dict[str, str]]) -> list[str]")


@pytest.mark.parametrize("returned", ["return [", "rows = [1]\n    return ["])
def test_types_bring_their_import_to_the_top_of_the_file(returned):
    answer = TYPED_NAMES.removeprefix("import os\n").replace("return [", returned)
    answer = "from collections.abc import Iterable\n" + answer
    found = judged("a.py", NAMES, answer, "Add type hints", (3, 5))
    imported = TYPED_NAMES.replace("os\n", "os\nfrom collections.abc import Iterable\n", 1)
    assert found == (None, ["only documents"], imported)


CHUNKS = """\
def chunks(items, size):
    return [items[i : i + size] for i in range(0, len(items), size)]
"""
SAID = CHUNKS.replace("size):\n", 'size):\n    """Cut items. Raises ValueError below 1."""\n', 1)


@pytest.mark.parametrize(
    ("asked", "proofs"),
    [
        ("Write a proper friendly docstring for it", ["only documents"]),
        ("добавь докстринг", ["only documents"]),
        # A docstring that tells what the code does not do is no answer to these.
        ("Add a docstring and raise ValueError for a size below 1", []),
        ("Add a docstring; also validate size", []),
    ],
)
def test_only_a_request_for_no_more_is_proved_by_code_that_stays(asked, proofs):
    assert judged("a.py", CHUNKS, SAID, asked, (0, 2))[1] == proofs


def test_code_that_was_asked_for_beside_a_docstring_is_kept():
    answer = SAID.replace('1."""\n', '1."""\n    if size < 1:\n        raise ValueError(size)\n')
    asked = "Add a docstring and raise ValueError for a size below 1"
    assert judged("a.py", CHUNKS, answer, asked, (0, 2)) == (None, [], answer)


@pytest.mark.parametrize(("model", "is_refused"), [("qwen2.5-coder-1.5b", True), ("big", False)])
def test_points_of_words_are_demanded_of_small_models_only(model, is_refused):
    asked = "Add a docstring that explains what happens when retries run out or the server is gone"
    why = judged("a.py", CHUNKS, SAID, asked, (0, 2), model=model)[0]
    assert (why is not None) is is_refused


def by_action(path, content, answer, lines=None):
    """Return what comes of an answer to the quick action that documents."""
    action = QuickAction.DOCUMENT
    place = lines or (0, content.count("\n"))
    return judged(path, content, answer, instruction_of(action), place, action=action)


# The code, a line of it, what an answer makes of that, and the documentation.
WRITTEN = [
    ("a.py", "def half(a):\n    return a / 2\n", "a / 2", "a * 2", '    """Return the half."""\n'),
    ("a.pyi", "def half(a):\n    return a / 2\n", "a / 2", "a * 2", '    """Return the half."""\n'),
    ("a.js", "function half(a) {\n  return a / 2;\n}\n", "a / 2", "a * 2", "/** Halves. */\n"),
    ("a.ts", "function half(a: number) {\n  return a / 2;\n}\n", "/ 2", "* 2", "/** Halves. */\n"),
    ("a.tsx", "const half = (a: number) => {\n  return a / 2;\n};\n", "/ 2", "* 2", "// Halves.\n"),
    ("a.go", "func half(a int) int {\n\treturn a / 2\n}\n", "a / 2", "a * 2", "// half halves.\n"),
    ("a.rs", "fn half(a: i32) -> i32 {\n    a / 2\n}\n", "a / 2", "a * 2", "/// Halves.\n"),
    ("a.cpp", "int half(int a) {\n  return a / 2;\n}\n", "a / 2", "a * 2", "/// Halves.\n"),
]


def documented(path, content, documentation):
    """Return the code with its documentation where that goes in its language."""
    if path.endswith((".py", ".pyi")):
        head, _, body = content.partition("\n")
        return f"{head}\n{documentation}{body}"
    return documentation + content


@pytest.mark.parametrize(("path", "content", "was", "made", "written"), WRITTEN)
def test_the_quick_action_takes_the_documentation_of_an_answer_that_changes_the_code(
    path, content, was, made, written
):
    right = documented(path, content, written)
    assert by_action(path, content, right.replace(was, made)) == (None, ["only documents"], right)
    assert by_action(path, content, right) == (None, ["only documents"], right)


@pytest.mark.parametrize(("path", "content", "was", "made", "written"), WRITTEN)
def test_the_quick_action_withholds_an_answer_that_only_changes_the_code(
    path, content, was, made, written
):
    why, proofs, _ = by_action(path, content, content.replace(was, made))
    assert why is not None
    assert proofs == []


def test_a_docstring_that_stands_there_already_saves_no_other_code():
    content = 'def half(a):\n    """Halve."""\n    return a / 2\n'
    answer = content.replace("Halve.", "Return the half.")
    assert by_action("a.py", content, answer)[2] == answer
    why, _, _ = by_action("a.py", content, answer.replace("/ 2", "* 2"))
    assert why == "The answer changes what the code does, where only documentation was asked for."


def test_a_comment_inside_of_a_function_documents_lines_of_it():
    content = 'def half(a):\n    """Halve."""\n    b = a / 2\n    return b\n'
    answer = content.replace("    b", "    # Halves are exact.\n    b", 1)
    assert by_action("a.py", content, answer, (2, 4))[0] is None
    assert by_action("a.py", content, answer.replace("/ 2", "* 2"), (2, 4))[0] is not None


def test_no_other_quick_action_is_taken_for_documentation():
    content = "def test_half():\n    assert half(2) == 1\n"
    answer = content + "\n\ndef test_docstring():\n    assert docstring(1)\n"
    asked = instruction_for_test("docstring", "docs/docstrings.py")
    found = judged("test_a.py", content, answer, asked, (0, 2), action=QuickAction.TEST)
    assert (found[0], found[2]) == (None, answer)


def test_what_documents_at_the_top_of_a_body_is_moved_above():
    content = "int last(int n) {\n    return n - 1;\n}\n"
    answer = content.replace("{\n", "{\n    // Returns the number before n.\n")
    why, _, after = judged(
        "a.cpp", content, answer, "add a comment that says what it gives", (0, 3)
    )
    assert why is None
    assert after == f"// Returns the number before n.\n{content}"
