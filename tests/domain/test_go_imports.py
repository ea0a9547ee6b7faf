"""Imports of Go's own packages that a new text uses and does not have."""

import pytest

from spark_desktop.domain.go_imports import with_go_imports

BODY = 'func F() error { return errors.New("x") }\n'


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("package a\n\n", 'package a\n\nimport "errors"\n\n'),
        ('package a\n\nimport "fmt"\n\n', 'package a\n\nimport "fmt"\nimport "errors"\n\n'),
        (
            'package a\n\nimport (\n\t"bytes"\n\t"fmt"\n)\n\n',
            'package a\n\nimport (\n\t"bytes"\n\t"errors"\n\t"fmt"\n)\n\n',
        ),
        ('package a\n\nimport "errors"\n\n', 'package a\n\nimport "errors"\n\n'),
        (
            'package a\n\nimport errors "my/errors"\n\n',
            'package a\n\nimport errors "my/errors"\n\n',
        ),
    ],
)
def test_a_package_that_a_new_text_needs_is_imported(head, expected):
    assert with_go_imports(head, head + BODY) == expected + BODY


@pytest.mark.parametrize(
    "body",
    [
        "func F(errors *List) int { return errors.Len() }\n",
        "func F() int { errors := make(); return errors.Len() }\n",
        'func F() string { return "errors.New" }\n',
        "func F() int { return a.errors.Len() }\n",
        "func F() int { return mine.Len() }\n",
        "// errors.New is not used\n",
    ],
)
def test_what_is_no_package_is_left(body):
    text = f"package a\n\n{body}"
    assert with_go_imports("package a\n", text) == text


def test_what_was_used_before_is_the_users_business():
    text = f"package a\n\n{BODY}"
    assert with_go_imports(text, text + "var x = 1\n") == text + "var x = 1\n"


USED = 'func F() string { return strings.ToUpper(fmt.Sprint("x")) }\n'
LEFT = 'func F() string { return fmt.Sprint("x") }\n'


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            'package a\n\nimport (\n\t"fmt"\n\t"strings"\n)\n\n',
            'package a\n\nimport (\n\t"fmt"\n)\n\n',
        ),
        (
            'package a\n\nimport "fmt"\nimport "strings"\n\n',
            'package a\n\nimport "fmt"\n\n',
        ),
        (
            'package a\n\nimport "fmt"\n\nimport (\n\t"strings"\n)\n\n',
            'package a\n\nimport "fmt"\n\n',
        ),
        (
            'package a\n\nimport (\n\t"fmt"\n\tstrings "my/text"\n\t_ "embed"\n)\n\n',
            'package a\n\nimport (\n\t"fmt"\n\t_ "embed"\n)\n\n',
        ),
    ],
)
def test_an_import_that_a_new_text_needs_no_more_goes(head, expected):
    assert with_go_imports(head + USED, head + LEFT) == expected + LEFT


def test_an_import_that_was_not_used_before_stays():
    text = f'package a\n\nimport "fmt"\nimport "strings"\n\n{LEFT}'
    assert with_go_imports(text, text) == text


HEAD = 'package a\n\nimport (\n\t"strings"\n\t"time"\n)\n\n'


@pytest.mark.parametrize(
    "left",
    [
        "func F(d int) int { return int(d/time.Second) }\n",
        "func F(d ...time.Duration) {}\n",
        "func F() { if c == '\"' { p(time.Now()) } }\n",
        "func F() { if c == '`' { p(time.Now()) } }\n",
        'func F() { /* " */ p(time.Now()) }\n',
        'func F() string { return "use " +\n\t"time"\n}\n\nvar x = time.Now()\n',
    ],
)
def test_an_import_that_may_be_needed_stays(left):
    before = HEAD + left + "func G() { time.Sleep(1); strings.ToUpper(x) }\n"
    found = with_go_imports(before, HEAD + left)
    assert found == HEAD.replace('\t"strings"\n', "") + left


def test_a_line_of_a_text_is_no_import():
    text = 'func F() string {\n\treturn "use " +\n\t\t"time"\n}\n'
    before = HEAD + text + "func G() { time.Sleep(1) }\n"
    assert with_go_imports(before, HEAD + text) == HEAD.replace('\t"time"\n', "") + text
