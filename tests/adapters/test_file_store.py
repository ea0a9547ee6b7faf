import asyncio
import codecs
import os
import stat
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from writing_store import WritingStore, close_databases

from spark_desktop.adapters.disk import Disk
from spark_desktop.adapters.file_store import LocalFileStore
from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.domain.errors import (
    FileChangedError,
    FileError,
    FileTooLargeError,
    NotTextError,
    OutsideWorkspaceError,
    ReadOnlyFileError,
    SecretFileError,
)
from spark_desktop.domain.patch import apply, compute
from spark_desktop.domain.text import SourceText, digest_of
from spark_desktop.domain.workspace import Ignored, IgnoreReason, Snapshot


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


@pytest.fixture
def store(root: Path) -> WritingStore:
    return WritingStore(root, max_bytes=10_000)


@pytest.fixture(autouse=True)
async def closed() -> AsyncIterator[None]:
    yield
    await close_databases()


def names_in(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*"))


async def rewrite(store: WritingStore, path: str, old: str, new: str) -> Snapshot:
    """Replace ``old`` by ``new`` in a file, as an accepted hunk does."""
    snapshot = await store.read(path)
    after = snapshot.text.content.replace(old, snapshot.text.in_style(new))
    patch = compute(path, snapshot.digest, snapshot.text.content, after)
    text = snapshot.text.with_content(apply(snapshot.text.content, patch.hunks))
    return await store.replace(path, text, snapshot.digest)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(b"a\r\nold\r\nz\r\n", b"a\r\nnew\r\nline\r\nz\r\n", id="CRLF"),
        pytest.param(b"a\rold\rz\r", b"a\rnew\rline\rz\r", id="CR"),
        pytest.param(b"a\nold\nb\r\nz\n", b"a\nnew\nline\nb\r\nz\n", id="mixed endings"),
        pytest.param(
            codecs.BOM_UTF8 + "ä\nold\nz\n".encode(),
            codecs.BOM_UTF8 + "ä\nnew\nline\nz\n".encode(),
            id="BOM",
        ),
        pytest.param(
            codecs.BOM_UTF16_LE + "ä\nold\n€\n".encode("utf-16-le"),
            codecs.BOM_UTF16_LE + "ä\nnew\nline\n€\n".encode("utf-16-le"),
            id="UTF-16 LE",
        ),
        pytest.param(
            codecs.BOM_UTF16_BE + "ä\r\nold\r\n€\r\n".encode("utf-16-be"),
            codecs.BOM_UTF16_BE + "ä\r\nnew\r\nline\r\n€\r\n".encode("utf-16-be"),
            id="UTF-16 BE with CRLF",
        ),
        pytest.param(b"caf\xe9\nold\n\xfcber\n", b"caf\xe9\nnew\nline\n\xfcber\n", id="Latin-1"),
        pytest.param(b"a\nold", b"a\nnew\nline", id="no final newline"),
        pytest.param(b"a\n\x0cold\nz", b"a\n\x0cnew\nline\nz", id="form feed"),
    ],
)
async def test_replacing_a_hunk_keeps_every_other_byte(
    root: Path, store: WritingStore, before: bytes, after: bytes
) -> None:
    (root / "a.txt").write_bytes(before)
    written = await rewrite(store, "a.txt", "old", "new\nline")
    assert (root / "a.txt").read_bytes() == after
    assert written.digest == digest_of(after)
    assert names_in(root) == ["a.txt"]


def test_what_was_written_is_read_back(root: Path) -> None:
    store = WritingStore(root)
    anything = st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\r\n")

    @settings(max_examples=50)  # each example waits for the disk
    @given(st.text(alphabet=anything))
    def law(text: str) -> None:
        (root / "a.txt").write_bytes(b"before")
        new = SourceText(text)

        async def write_and_read() -> Snapshot:
            await store.replace("a.txt", new, digest_of(b"before"))
            return await store.read("a.txt")

        assert asyncio.run(write_and_read()).text.encode() == new.encode()

    law()


async def test_an_empty_file_is_an_empty_text_that_can_be_filled(
    root: Path, store: WritingStore
) -> None:
    (root / "a.py").touch()
    snapshot = await store.read("a.py")
    assert snapshot.text.content == ""
    await store.replace("a.py", snapshot.text.with_content("x = 1\n"), snapshot.digest)
    assert (root / "a.py").read_bytes() == b"x = 1\n"


@pytest.mark.parametrize(
    "data", [b"\x7fELF\x01\x00", b"text with \x07", codecs.BOM_UTF16_LE + b"\x00\xd8"]
)
async def test_a_binary_file_is_refused_by_name(
    root: Path, store: WritingStore, data: bytes
) -> None:
    (root / "a.bin").write_bytes(data)
    with pytest.raises(NotTextError, match=r"a\.bin"):
        await store.read("a.bin")


async def test_a_file_over_the_limit_is_refused_with_both_sizes(
    root: Path, store: WritingStore
) -> None:
    (root / "a.txt").write_bytes(b"x" * 10_001)
    with pytest.raises(FileTooLargeError, match=r"a\.txt has 10,001 bytes, the limit is 10,000"):
        await store.read("a.txt")


async def test_a_missing_file_is_an_error_that_names_it(store: WritingStore) -> None:
    with pytest.raises(FileError, match=r"a\.py does not exist"):
        await store.read("a.py")


async def test_a_folder_and_a_pipe_are_no_files(root: Path, store: WritingStore) -> None:
    (root / "folder").mkdir()
    os.mkfifo(root / "pipe")
    for path in ("folder", "pipe", ""):
        with pytest.raises(FileError, match="is not a file"):
            await store.read(path)


@pytest.mark.parametrize("path", ["../secret", "/etc/hostname", "a/../../secret", "a\0b"])
async def test_a_path_that_leads_out_is_refused(store: WritingStore, path: str) -> None:
    with pytest.raises(OutsideWorkspaceError):
        await store.read(path)
    with pytest.raises(OutsideWorkspaceError):
        await store.replace(path, SourceText("x"), digest_of(b""))


async def test_a_link_stays_a_link_and_its_target_is_written(
    root: Path, store: WritingStore
) -> None:
    (root / "real").mkdir()
    (root / "real" / "a.py").write_text("old\n")
    (root / "link.py").symlink_to("real/a.py")
    written = await rewrite(store, "link.py", "old", "new")
    assert (root / "link.py").readlink() == Path("real/a.py")
    assert (root / "real" / "a.py").read_text() == "new\n"
    assert names_in(root) == ["link.py", "real", "real/a.py"]
    assert store.is_own_write("real/a.py", written.digest)
    assert store.is_own_write("link.py", written.digest)


async def test_of_several_names_of_a_file_its_own_one_stays(
    root: Path, store: WritingStore
) -> None:
    (root / "real").mkdir()
    (root / "real" / "z.py").write_text("x\n")
    (root / "other.py").write_text("x\n")
    (root / "a.py").symlink_to("real/z.py")
    (root / "b.py").symlink_to("a.py")
    (root / "hard.py").hardlink_to(root / "real" / "z.py")
    (root / "gone.py").symlink_to("nowhere.py")
    every = ("a.py", "b.py", "gone.py", "other.py", "real/z.py")
    assert await store.other_names(every) == {"a.py", "b.py"}
    assert await store.other_names(("a.py", "b.py", "other.py")) == {"b.py"}
    assert await store.other_names(("a.py", "hard.py", "real/z.py")) == {"a.py", "real/z.py"}
    assert await store.other_names(("../x.py", "other.py")) == frozenset()


async def test_a_link_out_of_the_workspace_is_not_followed(
    root: Path, store: WritingStore, tmp_path: Path
) -> None:
    (tmp_path / "outside.txt").write_text("mine\n")
    (root / "link.txt").symlink_to(tmp_path / "outside.txt")
    with pytest.raises(OutsideWorkspaceError):
        await store.replace("link.txt", SourceText("x\n"), digest_of(b"mine\n"))
    assert (tmp_path / "outside.txt").read_text() == "mine\n"
    ignored = await store.ignored("link.txt")
    assert ignored is not None
    assert ignored.reason is IgnoreReason.OUTSIDE
    assert await store.files() == ()


async def test_a_loop_of_links_is_an_error(root: Path, store: WritingStore) -> None:
    (root / "a").symlink_to("b")
    (root / "b").symlink_to("a")
    with pytest.raises(FileError, match="a cannot be read"):
        await store.read("a")


@pytest.mark.parametrize("mode", [0o444, 0o400, 0o555])
async def test_a_read_only_file_is_not_written(root: Path, store: WritingStore, mode: int) -> None:
    (root / "a.py").write_text("old\n")
    (root / "a.py").chmod(mode)
    with pytest.raises(ReadOnlyFileError, match=r"a\.py is read-only"):
        await store.replace("a.py", SourceText("new\n"), digest_of(b"old\n"))
    assert (root / "a.py").read_text() == "old\n"
    assert names_in(root) == ["a.py"]


async def test_a_file_in_a_read_only_folder_is_not_written(root: Path, store: WritingStore) -> None:
    (root / "sub").mkdir()
    (root / "sub" / "a.py").write_text("old\n")
    (root / "sub").chmod(0o555)
    try:
        with pytest.raises(ReadOnlyFileError, match="folder"):
            await store.replace("sub/a.py", SourceText("new\n"), digest_of(b"old\n"))
    finally:
        (root / "sub").chmod(0o755)
    assert (root / "sub" / "a.py").read_text() == "old\n"


@pytest.mark.parametrize("mode", [0o755, 0o600, 0o664])
async def test_the_mode_is_kept(root: Path, store: WritingStore, mode: int) -> None:
    (root / "a.sh").write_text("old\n")
    (root / "a.sh").chmod(mode)
    await rewrite(store, "a.sh", "old", "new")
    assert stat.S_IMODE((root / "a.sh").stat().st_mode) == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file to another user")
async def test_the_owner_is_kept(root: Path, store: WritingStore) -> None:
    (root / "a.py").write_text("old\n")
    os.chown(root / "a.py", 1234, 1235)
    await rewrite(store, "a.py", "old", "new")
    status = (root / "a.py").stat()
    assert (status.st_uid, status.st_gid) == (1234, 1235)


async def test_a_file_changed_since_it_was_read_is_not_overwritten(
    root: Path, store: WritingStore
) -> None:
    (root / "a.py").write_text("old\n")
    snapshot = await store.read("a.py")
    (root / "a.py").write_text("the user's\n")
    with pytest.raises(FileChangedError, match=r"a\.py was changed"):
        await store.replace("a.py", snapshot.text.with_content("new\n"), snapshot.digest)
    assert (root / "a.py").read_text() == "the user's\n"
    assert names_in(root) == ["a.py"]
    assert not store.is_own_write("a.py", digest_of(b"new\n"))


async def test_a_removed_file_is_not_made_again(root: Path, store: WritingStore) -> None:
    with pytest.raises(FileChangedError, match="was removed"):
        await store.replace("a.py", SourceText("new\n"), digest_of(b"old\n"))
    assert names_in(root) == []


def store_that_first(root: Path, action: Callable[[], object]) -> WritingStore:
    """Return a store whose disk is disturbed after the new bytes are written, before the rename."""

    def write(handle: int, data: bytes) -> int:
        action()
        return os.write(handle, data)

    return WritingStore(root, disk=Disk(write=write))


async def test_a_save_during_our_write_wins(root: Path) -> None:
    (root / "a.py").write_text("old\n")
    store = store_that_first(root, lambda: (root / "a.py").write_text("the user's\n"))
    with pytest.raises(FileChangedError):
        await store.replace("a.py", SourceText("new\n"), digest_of(b"old\n"))
    assert (root / "a.py").read_text() == "the user's\n"
    assert names_in(root) == ["a.py"]


async def test_a_link_turned_elsewhere_during_our_write_is_a_change(root: Path) -> None:
    (root / "a.py").write_text("old\n")
    (root / "b.py").write_text("old\n")
    (root / "link.py").symlink_to("a.py")

    def turn() -> None:
        (root / "link.py").unlink()
        (root / "link.py").symlink_to("b.py")

    with pytest.raises(FileChangedError):
        await store_that_first(root, turn).replace(
            "link.py", SourceText("new\n"), digest_of(b"old\n")
        )
    assert (root / "a.py").read_text() == (root / "b.py").read_text() == "old\n"


async def test_of_two_writes_for_the_same_base_one_is_refused(root: Path) -> None:
    (root / "a.py").write_text("old\n")
    both = threading.Barrier(2)

    def replace(source: Path, target: Path) -> None:
        with suppress(threading.BrokenBarrierError):  # the other write is held back, as it should
            both.wait(timeout=0.2)
        source.replace(target)

    store = WritingStore(root, disk=Disk(replace=replace))
    results = await asyncio.gather(
        *(store.replace("a.py", SourceText(f"{n}\n"), digest_of(b"old\n")) for n in range(2)),
        return_exceptions=True,
    )
    written = [result for result in results if isinstance(result, Snapshot)]
    assert len(written) == 1
    assert (root / "a.py").read_bytes() == written[0].text.encode()
    assert sum(isinstance(result, FileChangedError) for result in results) == 1


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (SourceText("€", encoding="latin-1"), NotTextError),
        (SourceText("a\0b"), NotTextError),
        (SourceText("x" * 10_001), FileTooLargeError),
    ],
)
async def test_a_text_that_could_not_be_read_again_is_not_written(
    root: Path, store: WritingStore, text: SourceText, error: type[Exception]
) -> None:
    (root / "a.txt").write_bytes(b"old")
    with pytest.raises(error):
        await store.replace("a.txt", text, digest_of(b"old"))
    assert (root / "a.txt").read_bytes() == b"old"


async def test_only_the_last_own_write_is_recognised(root: Path, store: WritingStore) -> None:
    (root / "a.py").write_text("1\n")
    second = await rewrite(store, "a.py", "1", "2")
    third = await rewrite(store, "a.py", "2", "3")
    assert not store.is_own_write("a.py", second.digest)
    assert store.is_own_write("a.py", third.digest)
    assert not store.is_own_write("b.py", third.digest)


@pytest.mark.parametrize(
    ("path", "data", "reason"),
    [
        (".env", b"KEY=1", IgnoreReason.SECRET),
        ("node_modules/a.js", b"x", IgnoreReason.DEFAULT),
        ("a.log", b"x", IgnoreReason.GITIGNORE),
        ("a.png", b"\x89PNG\r\n\x1a\n\0", IgnoreReason.BINARY),
        ("big.txt", b"x" * 10_001, IgnoreReason.TOO_LARGE),
        ("../a.py", b"x", IgnoreReason.OUTSIDE),
    ],
)
async def test_a_file_left_alone_has_its_reason(
    root: Path, store: WritingStore, path: str, data: bytes, reason: IgnoreReason
) -> None:
    (root / ".gitignore").write_text("*.log\n")
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_bytes(data)
    ignored = await store.ignored(path)
    assert ignored is not None
    assert (ignored.path, ignored.reason) == (path, reason)
    assert ignored.detail


async def test_a_link_to_a_secret_is_a_secret(root: Path, store: WritingStore) -> None:
    (root / ".env").write_text("KEY=1")
    (root / "notes.txt").symlink_to(".env")
    ignored = await store.ignored("notes.txt")
    assert ignored is not None
    assert (ignored.path, ignored.reason) == ("notes.txt", IgnoreReason.SECRET)


async def test_a_text_file_a_folder_and_a_missing_file_are_not_ignored(
    root: Path, store: WritingStore
) -> None:
    (root / "src").mkdir()
    (root / "src" / "a.py").write_text("x\n")
    for path in ("src/a.py", "src", "src/gone.py"):
        assert await store.ignored(path) is None


async def test_the_files_are_listed_sorted(root: Path, store: WritingStore) -> None:
    for path in ("b.py", "a/z.py", "a/.git/HEAD", "node_modules/x.js", ".env"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x\n")
    assert await store.files() == ("a/z.py", "b.py")
    assert store.root.samefile(root)


async def test_a_secret_is_not_even_read_also_by_another_name(
    root: Path, store: WritingStore
) -> None:
    (root / ".env").write_text("KEY=1")
    (root / "notes.txt").symlink_to(".env")
    (root / ".ssh").mkdir()
    (root / ".ssh" / "config").write_text("Host a")
    for path in (".env", "notes.txt", ".ssh/config", "./.env", "a//../.env"):
        with pytest.raises((SecretFileError, OutsideWorkspaceError)):
            await store.read(path)
    with pytest.raises(SecretFileError, match=r"notes\.txt may hold secrets.*\.env"):
        await store.read("notes.txt")


async def test_a_secret_that_the_user_named_is_read_and_its_name_is_told(
    root: Path, store: WritingStore
) -> None:
    (root / "src").mkdir()
    (root / "src" / ".env").write_text("KEY=1")
    assert (await store.read_secret("src/.env")).text.content == "KEY=1"
    assert await store.secrets() == await store.secrets("src") == ("src/.env",)
    with pytest.raises(OutsideWorkspaceError):
        await store.read_secret("../.env")


async def test_a_name_that_is_not_utf8_is_said_in_letters_that_can_be_shown(
    store: WritingStore,
) -> None:
    ignored = await store.ignored("caf\udce9.py")
    assert ignored == Ignored("caf?.py", IgnoreReason.DEFAULT, "its name is not UTF-8")


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
async def test_the_list_of_files_leaves_out_odd_names_and_links_to_themselves(
    root: Path, store: WritingStore
) -> None:
    (root / "a.py").write_text("")
    (root / "loop.py").symlink_to("loop.py")
    try:
        (root / "caf\udce9.py").write_text("")
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    assert await store.files() == ("a.py",)


async def test_two_windows_that_write_at_once_lose_no_line(root: Path) -> None:
    (root / "a.txt").write_text("")

    async def window(name: str) -> None:
        store = WritingStore(root)
        written = 0
        while written < 15:
            snapshot = await store.read("a.txt")
            text = snapshot.text.with_content(f"{snapshot.text.content}{name}{written}\n")
            with suppress(FileChangedError):
                await store.replace("a.txt", text, snapshot.digest)
                written += 1

    await asyncio.gather(window("a"), window("b"), window("c"))
    assert len(set((root / "a.txt").read_text().split())) == 45


async def test_a_folder_lists_its_own_files_however_many_there_are_elsewhere(
    root: Path, store: WritingStore
) -> None:
    for name in ("a/1.py", "a/2.py", "sub/deep/3.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x\n", encoding="utf-8")
    assert await store.files("sub") == ("sub/deep/3.py",)
    assert await store.files("none") == ()


async def test_a_folder_outside_or_behind_a_link_is_not_listed(
    root: Path, store: WritingStore
) -> None:
    (root / "sub").mkdir()
    (root / "sub" / "a.py").write_text("x\n", encoding="utf-8")
    (root / "link").symlink_to(root / "sub")
    assert await store.files("link") == ()
    for outside in ("..", "sub/../..", "/etc"):
        with pytest.raises(OutsideWorkspaceError):
            await store.files(outside)


async def test_a_glance_tells_of_many_files_what_a_look_at_each_does(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.log\ngone/\n")
    (tmp_path / "gone").mkdir()
    for name in ("a.py", "b.log", "gone/c.py"):
        (tmp_path / name).write_text("# two AI!\n")
    (tmp_path / "d.py").write_text("x = 1\n")
    (tmp_path / "e.py").write_bytes(b"x" * 200)
    store = LocalFileStore(tmp_path, IgnoreRules(tmp_path), max_bytes=100)
    paths = ["a.py", "b.log", "gone/c.py", "d.py", "e.py", "f.py", ".env", "../g.py"]
    glances = await store.glance(paths, ("AI!", "AI?"))
    assert [one.path for one in glances] == paths
    assert [one.ignored and one.ignored.reason for one in glances] == [
        None,
        IgnoreReason.GITIGNORE,
        IgnoreReason.GITIGNORE,
        *(None, None, None),
        IgnoreReason.SECRET,
        IgnoreReason.OUTSIDE,
    ]
    assert [one.is_marked for one in glances] == [True, *[False] * 7]
    assert glances[0].digest == (await store.read("a.py")).digest
    assert glances[4].digest == glances[5].digest == ""
