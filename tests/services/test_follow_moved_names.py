"""What moved to another file and has another name there, as its own file uses it now."""

import pytest
from following import following

RUST = {
    "Cargo.toml": '[package]\nname = "a"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": "pub mod bounds;\npub mod shelf;\npub mod desk;\n",
    "src/bounds.rs": "pub const LEAST: u32 = 2;\n",
    "src/shelf.rs": "const MOST_BOOKS: u32 = 6;\n\npub fn fits(n: u32) -> bool {\n"
    "    n <= MOST_BOOKS\n}\n".replace("const", "pub const", 1),
    "src/desk.rs": "use crate::shelf::{fits, MOST_BOOKS};\n\npub fn free(n: u32) -> u32 {\n"
    "    MOST_BOOKS - n\n}\n",
}
BOUNDS = RUST["src/bounds.rs"] + "pub const BOOKS: u32 = 6;\n"
SHELF = "use crate::bounds::BOOKS;\n\npub fn fits(n: u32) -> bool {\n    n <= BOOKS\n}\n"
DESK = (
    "use crate::bounds::BOOKS;\nuse crate::shelf::{fits};\n\npub fn free(n: u32) -> u32 {\n"
    "    BOOKS - n\n}\n"
)


@pytest.mark.parametrize("order", [("bounds", "shelf"), ("shelf", "bounds")])
async def test_uses_elsewhere_take_the_name_that_the_file_itself_uses_now(tmp_path, order):
    project = following(tmp_path, RUST)
    texts = {"bounds": BOUNDS, "shelf": SHELF}
    for name in order:
        await project.save(**{f"src___{name}__rs": texts[name]})
    assert project.offered == {"src/desk.rs": DESK}
    assert project.world.endpoint.requests == []


async def test_files_that_are_saved_together_are_one_move(tmp_path):
    project = following(tmp_path, RUST)
    await project.save(src___bounds__rs=BOUNDS, src___shelf__rs=SHELF)
    assert project.offered == {"src/desk.rs": DESK}


async def test_a_function_of_python_is_imported_by_its_name_of_now(tmp_path):
    double = "def double(x):\n    return 2 * x\n"
    project = following(
        tmp_path,
        {
            "a.py": f"{double}\n\ndef four(x):\n    return double(double(x))\n",
            "b.py": "ONE = 1\n",
            "c.py": "from a import double\n\nprint(double(3))\n",
        },
    )
    await project.save(
        b__py="ONE = 1\n\n\n" + double.replace("double", "twice"),
        a__py="from b import twice\n\n\ndef four(x):\n    return twice(twice(x))\n",
    )
    assert project.offered == {"c.py": "from b import twice\n\nprint(twice(3))\n"}


@pytest.mark.parametrize(
    ("bounds", "shelf"),
    [
        # Another value.
        (BOUNDS.replace("6", "7"), SHELF),
        # Nothing says that the one stands for the other.
        (BOUNDS, SHELF.replace("use crate::bounds::BOOKS;\n\n", "").replace("BOOKS", "6")),
        (BOUNDS, SHELF.replace("n <= BOOKS", "n <= 6")),
        # It is used still.
        (BOUNDS, SHELF.replace("n <= BOOKS", "n <= BOOKS && MOST_BOOKS > 1")),
    ],
)
async def test_what_may_be_another_thing_is_left_alone(tmp_path, bounds, shelf):
    project = following(tmp_path, RUST)
    await project.save(src___bounds__rs=bounds, src___shelf__rs=shelf)
    assert project.offered == {}


@pytest.mark.parametrize(
    "desk",
    [
        # The new name is another thing there.
        RUST["src/desk.rs"] + "\nconst BOOKS: u32 = 1;\n",
        "use crate::shelf;\n\npub fn free(n: u32) -> u32 {\n    shelf::MOST_BOOKS - n\n}\n",
    ],
)
async def test_a_use_that_cannot_be_renamed_surely_is_left(tmp_path, desk):
    project = following(tmp_path, {**RUST, "src/desk.rs": desk})
    await project.save(src___bounds__rs=BOUNDS, src___shelf__rs=SHELF)
    assert project.offered == {}
