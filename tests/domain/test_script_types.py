"""The result's type of a function in TypeScript, declared or told in its comment."""

import pytest

from spark_desktop.domain.script_types import lacks_result_type, with_result_type
from spark_desktop.domain.unsaid import unsaid

SAID = "/**\n * Zooms.\n * @returns {Map<string, View>} The view.\n */\n"
HEAD = "export function zoomed(view: View, by = f(1, [2])) {\n  return view;\n}\n"


@pytest.mark.parametrize(
    ("region", "lacks"),
    [
        (HEAD, True),
        (HEAD.replace(")) {", ")): View {").replace("[2]):", "[2])):"), False),
        ("async function* f<T>(\n  a: T,\n)\n  : void {}", False),
        ("const f = (a) => a;\n", False),
        ("function f(", False),
    ],
)
def test_a_declared_type_stands_behind_the_parameters(region, lacks):
    assert lacks_result_type(region) is lacks


def test_the_type_of_the_comment_is_written_into_the_signature():
    wanted = HEAD.replace("[2]))", "[2])): Map<string, View>")
    assert with_result_type(SAID + HEAD) == SAID + wanted


@pytest.mark.parametrize(
    "region",
    [
        HEAD,
        SAID.replace("{Map<string, View>} ", "") + HEAD,
        SAID.replace(" */", " * @returns {Other}\n */") + HEAD,
        SAID + HEAD.replace("[2]))", "[2])): View"),
        SAID,
    ],
    ids=["no comment", "no type", "two types", "declared", "no function"],
)
def test_what_is_not_told_once_is_not_written(region):
    assert with_result_type(region) is None


@pytest.mark.parametrize(
    ("asked", "passed"),
    [
        ("write a JSDoc comment and declare the type that it returns", False),
        ("add the return type", False),
        ("write a JSDoc comment with a @returns line", True),
    ],
)
def test_a_type_that_was_asked_for_must_be_there(asked, passed):
    assert unsaid(asked, "a.ts", SAID + HEAD).passed is passed
    assert unsaid(asked, "a.ts", with_result_type(SAID + HEAD)).passed


ONE = "function f(a) {\n  return a;\n}\n"


@pytest.mark.parametrize(
    ("type_", "head", "written"),
    [
        ("string", 'function f(a = ")") {', 'function f(a = ")"): string {'),
        ("string", "function f(a /* ) */) {", "function f(a /* ) */): string {"),
        ("Response", "async function f(a) {", "async function f(a): Promise<Response> {"),
        ("Promise<X>", "async function f(a) {", "async function f(a): Promise<X> {"),
        ("(a: A) => B", "function f(a) {", "function f(a): (a: A) => B {"),
        ("?number", "function f(a) {", None),
        ("int", "function f(a) {", None),
        ("Array", "function f(a) {", None),
        ("Array<string>", "function f(a) {", "function f(a): Array<string> {"),
        ("Promise", "async function f(a) {", None),
        ("string", "function* f(a) {", None),
        ("*", "function f(a) {", None),
        ("number=", "function f(a) {", None),
        ("function(string)", "function f(a) {", None),
        ("string", "const f = (a) => {\n  function f(b) {", None),
    ],
)
def test_the_type_is_one_of_the_language_and_stands_where_types_do(type_, head, written):
    comment = f"/**\n * @returns {{{type_}}} It.\n */\n"
    found = with_result_type(comment + ONE.replace("function f(a) {", head))
    wanted = None if written is None else comment + ONE.replace("function f(a) {", written)
    assert found == wanted
