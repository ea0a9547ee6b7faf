import os
import shutil
import subprocess
from pathlib import Path

import pytest

from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.domain.workspace import IgnoreReason


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def reason(root: Path, path: str) -> IgnoreReason | None:
    found = IgnoreRules(root).check(path)
    return found.reason if found else None


@pytest.mark.parametrize(
    "path", [".git/HEAD", "node_modules/a/b.js", "src/__pycache__/a.pyc", "x/.venv/bin/a", "a.py~",
             "dist/a.js", "build/a.py", "a.egg-info/PKG", ".a.py.swp", "4913", "src/.#a.py"],
)  # fmt: skip
def test_what_tools_make_is_ignored_by_default(tmp_path: Path, path: str) -> None:
    assert reason(tmp_path, path) is IgnoreReason.DEFAULT


@pytest.mark.parametrize(
    "path", [".env", "a/.env.local", "server.pem", "SERVER.KEY", "id_rsa", "id_ed25519.bak",
             "credentials", "credentials.json", ".netrc", "home/.ssh/config", "prod.env", ".envrc",
             "config/secrets.yml", "secrets.json"],
)  # fmt: skip
def test_what_may_hold_secrets_is_left_alone(tmp_path: Path, path: str) -> None:
    assert reason(tmp_path, path) is IgnoreReason.SECRET
    assert IgnoreRules(tmp_path).secret(path)


@pytest.mark.parametrize(
    "path", [".env.example", ".envrc.sample", "secrets.py", "env", "environment.py",
             "key.py", "keys/a.py", "id_rsa.pub", "build", "dist",
             ".gitignore", ".github/workflows/a.yml", "credentials_test/a.py", "package-lock.json"],
)  # fmt: skip
def test_what_only_looks_like_it_is_watched(tmp_path: Path, path: str) -> None:
    assert reason(tmp_path, path) is None
    assert not IgnoreRules(tmp_path).secret(path)


def test_the_detail_names_the_pattern_and_the_file(tmp_path: Path) -> None:
    write(tmp_path, {"src/.gitignore": "# made\n*.gen.py\n"})
    found = IgnoreRules(tmp_path).check("src/deep/a.gen.py")
    assert found is not None
    assert (found.path, found.detail) == ("src/deep/a.gen.py", "*.gen.py in src/.gitignore")


def test_a_changed_gitignore_counts_at_once(tmp_path: Path) -> None:
    rules = IgnoreRules(tmp_path)
    assert rules.check("a.log") is None
    write(tmp_path, {".gitignore": "*.log\n"})
    assert rules.check("a.log") is not None
    write(tmp_path, {".gitignore": "*.txt or so\n"})
    assert rules.check("a.log") is None
    (tmp_path / ".gitignore").write_text("*.log\n")
    (tmp_path / ".gitignore").unlink()
    assert rules.check("a.log") is None


def test_a_negation_brings_a_default_folder_back_but_never_a_secret(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "!build/\n!.env\n!.git\n"})
    assert reason(tmp_path, "build/a.py") is None
    assert reason(tmp_path, ".env") is IgnoreReason.SECRET
    assert reason(tmp_path, ".git/HEAD") is IgnoreReason.DEFAULT


def test_a_pattern_that_cannot_be_read_does_not_spoil_the_others(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_bytes(b"\xef\xbb\xbf*.a\n!\n\xff\xfe\n*.b\n")
    assert reason(tmp_path, "x.a") is IgnoreReason.GITIGNORE
    assert reason(tmp_path, "x.b") is IgnoreReason.GITIGNORE
    assert reason(tmp_path, "x.c") is None


def test_a_worktree_has_the_excludes_of_its_repository(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "main/.git/info/exclude": "*.local\n",
            "main/.git/worktrees/w/commondir": "../..\n",
            "w/.git": f"gitdir: {tmp_path}/main/.git/worktrees/w\n",
        },
    )
    assert reason(tmp_path / "w", "a.local") is IgnoreReason.GITIGNORE


def test_an_opened_folder_that_its_repository_ignores_is_watched(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "build/\n*.log\n", ".git/HEAD": "", "build/ws/a.py": ""})
    assert reason(tmp_path / "build" / "ws", "a.py") is None
    assert IgnoreRules(tmp_path / "build" / "ws").files() == ("a.py",)


def test_the_rules_above_an_opened_folder_count(tmp_path: Path) -> None:
    write(tmp_path, {".git/HEAD": "", ".gitignore": "*.log\n/sub/top.txt\n", "sub/.gitignore": ""})
    assert reason(tmp_path / "sub", "deep/a.log") is IgnoreReason.GITIGNORE
    assert reason(tmp_path / "sub", "top.txt") is IgnoreReason.GITIGNORE
    assert reason(tmp_path / "sub", "deep/top.txt") is None


FILES = [
    "a.log", "keep.log", "docs/a.log", "docs/keep.log", "foo/x", "foo/bar/y", "foo/bar/z.tmp",
    "deep/one/two/three.c", "deep/three.c", "out/a", "src/out/a", "src/out2", "spaced name.txt",
    "src/only/here.txt", "only/here.txt", "ex.cluded", "src/ex.cluded", "a#b", "#c", "x1", "x2",
]  # fmt: skip
RULES = {
    ".gitignore": "*.log\n!keep.log\n/foo/*\n!/foo/bar/\n**/two/\n/out\nspaced\\ name.txt\n\\#c\n"
    "x[12]\n!x2\n",
    "docs/.gitignore": "keep.log\n",
    "foo/bar/.gitignore": "*.tmp\n!../x\n",
    "src/.gitignore": "/only/here.txt\nout2/\n!ex.cluded\n",
    ".git/info/exclude": "*.cluded\n",
}


@pytest.mark.skipif(shutil.which("git") is None, reason="git is what we compare with")
def test_the_answers_are_those_of_git(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys(FILES, "x"))
    plain = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    environment = {**os.environ, **plain}
    subprocess.run(["git", "init", "-q", tmp_path], check=True, env=environment)
    write(tmp_path, RULES)
    listed = subprocess.run(
        ["git", "-C", tmp_path, "ls-files", "-z", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    ).stdout.split("\0")
    assert set(IgnoreRules(tmp_path).files()) == {path for path in listed if path}
    answers = {path: reason(tmp_path, path) is None for path in FILES}
    assert answers == {path: path in listed for path in FILES}


def test_links_to_folders_are_not_entered(tmp_path: Path) -> None:
    write(tmp_path, {"src/a.py": "x"})
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "src" / "b.py").symlink_to("a.py")
    (tmp_path / "dangling").symlink_to("nowhere")
    assert IgnoreRules(tmp_path).files() == ("src/a.py", "src/b.py")


def test_the_list_of_files_has_a_limit_and_prefers_shallow_ones(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys(("a/b/1.py", "a/2.py", "z.py"), "x"))
    assert IgnoreRules(tmp_path).files(limit=2) == ("a/2.py", "z.py")


def test_the_files_below_a_folder_follow_the_rules_above_it(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "*.log\n", "a/b/1.py": "", "a/b/1.log": "", "c/2.py": ""})
    rules = IgnoreRules(tmp_path)
    assert rules.files("a/b") == ("a/b/1.py",)
    assert rules.files("node_modules/a") == ()
    assert rules.folders() == ("a", "c")


def test_changes_in_ignored_folders_and_of_temporary_files_are_silent(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "*.log\n"})
    rules = IgnoreRules(tmp_path)
    silent = ["node_modules/a.js", ".git/index", "src/a.py~", "src/.spark-1-ff.tmp", ".ssh/config"]
    assert [path for path in silent if not rules.silent(path)] == []
    assert not any(map(rules.silent, ["a.log", "src/a.py", ".env"]))


def test_a_vanished_folder_has_no_files(tmp_path: Path) -> None:
    assert IgnoreRules(tmp_path / "gone").files() == ()


def test_what_is_left_out_for_its_name_can_be_named(tmp_path: Path) -> None:
    write(tmp_path, {".env": "", "src/a.pem": "", "src/a.py": "", "home/.ssh/id_rsa": ""})
    write(tmp_path, {"node_modules/b.pem": ""})
    rules = IgnoreRules(tmp_path)
    assert rules.secrets() == (".env", "home/.ssh/", "src/a.pem")
    assert rules.secrets("src") == ("src/a.pem",)
    assert rules.secrets("node_modules") == ()
    assert len(rules.secrets(limit=1)) == 1


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_a_link_that_leads_to_itself_is_no_file_and_hides_no_other(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "", "src/b.py": ""})
    for place in ("loop", "src/loop.py"):
        (tmp_path / place).symlink_to(Path(place).name)
    assert IgnoreRules(tmp_path).files() == ("a.py", "src/b.py")
