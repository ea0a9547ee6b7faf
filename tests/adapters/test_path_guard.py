import os
import socket
import sys
import unicodedata
from pathlib import Path

import pytest

from spark_desktop.adapters.path_guard import DiskPathGuard
from spark_desktop.domain.refusals import RefusalReason, Refused
from spark_desktop.services.path_guard import Admitted
from tests.domain.test_path_rules import HOSTILE

NFC, NFD = "caf\u00e9.py", "cafe\u0301.py"
posix = pytest.mark.skipif(sys.platform == "win32", reason="makes links and odd names")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _made(tmp_path_factory.mktemp("guard"))


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    return _made(tmp_path)


def _made(tmp_path: Path) -> Path:
    outside = tmp_path / "outside"
    (outside / "deep").mkdir(parents=True)
    (outside / "a.py").write_text("a\n")
    root = tmp_path / "project"
    (root / "src").mkdir(parents=True)
    (root / "src" / "a.py").write_text("a\n")
    (root / "empty.py").write_text("")
    (root / "picture.py").write_bytes(b"\x89PNG\0\0")
    (root / "large.py").write_text("x" * 2000)
    (root / ".env").write_text("KEY=1\n")
    (root / NFC).write_text("a\n")
    git = root / ".git"
    git.mkdir()
    (git / "config").write_text("[core]\n")
    for name in ("bare.git", "Bare"):
        (root / name / "hooks").mkdir(parents=True)
        (root / name / "objects").mkdir()
        (root / name / "refs").mkdir()
        (root / name / "HEAD").write_text("ref: refs/heads/main\n")
    meta = root / "meta"
    meta.mkdir()
    for name in ("HEAD", "commondir", "gitdir"):
        (meta / name).write_text("x\n")
    work = root / "worktree"
    work.mkdir()
    (work / ".git").write_text("gitdir: ../meta\n")
    (work / "a.py").write_text("a\n")
    if sys.platform != "win32":
        _links(root, outside)
    return root


def _links(root: Path, outside: Path) -> None:
    for name, target in (
        ("out", outside),
        ("out.py", outside / "a.py"),
        ("relative", Path("../outside")),
        ("chain", Path("out")),
        ("src/up", Path("../../outside/deep")),
        ("new-outside.py", outside / "new.py"),
        ("nowhere.py", Path("gone.py")),
        ("loop.py", Path("loop.py")),
        ("loop-a", Path("loop-b")),
        ("loop-b", Path("loop-a")),
        ("to-git", Path(".git")),
        ("notes.txt", Path(".env")),
        ("settings", Path(".git/config")),
        ("inside.py", Path("src/a.py")),
        ("inside", Path("src")),
        ("self", Path()),
        ("back", Path("../project/src")),
        ("etc", Path("/etc")),
        ("device", Path("/dev/zero")),
    ):
        (root / name).symlink_to(target)
    os.mkfifo(root / "pipe")


async def admit(folder: Path, written: str) -> Admitted | Refused:
    return await DiskPathGuard(folder, max_bytes=1000).admit(written)


@pytest.mark.parametrize(("written", "reason"), HOSTILE)
async def test_what_the_text_of_a_path_tells_is_refused_without_the_disk(
    folder: Path, written: str, reason: RefusalReason
) -> None:
    found = await admit(folder, written)
    assert isinstance(found, Refused)
    assert found.reason is reason


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        pytest.param(written, reason, marks=posix)
        for written, reason in (
            ("out/a.py", RefusalReason.OUTSIDE),
            ("out/new.py", RefusalReason.OUTSIDE),
            ("out/new/deeper.py", RefusalReason.OUTSIDE),
            ("out.py", RefusalReason.OUTSIDE),
            ("relative/a.py", RefusalReason.OUTSIDE),
            ("chain/a.py", RefusalReason.OUTSIDE),
            ("src/up/b.py", RefusalReason.OUTSIDE),
            ("inside/up/b.py", RefusalReason.OUTSIDE),
            ("new-outside.py", RefusalReason.OUTSIDE),
            ("etc/passwd", RefusalReason.OUTSIDE),
            ("device", RefusalReason.OUTSIDE),
            ("self/out/a.py", RefusalReason.OUTSIDE),
            ("nowhere.py", RefusalReason.UNREADABLE),
            ("loop.py", RefusalReason.UNREADABLE),
            ("loop-a/b.py", RefusalReason.BAD_NAME),
            ("to-git/config", RefusalReason.VERSION_CONTROL),
            ("to-git/hooks/new", RefusalReason.VERSION_CONTROL),
            ("self/to-git/config", RefusalReason.VERSION_CONTROL),
            ("settings", RefusalReason.VERSION_CONTROL),
            ("notes.txt", RefusalReason.SECRET),
            ("self/notes.txt", RefusalReason.SECRET),
            ("pipe", RefusalReason.BAD_NAME),
        )
    ],
)
async def test_a_link_counts_for_where_it_leads(
    folder: Path, written: str, reason: RefusalReason
) -> None:
    found = await admit(folder, written)
    assert isinstance(found, Refused)
    assert (found.reason, found.path) == (reason, written)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("bare.git/hooks/post-receive", RefusalReason.VERSION_CONTROL),
        ("Bare/hooks/post-receive", RefusalReason.VERSION_CONTROL),
        ("Bare/config", RefusalReason.VERSION_CONTROL),
        ("meta/HEAD", RefusalReason.VERSION_CONTROL),
        ("worktree/.git", RefusalReason.VERSION_CONTROL),
        ("picture.py", RefusalReason.BINARY),
        ("large.py", RefusalReason.TOO_LARGE),
        ("src", RefusalReason.BAD_NAME),
        ("src/a.py/b.py", RefusalReason.BAD_NAME),
    ],
)
async def test_what_is_there_decides(folder: Path, written: str, reason: RefusalReason) -> None:
    found = await admit(folder, written)
    assert isinstance(found, Refused)
    assert (found.reason, found.path) == (reason, written)


@pytest.mark.parametrize(
    ("written", "path", "exists"),
    [
        ("src/a.py", "src/a.py", True),
        ("./src\\a.py", "src/a.py", True),
        ("empty.py", "empty.py", True),
        ("worktree/a.py", "worktree/a.py", True),
        ("src/new.py", "src/new.py", False),
        ("new/deeper/a.py", "new/deeper/a.py", False),
        pytest.param("inside.py", "inside.py", True, marks=posix),
        pytest.param("inside/a.py", "inside/a.py", True, marks=posix),
        pytest.param("inside/new.py", "inside/new.py", False, marks=posix),
        pytest.param("back/a.py", "back/a.py", True, marks=posix),
        (NFC, NFC, True),
    ],
)
async def test_text_files_and_places_for_them_are_admitted(
    folder: Path, written: str, path: str, exists: bool
) -> None:
    assert await admit(folder, written) == Admitted(written, path, exists)


async def test_another_unicode_form_is_the_file_that_is_there(folder: Path) -> None:
    (there,) = (name for name in os.listdir(folder) if name.startswith("caf"))  # noqa: PTH208
    other = NFD if there == NFC else NFC
    assert unicodedata.normalize("NFC", other) == NFC
    assert await admit(folder, other) == Admitted(other, there, True)


@pytest.mark.parametrize("written", ["SRC/a.py", "src/A.py", "src/\uff41.py", "Src/new.py"])
async def test_another_case_is_the_file_that_is_there_or_refused(
    folder: Path, written: str
) -> None:
    found = await admit(folder, written)
    if (folder / "SRC").exists() and "\uff41" not in written:
        assert isinstance(found, Admitted)
        assert found.path in ("src/a.py", "src/new.py")
    else:
        assert isinstance(found, Refused)
        assert found.reason is RefusalReason.LOOKALIKE


async def test_of_two_names_that_differ_in_case_each_is_itself(fresh: Path) -> None:
    (fresh / "src" / "A.py").write_text("other\n")
    names = {path.name for path in (fresh / "src").iterdir()}
    for name in names & {"a.py", "A.py"}:
        assert await admit(fresh, f"src/{name}") == Admitted(f"src/{name}", f"src/{name}", True)


@posix
async def test_a_socket_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("s.sock")
        found = await admit(tmp_path, "s.sock")
    assert isinstance(found, Refused)
    assert found.reason is RefusalReason.BAD_NAME


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root reads everything")
async def test_a_folder_that_cannot_be_read_is_told(fresh: Path) -> None:
    (fresh / "src").chmod(0)
    try:
        found = await admit(fresh, "src/a.py")
    finally:
        (fresh / "src").chmod(0o755)
    assert isinstance(found, Refused)
    assert found.reason is RefusalReason.UNREADABLE
    assert "permission denied" in found.told.casefold()


@posix
async def test_the_workspace_itself_may_be_reached_by_a_link(fresh: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(fresh)
    assert await admit(tmp_path / "link", "src/a.py") == Admitted("src/a.py", "src/a.py", True)
