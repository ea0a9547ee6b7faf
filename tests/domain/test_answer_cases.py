"""Whole answers as models write them, good and bad, and what must come out of each.

A case's summary has one entry a block, in order: the kind, the file, and how many lines.
"""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_desktop.domain.edit_blocks import (
    BlockEnded,
    BlockRefused,
    Delete,
    Region,
    Rename,
    Rewrite,
    WholeFile,
)
from spark_desktop.domain.words import Said
from tests.domain.answers import check_every_character_is_somewhere, events_of, read

CASES_OF_A_LAW = settings(max_examples=int(os.environ.get("SPARK_LAW_CASES", "100")))


def summary(answer: str) -> list[str]:
    events = events_of(answer)
    check_every_character_is_somewhere(answer, events)
    assert read(answer) == read(*answer)
    told: dict[int, str] = {}
    for event in events:
        if isinstance(event, BlockRefused):
            assert isinstance(event.reason, Said)
            told[event.number] = "refused"
        elif isinstance(event, BlockEnded):
            cut = " cut" if event.is_cut else ""
            told[event.number] = _told(event) + cut
    return [told[number] for number in sorted(told)]


def _told(event: BlockEnded) -> str:
    match event.block:
        case WholeFile(path=path, lines=lines, is_new=is_new):
            return f"{'new' if is_new else 'whole'} {path} {len(lines)}"
        case Region(language=language, lines=lines):
            return f"region {language} {len(lines)}"
        case Rewrite(path=path, old=old, new=new):
            return f"rewrite {path} {len(old)}>{len(new)}"
        case Delete(path=path):
            return f"delete {path}"
        case Rename(path=path, target=target):
            return f"rename {path} {target}"


TWO_FILES = '''Sure! Here's the updated code:

**stats.py**
```python
def mean(values):
    """Return the mean.

    Example:

    ```
    mean([1])
    ```
    """
    return sum(values) / len(values)
```

**tests/test_stats.py**
```python
def test_mean():
    assert mean([1, 2]) == 1.5
```

Run the tests with:
```bash
pytest -q
```

### Explanation
- `mean` now has a docstring.
- Nothing else changed.
'''
EXAMPLES = """There are several ways.

### Node.js

```js
const fs = require("fs");
```

### Python 3

In `app.py` you could call it so:

```python
import app
app.run()
```

A merge conflict looks like this:

```
<<<<<<< HEAD
a
=======
b
>>>>>>> main
```

| a | b |
--- | ---
| 1 | 2 |

To write the file yourself:

```bash
cat > src/a.py <<'EOF'
print(1)
EOF
```

---

> Quoted.
>> Twice.

1. One
2. Two

   ```sh
   ls
   ```

Title
-----

Inline ```code``` and `more`.
"""
AIDER = """I'll change the two files.

mathweb/flask/app.py
```python
<<<<<<< SEARCH
from flask import Flask
=======
import math
from flask import Flask
>>>>>>> REPLACE
```

mathweb/flask/app.py
```python
<<<<<<< SEARCH
def factorial(n):
    return n


=======
>>>>>>> REPLACE
```

hello.py
```python
<<<<<<< SEARCH
=======
def hello():
    print("hello")
>>>>>>> REPLACE
```
"""
ONE_FENCE = """```python
src/app.py
<<<<<<< SEARCH
a = 1
=======
a = 2
>>>>>>> REPLACE

And now the end of it:

<<<<<<< SEARCH
b = 1
======
b = 2
>>>>>>> REPLACE
src/other.py
<<<<<<< SEARCH
c = 1
=======
c = 2
>>>>>>> REPLACE
```
"""
FORGOTTEN_END = """src/app.py
```python
<<<<<<< SEARCH
a = 1
=======
a = 2
```

src/app.py
```python
<<<<<<< SEARCH
b = 1
=======
b = 2
>>>>>>> REPLACE
```
"""
FORGOTTEN_ENDS = """src/app.py
<<<<<<< SEARCH
a = 1
=======
a = 2

And then:

<<<<<<< SEARCH
b = 1
=======
b = 2
"""
GIT_DIFF = """Here is the patch:

```diff
diff --git a/src/a.py b/src/a.py
index 83db48f..bf2a1d5 100644
--- a/src/a.py
+++ b/src/a.py
@@ -1,7 +1,9 @@ import os
 import os

-def f():
+def f(x):
     return 1
@@ -20,3 +22,6 @@ class A:
     pass
+
+
+A()
diff --git a/old.py b/new.py
similarity index 100%
rename from old.py
rename to new.py
diff --git a/gone.py b/gone.py
deleted file mode 100644
index 83db48f..0000000
--- a/gone.py
+++ /dev/null
@@ -1,2 +0,0 @@
-x
-y
diff --git a/made.py b/made.py
new file mode 100644
index 0000000..83db48f
--- /dev/null
+++ b/made.py
@@ -0,0 +1,2 @@
+x
+y
\\ No newline at end of file
```

It adds a parameter.
"""
SLOPPY_DIFF = """```diff
--- src/a.py
+++ src/a.py
@@
def f():
-    return 1
+    return 2

@@ ... @@
 class A:
-    x = 1
+    x = 2
```
"""
BARE_DIFF = """Apply this:

--- a/src/a.py
+++ b/src/a.py
@@ -1,2 +1,2 @@
-a
+b
 c

- First, it changes a.
- Then nothing.

--- a/src/b.py
+++ b/src/b.py
@@ -1 +1 @@
-a
+b
"""
CODEX = """I will update the parser.

```
*** Begin Patch
*** Update File: src/parser.py
@@ class Parser:
@@     def parse(self):
-        return eval(self.text)
+        return literal_eval(self.text)

*** Add File: docs/notes.md
+# Notes
+
+```
+code
+```
*** Delete File: src/old.py
*** End Patch
```

Done.
"""
THINKING = """<think>
The user wants a change of `a.py`. Maybe:

a.py
```python
x = 0
```

No, better 2.
</think>

a.py
```python
x = 2
```
"""
UNOPENED_THINKING = """Let me see. A first try:

```python
# a.py
x = 0
```

Hm.
</think>

Here it is:

```python
# a.py
x = 2
```
"""
README = """README.md
```markdown
# Title

Install:

```bash
pip install x
```

Use:

```
x --help
```
```

That is the README.
"""
CITED = """The bug is here:

```12:14:src/a.py
def f():
    return 0
```

Change it to:

src/a.py
```python
def f():
    return 1
```
"""
WRONG_CLOSING = """a.py
```python
x = 1
~~~

I hope that helps!
"""
NO_CLOSING = """Here is the code:

```python
# stats.py
def f():
    return 1
"""
OUTPUT = """The run says:

```text
--- Captured stdout ---
+++ done
```

```yaml
---
a: 1
--- # next
b: 2
```
"""
MARKS_IN_CODE = """src/a.py
```python
import os

<<<<<<< SEARCH
a = 1
=======
a = 2
>>>>>>> REPLACE
```
"""
CASES = {
    "two files and a command": (
        TWO_FILES,
        ["whole stats.py 10", "whole tests/test_stats.py 2", "region bash 1"],
    ),
    "examples only": (
        EXAMPLES,
        ["region js 1", "region python 2", "region  5", "region bash 3", "region sh 1"],
    ),
    "search/replace in fences": (
        AIDER,
        [
            "rewrite mathweb/flask/app.py 1>2",
            "rewrite mathweb/flask/app.py 4>0",
            "rewrite hello.py 0>2",
        ],
    ),
    "several in one fence": (
        ONE_FENCE,
        ["rewrite src/app.py 1>1", "rewrite src/app.py 1>1", "rewrite src/other.py 1>1"],
    ),
    "an end forgotten in a fence": (
        FORGOTTEN_END,
        ["rewrite src/app.py 1>1", "rewrite src/app.py 1>1"],
    ),
    "ends forgotten without a fence": (FORGOTTEN_ENDS, ["refused", "rewrite src/app.py 1>1 cut"]),
    "a diff of git": (
        GIT_DIFF,
        [
            "rewrite src/a.py 4>4",
            "rewrite src/a.py 1>4",
            "rename old.py new.py",
            "delete gone.py",
            "new made.py 2",
        ],
    ),
    "a sloppy diff": (SLOPPY_DIFF, ["rewrite src/a.py 2>2", "rewrite src/a.py 2>2"]),
    "a diff without a fence": (BARE_DIFF, ["rewrite src/a.py 2>2", "rewrite src/b.py 1>1"]),
    "a patch envelope": (
        CODEX,
        ["rewrite src/parser.py 1>1", "new docs/notes.md 5", "delete src/old.py"],
    ),
    "reasoning": (THINKING, ["whole a.py 1"]),
    "reasoning that the prompt opened": (UNOPENED_THINKING, ["refused", "whole a.py 1"]),
    "a readme": (README, ["whole README.md 13"]),
    "a cited region": (CITED, ["region  2", "whole src/a.py 2"]),
    "another closing fence": (WRONG_CLOSING, ["whole a.py 4 cut"]),
    "no closing fence": (NO_CLOSING, ["whole stats.py 2 cut"]),
    "output and documents": (OUTPUT, ["region text 2", "region yaml 4"]),
    "marks in code": (MARKS_IN_CODE, ["refused", "rewrite src/a.py 1>1"]),
}


@pytest.mark.parametrize(("answer", "expected"), CASES.values(), ids=CASES.keys())
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["line feeds", "carriage returns"])
def test_an_answer_comes_to_its_blocks(answer: str, expected: list[str], newline: str) -> None:
    assert summary(answer.replace("\n", newline)) == expected


@pytest.mark.parametrize("answer", [answer for answer, _ in CASES.values()], ids=CASES.keys())
def test_an_answer_that_is_cut_anywhere_reads_in_any_split(answer: str) -> None:
    for size in range(0, len(answer), 11):
        head = answer[:size]
        assert read(head) == read(*head)
        check_every_character_is_somewhere(head, events_of([head]))


def test_prose_around_blocks_is_for_the_chat() -> None:
    assert read(CODEX).prose == "I will update the parser.\n\n\nDone.\n"
    assert read(ONE_FENCE).prose == "And now the end of it:\n"
    assert read(EXAMPLES).prose.startswith("There are several ways.\n\n### Node.js\n\n\n")
    assert "--- | ---\n" in read(EXAMPLES).prose
    assert "- Then nothing.\n" in read(BARE_DIFF).prose


@CASES_OF_A_LAW
@given(
    st.sampled_from([answer for answer, _ in CASES.values()]),
    st.lists(st.tuples(st.sampled_from("-+="), st.integers(0, 60), st.integers(0, 60)), max_size=5),
    st.integers(1, 40),
)
def test_a_damaged_answer_reads_in_any_split(
    answer: str, damage: list[tuple[str, int, int]], size: int
) -> None:
    lines = answer.splitlines(keepends=True)
    for kind, place, other in damage:
        at, source = place % len(lines), other % len(lines)
        if kind == "-" and len(lines) > 1:
            del lines[at]
        else:
            lines[at : at + (kind == "=")] = [lines[source]]
    damaged = "".join(lines)
    pieces = [damaged[start : start + size] for start in range(0, len(damaged), size)]
    assert read(*pieces) == read(damaged)
    check_every_character_is_somewhere(damaged, events_of(pieces))
