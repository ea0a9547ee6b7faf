"""Methods of Python that stand for one of a base class take what that takes now."""

import pytest

BASE = "class Pump:\n    def fill(self, litres, slow=False):\n        return 1\n"
HEAD = "from pump import Pump\n\n\nclass Foot(Pump):\n"


async def becomes(project, text: str, change: str):
    """Return what a file with a class that comes from Pump becomes, and what is left of it."""
    one = project({"pump.py": BASE, "foot.py": HEAD + text})
    await one.replace("pump.py", ("(self, litres, slow=False)", change))
    return one.offered.get("foot.py", HEAD + text).removeprefix(HEAD), one.left


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (
            "(self, slow=False, litres=1)",
            "    def fill(self, litres, slow=False):\n        return super().fill(litres, slow)\n",
            "    def fill(self, slow=False, litres=1):\n"
            "        return super().fill(slow, litres)\n",
        ),
        (
            "(self, litres, *, slow=False)",
            "    def fill(self, litres: int, slow: bool = True) -> int:\n        return 2\n",
            "    def fill(self, litres: int, *, slow: bool = True) -> int:\n        return 2\n",
        ),
        (
            "(self, litres)",
            "    def fill(self, litres, slow=False):\n        super().fill(litres, slow)\n",
            "    def fill(self, litres):\n        super().fill(litres)\n",
        ),
        (
            "(self, litres)",
            "    async def fill(this, litres, slow):\n        return litres\n",
            "    async def fill(this, litres):\n        return litres\n",
        ),
        (
            "(self, amount, slow=False)",
            "    def fill(self, litres, slow=True):\n        self.litres = f(litres, slow)\n"
            "        return super().fill(litres, slow)\n",
            "    def fill(self, amount, slow=True):\n        self.litres = f(amount, slow)\n"
            "        return super().fill(amount, slow)\n",
        ),
    ],
)
async def test_it_follows_with_types_and_defaults_of_its_own(project, change, before, after):
    then, left = await becomes(project, before, change)
    assert then == after
    compile(then.replace("    ", "", 1).replace("\n    ", "\n"), "foot.py", "exec")
    assert "it is defined here" not in left


@pytest.mark.parametrize(
    ("change", "text"),
    [
        # It uses what goes; or has others; or hides what it takes.
        ("(self, litres)", "    def fill(self, litres, slow=False):\n        return slow\n"),
        ("(self, litres)", "    def fill(self, litres, slow=False, more=1):\n        return 2\n"),
        ("(self, litres)", "    @wrapped\n    def fill(self, litres, slow=False):\n        pass\n"),
        (
            "(self, litres)",
            "    def fill(\n        self, litres, slow=False  # both\n    ):\n        pass\n",
        ),
        (
            "(self, amount, slow=False)",
            "    def fill(self, litres, slow=False):\n        return lambda litres: litres\n",
        ),
        (
            "(self, amount, slow=False)",
            '    def fill(self, litres, slow=False):\n        """Fill litres."""\n'
            "        return litres\n",
        ),
        (
            "(self, amount, slow=False)",
            "    def fill(self, litres, slow=False):\n        amount = litres\n        return 2\n",
        ),
        # What is new has to be chosen.
        (
            "(self, litres, slow, force)",
            "    def fill(self, litres, slow=False):\n        return 2\n",
        ),
    ],
)
async def test_what_is_not_sure_stays_and_is_told(project, change, text):
    more = "\n\nFoot().fill(1, True)\n"
    then, left = await becomes(project, text + more, change)
    assert then.startswith(text)
    if then != text + more:
        assert "line 5" in left or "line 6" in left


async def test_a_class_that_was_followed_by_hand_stays(project):
    text = "    def fill(self, slow=False, litres=1):\n        return 2\n"
    then, _ = await becomes(project, text, "(self, slow=False, litres=1)")
    assert then == text
