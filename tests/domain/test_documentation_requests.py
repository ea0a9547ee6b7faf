"""Requests for documentation and nothing else, and those that ask for more."""

import pytest

from spark_desktop.domain.documentation_requests import (
    asks_only_to_document,
    is_only_documentation,
    may_ask_to_document,
)
from spark_desktop.domain.quick_actions import instruction_for_test, instruction_of
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import Instruction, QuickAction
from spark_desktop.domain.workspace import snapshot_of

BUILT_IN = {
    QuickAction.FIX: instruction_of(QuickAction.FIX),
    QuickAction.DOCUMENT: instruction_of(QuickAction.DOCUMENT),
    QuickAction.SIMPLIFY: instruction_of(QuickAction.SIMPLIFY),
    # A name and a path that speak of documentation are none of it.
    QuickAction.TEST: instruction_for_test("docstring", "docs/comments.py"),
}


@pytest.mark.parametrize("action", BUILT_IN)
def test_of_the_quick_actions_document_alone_asks_only_for_documentation(action):
    text = BUILT_IN[action]
    trigger = Instruction(snapshot_of("a.py", SourceText("")), None, text, action)
    assert is_only_documentation(trigger, text) is (action is QuickAction.DOCUMENT)


def test_the_users_own_words_decide_where_there_is_no_quick_action():
    trigger = Instruction(snapshot_of("a.py", SourceText("")), None, "Document it")
    assert is_only_documentation(trigger, "Document it")
    assert not is_only_documentation(trigger, "Document it and fix the rounding")


@pytest.mark.parametrize(
    "instruction",
    [
        "add a docstring to `smoothed` that says what it returns",
        "Write a docstring: say that NotEnough is raised and when",
        "document `batches`: a docstring that names `rows`, and types for the parameters",
        "write a JSDoc comment above `zoomed`",
        "annotate the parameters",
        "please add type hints",
        "a docstring that names taken and lowest; and types for the parameters",
        "JSDoc comment for `wait`",
        "this needs a docstring",
        "types for the parameters and the result",
        "add a docstring to `fill`. it should say what you get back and when Overflow is raised",
        "JSDoc please, with @param for both, @returns and when it throws",
        "document `spread`, all parameters typed (mypy --strict is on)",
        "add type hints, we run pyright",
        "add type hints; mypy is strict",
        "add JSDoc types, tsc runs in strict mode",
        "add docs, we use ruff",
        "Add docstrings to load and save",
        "docstring + full type hints for dispatch, see callsigns.py and console.py for how it is "
        "used. The docstring has to mention all four parameters. leave the code alone",
        "Document it, see the tests",
        "Add type hints for get and set",
        "add docstrings to parse, load",
        "write JSDoc with @param for items, columns and gap each, @returns, and @throws for what "
        "it throws; declare the types of items, columns and the result",
        "add docstrings to the class `Boarding` (naming `metres`) and to its method `join` "
        "(naming `plate` and saying when it returns False), and types for the parameters and "
        "results of both; plates are texts, and lengths may have fractions",
        "add a comment here that says what foot() returns and in which unit, what ladder and sill "
        "are, and what it throws when",
        "docstring that says what width and height mean",
    ],
)
def test_what_asks_only_for_documentation(instruction):
    assert asks_only_to_document(instruction)


@pytest.mark.parametrize(
    "instruction",
    [
        "add a parameter for the width",
        "document it and fix the rounding",
        "write a function that returns the docstring of a class",
        "return the comments as a list",
        "raise ValueError; add a docstring",
        "docstrings are parsed twice here: parse them once",
        "declare the types of events in an enum",
        "Specify the types of events to listen to",
        "Specify types of files in the header",
        "add a docstring, see that it raises for 0",
        "add a docstring; the parser has to mention the line",
        "declare the types of events and emit them",
        "add a docstring for items, sort each",
        "add a docstring; lengths may have fractions now",
        "a docstring can be empty, return None then",
        "types are checked too late",
        "add a docstring. it should say hello when the name is empty",
        "add a docstring and when it fails retry",
        "add a docstring, mypy has to pass the flag on",
        "add a docstring; it has to say which line is wrong",
        "add a docstring. it must tell which file failed",
        "add a docstring; it should name what was skipped in the result",
        "document it, this should say what it is doing",
        "add a docstring, and when it fails, no result",
        "add type hints, if it fails: none",
        "add docs and typed exceptions",
        "add a docstring, typed errors",
        "add JSDoc and strict mode",
        "add docstrings, ruff --fix",
        "add type hints + clippy",
        "",
    ],
)
def test_what_asks_for_other_code(instruction):
    assert not asks_only_to_document(instruction)


@pytest.mark.parametrize(
    "instruction",
    [
        "docstring",
        "docstring pls",
        "add docstring",
        "ad docstring",
        "add a doctring",
        "add docs",
        "pls document",
        "can you add a docstring?",
        "Could you please document this function",
        "I need a docstring for chunks",
        "document chunks, args and returns and raises",
        "Write a Google-style docstring: what it does, args, returns, raises",
        "add a numpy docstring",
        "add docstring explaining why the last chunk may be shorter",
        "add a docstring that mentions what happens with size 0",
        "Add a docstring. Say that size must be positive and that the last list may be shorter.",
        "add docstring and type hints",
        "type hints + docstring",
        "add types",
        "annotate with types",
        "add type annotations to all parameters and the return value",
        "добавь докстринг",
        "Добавь документацию к функции",
        "Напиши docstring для chunks",
        "Bitte Docstring hinzufügen",
        "Dokumentiere diese Funktion",
        "Füge einen Docstring hinzu, der Parameter und Rückgabewert beschreibt",
        "ajoute une docstring",
        "documenta esta función",
        "jsdoc",
        "add jsdoc",
        "add JSDoc with @param and @returns",
        "Add TSDoc comment",
        "comment this function",
        "add a comment explaining what it does",
        "explain what this does in a comment",
        "Document the parameters and return value",
        "добавь JSDoc",
        "JSDoc bitte",
        "Kommentiere die Funktion",
        "add jsdoc types",
        "JSDoc with types please",
        "add jsdoc, types for params and result",
        "document clamp w/ types",
        "godoc",
        "add a doc comment",
        "add godoc comment for Clamp",
        "Document Clamp: what is returned when value is below low",
        "document Clamp and say what is returned for values out of range",
        "комментарий к функции",
        "add rustdoc",
        "doc comment with # Errors section",
        "Add a doc comment, with an Errors section",
        "document the errors",
        "///  docs",
        "Document it, including when it fails",
        "doxygen comment",
        "add a doxygen comment with @param and @return",
        "Document this function",
        "add Doxygen docs",
        "прокомментируй",
        "doxygen",
        "add a comment",
        "add a brief doc comment",
        "Doxygen-Kommentar ergänzen",
        "Add a docstring that says what is returned",
        "add docstring with args, returns, raises",
        "Add a docstring: params, return value, raised exceptions",
        "Add a docstring; types of params in it",
        "Document it and mention what is thrown, if anything",
        "Add a docstring in German that says what is returned",
        "Add a docstring in Russian: parameters, what is returned, what is raised",
        "Add a docstring that says what happens for a size of 0 and that the "
        "last list may be shorter",
        "Add a docstring that explains that the last chunk may be shorter than the others",
        "Add a docstring that states when ValueError is raised for size < 1",
        "Add a docstring that explains how items are grouped when they do not divide evenly",
        "Add a docstring explaining what the function is good for and when to use it",
        "Add a docstring that describes what each argument does and which "
        "errors callers need to handle",
        "document that callers must not pass generators, e.g. why len() is needed",
        "Add a doc comment that says when None is returned",
        "Document what is returned for b == 0",
        "Add a doc comment and say what it returns",
        "Document Clamp, including its params and what it returns",
        "Add a doc comment that says what is returned",
        "add godoc for Clamp which says what happens if value is smaller than low",
        "Document the parameters with @param and the result with @return",
        "add a short comment",
        "Add a comment inside that explains which bound wins",
        "Add a one-line JSDoc comment; types are in the signature already",
        "Add JSDoc, no types in @param (they are in the signature)",
        "Add JSDoc with @param and @returns",
        "Annotate with a comment what it does",
        "Add a JSDoc comment, with types for params and return (don't change the code)",
        "add type hints and a docstring",
        "Add type hints and a Google docstring with all parameters",
        "Add type hints: path is a string or Path",
        "Add type hints, path is a Path",
        "add type hints; rows is a list of dicts",
        "add type hints; rows is a list of dicts or any iterable",
        "add type hints",
        "Add docstrings and type hints",
        "/// docs",
        "Types of the parameters go in the docstring, not the signature",
        "Add a docstring, describe the parameters, and give an example",
        "add docstring (google style) and type hints, don't change anything else",
        "Document this method: it takes a list and gives its mean",
        "This function needs documentation",
        "добавь типы",
        "напиши документацию для этой функции на русском",
        "Schreib einen Kommentar, der erklärt, was die Funktion macht",
    ],
)
def test_requests_as_people_write_them(instruction):
    assert asks_only_to_document(instruction)


@pytest.mark.parametrize(
    "instruction",
    [
        "Add a comment field to the form",
        "Add a comments parameter",
        "Add support for comments",
        "add handling of # comments",
        "Write comments to the output file",
        "Give comments a timestamp",
        "Add the comment to the queue and return its id",
        "Add `comments` to the returned dict",
        "Add a --comment option",
        "Add a link to the documentation to the error message",
        "Put the comment on its own line",
        "Add comment count to Post",
        "Add annotations to the chart",
        "Annotate the plot with the maximum",
        "Annotate errors with the line number",
        "Annotate each record with its source file",
        "Document root should be configurable",
        "Document ids must be unique: raise ValueError otherwise",
        "document.getElementById instead of querySelector",
        "Describe columns of type comment as TEXT",
        "Types for the columns should be read from the header",
        "type hints that are strings should be resolved",
        'Docstring for missing sections should default to ""',
        "Add a docstring, and return None instead of raising",
        "Add a docstring and raise ValueError for negative n",
        "Add a docstring and return a tuple",
        "Add a docstring. Return early for an empty list.",
        "Add a docstring; raise ValueError when size is 0",
        "add docstring & fix the bug",
        "add a docstring plus a cache",
        "add type hints and convert to a dataclass",
        "add a docstring and default size to 10",
        "add a docstring and sort the result",
        "add a comment and log a warning",
        "Document it and speed it up",
        "Document this, the limit should be 20 not 10",
        "add docstring, rename x to count",
        "Add type hints, drop Python 2 code",
        "Add a comment with a TODO and return 0",
        "add a parser for comments",
        "add a regex for block comments",
        "Explain in the error message which comment was wrong",
        "Write documentation links as markdown",
        "give each node a comment attribute",
        "put documents in a queue",
        "document upload should retry",
        "add annotation support",
        "Write a generator of documentation",
        "Add a check: comments over 80 characters are refused",
        "describe() should return the annotations too",
        "explain why in the log, with the comment",
        "Add docs comments count",
        "docstring and tests",
        "Add an ignore comment for mypy and make x optional",
        "Write the type annotations out as JSON",
        "Add a docstring and raise ValueError for a size below 1",
        "Add a docstring. Raise ValueError for a size below 1",
        "Add a docstring; also validate size",
        "Add a docstring and return None instead of raising",
        "Add a docstring & fix the bug",
        "Add a docstring plus a cache",
        "Add a docstring and convert to a dataclass",
        "Add a docstring and log a warning",
        "Add a docstring, rename x to count",
        "Add a docstring and sort the result",
        "Add a comment parameter",
        "Add a Comments field",
        "Add handling of // comments",
        "add a docstring and a parameter",
        "add a docstring and return the result",
        "Add a docstring and, if size is 0, return None",
        "Document chunks and make it lazy",
        "добавь докстринг и исправь ошибку",
        "Добавь докстринг и параметр",
        "Füge einen Docstring und einen Parameter hinzu",
        "Dokumentiere f und behebe den Fehler",
        "ajoute une docstring et lève ValueError",
        "Explain how it works in a docstring and use a set",
        "add a docstring that says it raises ValueError and raise it",
        "add retry handling with docstring",
        "Return the docstring of a class",
        "Add a docstring saying what it returns and cache results",
        "comment out the loop",
        "Add a docstring - and while you are at it make it lazy",
        "add a docstring then sort",
        "add a docstring, drop the second parameter",
        "add a docstring and skip empty rows",
        "document it. The limit should be 20.",
        "Add a comment and a default for size",
        "Type hints, and use a set for seen",
        "Add docstrings, remove dead code",
        "add a docstring or rename",
        "Add a docstring before you fix the bug",
        "Add a docstring explaining X while renaming x to y",
        "add docstring and format the file",
        "Add comments to the API response",
        "Add a docstring while you refactor it",
        "Add a parameter",
        "Добавь параметр и докстринг",
    ],
)
def test_a_further_wish_or_comments_as_data_ask_for_other_code(instruction):
    assert not asks_only_to_document(instruction)
    assert not may_ask_to_document(instruction)


@pytest.mark.parametrize(
    "instruction",
    [
        "Write a proper friendly docstring for it",
        "please document the new module",
        "a docstring, s'il vous plaît docstring",
    ],
)
def test_a_request_that_is_hardly_more_may_be_one(instruction):
    assert may_ask_to_document(instruction)
    assert not asks_only_to_document(instruction)


@pytest.mark.parametrize(
    "instruction",
    [
        "chain() needs a docstring: what it returns, what depth, wind and spare mean, and "
        "when it raises ValueError",
        "add type hints to nearest_free (parameters and return) and a docstring, incl. that "
        "it can be None and who wins a tie",
        "jsdoc for paddleLength with @param for both parameters, @returns and @throws, code "
        "stays as it is",
        "add a JSDoc comment to sailSpeed with @param for each parameter and @returns; say "
        "there that the result is in turns per minute. And give it an explicit return type",
        "add a comment for descent(): what comes back (with unit), what from, to and rate "
        "are, and when it throws",
        "write docstrings for Track and for its methods add, deepest and shallower_than "
        "(when does add raise, what does deepest give before the first sounding?) and give "
        "these three methods types",
        "document this function: params, return value and the error it throws",
        'doc comment please, and a "# Errors" section that says when which Refusal comes',
        "docstring please, with the units of weight and height",
        "please write the missing docstring (returns what? raises when?)",
        "add doc comment: what is returned, the unit, and that negative depth panics",
        "document rate(): unit of the result, meaning of both parameters, what happens for "
        "an empty slice",
        "add a /// comment to Pool.fill: returns the litres that did not fit, panics on a "
        "negative amount",
        "godoc for Split: say what the two results are and when err is not nil",
        "write a go doc comment for Load that mentions ErrEmpty and that the result is in seconds",
        "doc comment above settle(), in full sentences: result in cents, never negative, "
        "throws std::invalid_argument for an empty list",
        "describe parse_row in a docstring: arguments, result, errors",
        "needs a docstring and annotations",
        "add types and a docstring to `mix`: litres in, litres out, ValueError if the ratio is 0",
        "type annotations + docstring for this function, no code changes",
        "Add a Doxygen comment for `area` with @param and @return, mention that the result "
        "is in square metres",
        "comment this function: return value with unit, the parameters, when it throws",
        "a docstring for window() would help: what it yields, how long each one is, what "
        "size < 1 does",
        "docstring for this one (one line is enough)",
        "write a tsdoc block: both params with their unit, the return value, RangeError",
        "Please document what `merge` returns, who wins on equal keys and that the inputs "
        "stay untouched",
        "explain `score` in a doc comment, including the range of the result and what None means",
        "add documentation to shrink() - result, both arguments, the exception",
        "annotate the parameters and the return value",
        "give `price` type hints and a short docstring that names the currency",
        "document the struct and its fields",
    ],
)
def test_documentation_with_further_words_that_order_nothing_is_one(instruction):
    assert may_ask_to_document(instruction)


@pytest.mark.parametrize(
    "instruction",
    [
        "add a docstring and vectorise the loop",
        "add a docstring, memoize it",
        "add type hints and turn it into a generator",
        "docstring for load, and let it accept a Path",
        "write docs for the endpoint and expose it under /v2",
        "comment on the line that fails",
        "add a comment explaining the regex and escape the dot",
        "add a jsdoc and export the function",
        "document and deprecate it",
        "add a docstring, use f-strings",
        "add types, Optional instead of None checks",
    ],
)
def test_documentation_with_an_order_beside_is_not(instruction):
    assert not may_ask_to_document(instruction)
