"""Types of Python that are written in quotes follow a renamed class."""

import pytest
from following import following

AREA = """class Area:
    def __init__(self, width):
        self.width = width

    def size(self):
        return self.width ** 2
"""
HEAD = "import area\nfrom area import Area\nfrom typing import Annotated, Literal, cast\n\n\n"


@pytest.mark.parametrize(
    ("line", "then"),
    [
        ('def f(a: "Area") -> "Area | None": ...', 'def f(a: "Region") -> "Region | None": ...'),
        ('def f(a: "list[Area]" = []): ...', 'def f(a: "list[Region]" = []): ...'),
        ('def f(a: list["Area"]): ...', 'def f(a: list["Region"]): ...'),
        ('a: "area.Area" = None', 'a: "area.Region" = None'),
        ('def f(a: "other.Area", b: Area): ...', 'def f(a: "other.Area", b: Region): ...'),
        ('def f(a: Literal["Area"], b: Area): ...', 'def f(a: Literal["Area"], b: Region): ...'),
        (
            'def f(a: Annotated[int, "an Area"], b: Area): ...',
            'def f(a: Annotated[int, "an Area"], b: Region): ...',
        ),
        ('def f(a="Area", b: Area = 1): ...', 'def f(a="Area", b: Region = 1): ...'),
    ],
)
async def test_a_quoted_type_follows_its_class(tmp_path, line, then):
    project = following(tmp_path, {"area.py": AREA, "use.py": f"{HEAD}{line}\n"})
    await project.replace("area.py", ("class Area", "class Region"))
    assert project.offered["use.py"].splitlines()[-1] == then
