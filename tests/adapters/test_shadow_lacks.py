"""Which files of the workspace a failed program missed in its copy."""

from pathlib import Path

import pytest

from spark_desktop.adapters.shadow_lacks import lacking


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    root, shadow = tmp_path / "root", tmp_path / "shadow"
    for name in ("sub/here.txt", "sub/made out.txt", "big.bin", "build/x", ".git/HEAD", ".venv/p"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")
    (shadow / "sub").mkdir(parents=True)
    (shadow / "sub" / "here.txt").write_text("x")
    return root, shadow


@pytest.mark.parametrize(
    ("output", "folder", "expected"),
    [
        ("FileNotFoundError: [Errno 2] No such file or directory: 'big.bin'", "", ("big.bin",)),
        ("No such file or directory: 'made out.txt'", "sub", ("sub/made out.txt",)),
        ("No such file or directory: './big.bin'", "", ("big.bin",)),
        ("Error: ENOENT: no such file or directory, open '../big.bin'", "sub", ("big.bin",)),
        ("open big.bin: no such file or directory", "sub", ("big.bin",)),
        ("cat: sub/made: No such file or directory", "", ()),
        ("cat: sub/here.txt: No such file or directory", "", ()),
        ("fatal: not a git repository (or any of the parent directories): .git", "", (".git",)),
        ("fatal: not a git repository (or any parent up to mount point /)", "sub", (".git",)),
        ("build failed: the symbol was not found", "", ()),
        ("sh: 'build': not found\nsh: build/x: not found", "", ("build", "build/x")),
        (".venv/p:3: FileNotFoundError: none", "", ()),
        ("AssertionError: 'big.bin' is wrong", "", ()),
        ("not found: '/etc/passwd' '../../etc' '.' '..' ''", "", ()),
        ("not found: 'a\0b' '" + "x" * 5000 + "'", "", ()),
        ("", "", ()),
    ],
)
def test_what_an_output_misses_is_told_where_only_the_workspace_has_it(
    places, output, folder, expected
):
    assert lacking(output, *places, folder, (".venv",)) == expected


def test_no_more_than_a_few_are_told(places):
    root, _ = places
    for number in range(9):
        (root / f"{number}.x").write_text("x")
    output = "\n".join(f"not found: {number}.x" for number in range(9))
    assert lacking(output, *places, "") == ("0.x", "1.x", "2.x")
