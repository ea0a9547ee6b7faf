"""What ``record_answers`` asks: every prompt of the product, every form of an edit."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.answer_samples import STYLES
from spark_desktop.domain.line_comment import LineComment
from spark_desktop.services.prompts import revised_answer
from spark_desktop.services.second_try import Problem

SMALL, LARGER = "qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"
BOTH = (SMALL, LARGER)


@dataclass(frozen=True)
class Edit:
    """Ask for a region: that around the lines ``lines`` (from 0), or the whole file.

    Without an ``instruction`` it is the file's first stub. ``saved`` is what a save put into the
    place of which text before: it broke the syntax, or made the ``test`` fail whose ``report`` is
    given. ``in_blocks``: the model is shown the whole file, and names the places itself.

    ``after`` names a case whose answer
    stands before it in the prompt; what is said to that is a ``reason`` to write it again, or the
    user's ``comments``.
    """

    name: str
    path: str
    instruction: str = ""
    lines: tuple[int, int] | None = None
    after: str = ""
    reason: str = ""
    comments: tuple[LineComment, ...] = ()
    saved: tuple[str, str] | None = None
    test: str = ""
    report: str = ""
    in_blocks: bool = False
    models: Sequence[str] = BOTH


@dataclass(frozen=True)
class Chat:
    """Ask in the chat, with files; ``edits``: the model is told how an answer changes files.

    ``after`` names a chat whose answer comes before: this one then asks ``question``, or for the
    rest (``goes_on``), or for the block with a ``problem`` again. ``summary`` is of what was said
    even earlier; ``sums_up`` asks for one. ``most`` cuts the answer off at so many tokens.
    """

    name: str
    question: str
    files: tuple[str, ...] = ()
    edits: bool = False
    after: str = ""
    goes_on: bool = False
    problem: Problem | None = None
    summary: str = ""
    sums_up: bool = False
    most: int = 500
    models: Sequence[str] = BOTH


Case = Edit | Chat

_SAME = "The answer changes nothing in the file."

# As ``services.test_runs`` makes it of what pytest writes.
_TOTAL_FAILS = """\
____________________ test_the_total_is_the_sum_of_all_lines ____________________
    def test_the_total_is_the_sum_of_all_lines():
        cart = Cart()
        cart.add("tea", 3.0, 2)
        cart.add("cake", 2.5)
>       assert cart.total() == 8.5
E       assert 5.5 == 8.5
E        +  where 5.5 = total()
tests/test_cart.py:8: AssertionError"""

_EDITS = (
    Edit(
        "region-guard",
        "shop/cart.py",
        "raise ValueError where the quantity is not positive",
        (17, 18),
    ),
    Edit("region-template", "web/format.js", "use template strings instead of +", (7, 8)),
    Edit("region-perimeter", "src/geometry.rs", "add a method `perimeter`", (8, 9)),
    Edit("region-css", "web/main.css", "give the buttons round corners of 6 pixels"),
    Edit("region-crlf", "shop/dates.py", "accept slashes instead of dashes, too", (6, 7)),
    Edit("region-tabs", "queue/queue.go", "return (string, error) instead of a panic", (11, 12)),
    Edit(
        "region-markdown",
        "README.md",
        "add a section at the end about how to run the tests with pytest",
        models=[SMALL],
    ),
    Edit("region-docstring", "shop/cart.py", "add a docstring to `total`", models=[SMALL]),
    Edit("region-nothing", "queue/queue.go", "leave it as it is", (6, 7), models=[SMALL]),
    Edit(
        "region-long",
        "shop/cart.py",
        "return a table of the capitals of all countries of the world",
        (24, 25),
        models=[SMALL],
    ),
    Edit("stub-python", "tools/words.py"),
    Edit("stub-javascript", "web/format.js", models=[SMALL]),
    Edit(
        "write-python",
        "tools/primes.py",
        "a function that returns the list of all primes below n",
    ),
    Edit("write-rust", "src/stack.rs", "a stack of f64 with push, pop and len", models=[SMALL]),
    Edit(
        "retry-docstring",
        "shop/cart.py",
        "add a docstring to `total`",
        after="region-docstring",
        reason=_SAME,
        models=[SMALL],
    ),
    Edit(
        "retry-nothing",
        "queue/queue.go",
        "leave it as it is",
        (6, 7),
        after="region-nothing",
        reason=_SAME,
        models=[SMALL],
    ),
    Edit(
        "revise",
        "web/format.js",
        "use template strings instead of +",
        (7, 8),
        after="region-template",
        comments=(LineComment(0, True, "export function heading(order) {", "use arrow syntax"),),
        models=[SMALL],
    ),
    Edit(
        "repair-python",
        "shop/cart.py",
        saved=("def remove(self, name):", "def remove(self, name)"),
    ),
    Edit(
        "repair-javascript",
        "web/format.js",
        saved=('" (" + money(order.total) + ")"', '" (" + money(order.total + ")"'),
        models=[SMALL],
    ),
    Edit(
        "failing-python",
        "shop/cart.py",
        lines=(26, 27),
        saved=("line.price * line.quantity", "line.price"),
        test="tests/test_cart.py::test_the_total_is_the_sum_of_all_lines",
        report=_TOTAL_FAILS,
    ),
    Edit(
        "failing-message",
        "shop/cart.py",
        lines=(26, 27),
        saved=("line.price * line.quantity", "line.price"),
        test="total of tea and cake",
        report="The total of two teas and a cake should be 8.5 dollars and is 5.5.",
        models=[SMALL],
    ),
    Edit(
        "blocks-python",
        "tools/units.py",
        "write lengths below one metre in whole centimetres, such as 25 cm",
        in_blocks=True,
    ),
    Edit(
        "blocks-two-places",
        "tools/units.py",
        "add the nautical mile of 1852 metres, with a conversion in both directions",
        in_blocks=True,
        models=[LARGER],
    ),
)

_WHOLE = "Write the whole changed file into one fenced block, with its path on the line above it."
_FORM = """\
Answer in this form, without a word before or after it:

path/of/the/file
```
the whole new text of the file
```"""
_BLOCK = """\
Let the background be #fff on hover. Answer with the path of the file and one block like this, in
which the first half is copied from the file:

web/main.css
```
<<<<<<< SEARCH
  margin: 0;
=======
  margin: 4px;
>>>>>>> REPLACE
```"""
_ADDED = """\
Add a method `Len`. Answer with a patch like this one, which adds a field: lines that come begin
with a plus.

*** Begin Patch
*** Update File: queue/queue.go
@@
 type Queue struct {
 \titems []string
+\tlimit int
 }
*** End Patch"""
_CHANGED = """\
Let `show` write two digits for month and day. Answer with a diff like this one, which renames
`parse`:

--- a/shop/dates.py
+++ b/shop/dates.py
@@ -6,3 +6,3 @@
-def parse(text):
+def read(text):
     year, month, day = text.split("-")
     return date(int(year), int(month), int(day))"""
_DIFF = "Answer with a unified diff, as `git diff` writes it."
_PATCH = """\
Answer with a patch in this form:

*** Begin Patch
*** Update File: path/of/the/file
@@
 a line that stays
-a line that goes
+a line that comes
*** End Patch"""

_CHATS = (
    Chat(
        "chat-whole-file",
        f"Let `Cart.total` round to two digits. {_WHOLE}",
        ("shop/cart.py",),
    ),
    Chat(
        "chat-search-replace",
        "Let `Cart.total` use `sum` with a generator.",
        ("shop/cart.py",),
        edits=True,
    ),
    Chat("chat-diff", f"Let `money` show euros (€). {_DIFF}", ("web/format.js",)),
    Chat("chat-patch", f"Add a method `is_square`. {_PATCH}", ("src/geometry.rs",)),
    Chat(
        "chat-new-file",
        "Write tests for `shop/dates.py` into the new file tests/test_dates.py.",
        ("shop/dates.py",),
        edits=True,
    ),
    Chat(
        "chat-two-files",
        "Rename `Cart.total` to `Cart.amount`, in the tests too.",
        ("shop/cart.py", "tests/test_cart.py"),
        edits=True,
    ),
    Chat(
        "chat-css",
        "Make the button's text bold, and its background white on hover.",
        ("web/main.css",),
        edits=True,
    ),
    Chat(
        "chat-example",
        "How would I use `Cart` for two teas at 3 dollars? Show it.",
        ("shop/cart.py",),
        models=[SMALL],
    ),
    Chat(
        "chat-diff-crlf",
        f"Let `show` write two digits for month and day. {_DIFF}",
        ("shop/dates.py",),
        models=[LARGER],
    ),
    Chat(
        "chat-patch-tabs",
        f"Add a method `Len` that tells how many items there are. {_PATCH}",
        ("queue/queue.go",),
        models=[LARGER],
    ),
    Chat(
        "chat-markdown",
        f"Add a section on running the tests with pytest. {_WHOLE}",
        ("README.md",),
    ),
    Chat(
        "chat-cut",
        f"Add a type annotation to every parameter and result. {_WHOLE}",
        ("shop/cart.py",),
        most=120,
        models=[LARGER],
    ),
    Chat(
        "chat-continue",
        "",
        ("shop/cart.py",),
        after="chat-cut",
        goes_on=True,
        models=[LARGER],
    ),
    Chat(
        "chat-placing",
        "",
        ("web/main.css",),
        edits=True,
        after="chat-css",
        problem=Problem(
            "",
            "The block has no line of equals signs between its two halves.",
            ("<<<<<<< SEARCH", *STYLES.splitlines()[:-1], "  color: #fff;", "}", ">>>>>>> REPLACE"),
        ),
        models=[SMALL],
    ),
    Chat(
        "chat-revise",
        revised_answer(
            "tests/test_dates.py",
            [LineComment(4, True, "def test_parse():", "test a date in December, too")],
        ),
        ("shop/dates.py",),
        edits=True,
        after="chat-new-file",
        models=[SMALL],
    ),
    Chat(
        "chat-form",
        f"Let `money` show euros (€). {_FORM}",
        ("web/format.js",),
        models=BOTH,
    ),
    Chat(
        "chat-named-file",
        "Let `money` show euros (€). Begin your answer with a line that is only the path "
        "web/format.js, then write the whole new file in a fenced block.",
        ("web/format.js",),
    ),
    Chat(
        "chat-asked-block",
        "Let the background be #fff on hover. Answer with one search/replace block: the line "
        "web/main.css, then <<<<<<< SEARCH, the old line, =======, the new line, >>>>>>> REPLACE.",
        ("web/main.css",),
    ),
    Chat(
        "chat-asked-blocks",
        "Rename `total` to `amount` in both files. Answer with search/replace blocks, one for each "
        "place. Above each block stands the path, shop/cart.py or tests/test_cart.py.",
        ("shop/cart.py", "tests/test_cart.py"),
        edits=True,
    ),
    Chat(
        "chat-asked-patch",
        "Let `total` round to two digits. Answer with a patch: *** Begin Patch, then *** Update "
        "File: shop/cart.py, then @@, then lines that stay with a space in front, lines that go "
        "with a minus, lines that come with a plus, then *** End Patch.",
        ("shop/cart.py",),
    ),
    Chat(
        "chat-asked-diff",
        f"Add a method `is_square` to Rectangle in src/geometry.rs. {_DIFF}",
        ("src/geometry.rs",),
    ),
    Chat("chat-named-block", _BLOCK, ("web/main.css",)),
    Chat("chat-named-patch", _ADDED, ("queue/queue.go",)),
    Chat("chat-named-diff", _CHANGED, ("shop/dates.py",)),
    Chat(
        "chat-summary",
        "Do that now.",
        ("src/geometry.rs",),
        edits=True,
        summary="The user wants a method `scale(&mut self, by: f64)` of Rectangle that multiplies "
        "both sides, in src/geometry.rs.",
        models=[LARGER],
    ),
    Chat(
        "chat-compaction",
        "",
        ("web/format.js",),
        after="chat-diff",
        sums_up=True,
        models=[SMALL],
    ),
)

CASES: tuple[Case, ...] = (*_EDITS, *_CHATS)
