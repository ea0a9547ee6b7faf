"""What is read in pieces goes on where the last piece ended, unless that is not meant."""

import pytest
from adapters.pitfalls.known_cases import both
from adapters.pitfalls.script_rules import offered

from spark_desktop.adapters.pitfalls.python_pieces import forgotten_between_calls

WRONG = {
    "the end of a line": """
class Lines:
    def __init__(self):
        self.lines = []
«→        self._rest = ""
»
    def add(self, text):
«        rest = ""
→»        for sign in text:
            if sign == "\\n":
                self.lines.append(«rest→self._rest»)
                «rest→self._rest» = ""
            else:
                «rest→self._rest» += sign
""",
    "what comes in quotes": """
class Words:
    \"\"\"Takes what is typed.\"\"\"

    def __init__(self, store):
        self._store = store
«→        self._is_quoted = False
»
    def take(self, signs):
        \"\"\"Store signs.\"\"\"
«        is_quoted = False
→»        for sign in signs:
            if sign == "'":
                «is_quoted→self._is_quoted» = not «is_quoted→self._is_quoted»
                continue
            self._store.put(sign, is_quoted=«is_quoted→self._is_quoted»)

    def close(self):
        self._store = None
""",
    "begun anew": """
class Meter:
    def __init__(self):
        self.peaks = []
«→        self._last = None
»
    def read(self, values):
«        last = None
→»        for value in values:
            if «last→self._last» is None or value > «last→self._last»:
                self.peaks.append(value)
            «last→self._last» = value

    def reset(self):
        self.peaks = []
«→        self._last = None
»""",
    "a part of it is taken": """
class Meter:
    def __init__(self):
        self.peaks = []
        self.count = 0
«→        self._last = None
»
    def read(self, values):
«        last = None
→»        for value in values:
            self.count += 1
            if «last→self._last» is None or value > «last→self._last»:
                self.peaks.append(value)
            «last→self._last» = value

    def taken(self):
        found, self.peaks = self.peaks, []
        return found
""",
}
MADE = both(WRONG["the end of a line"])[0]
RIGHT = {
    "used behind the loop": MADE + "        self.lines.append(rest)\n",
    "given": MADE.replace("text):", "text, rest):").replace('        rest = ""\n', "", 1),
    "only read": MADE.replace("rest += sign", "print(rest)").replace(
        '    rest = ""\n            e', "e"
    ),
    "nothing is kept": MADE.replace("self.lines.append(rest)", "print(rest)"),
    "already there": MADE.replace("self.lines = []", 'self.lines = []\n        self._rest = ""'),
    "another loop": MADE.replace("in text:", "in self.lines:"),
    "all is taken, perhaps for good": MADE
    + "\n    def taken(self):\n        found, self.lines = self.lines, []\n        return found\n",
    "begins anew in another way": MADE + "\n    def clear(self):\n        self.lines.clear()\n",
    "no object": MADE.replace("    def __init__(self):\n        self.lines = []\n", ""),
    "what this call is about": MADE.replace('rest = ""', "rest = text", 1),
}


def test_a_piece_may_be_counted_on_the_way():
    before, after = (
        one.replace("for sign in text:", "for place, sign in enumerate(text):")
        for one in both(WRONG["the end of a line"])
    )
    assert offered(forgotten_between_calls, before, "a.py") == [after]


@pytest.mark.parametrize("name", WRONG)
def test_the_next_piece_goes_on(name):
    before, after = both(WRONG[name])
    assert offered(forgotten_between_calls, before, "a.py") == [after]


@pytest.mark.parametrize("name", RIGHT)
def test_nothing_is_changed(name):
    assert offered(forgotten_between_calls, RIGHT[name], "a.py") == []
