import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.path_rules import plain_path
from spark_desktop.domain.refusal_prompts import told_to_model
from spark_desktop.domain.refusals import RefusalReason, Refused

OUTSIDE, GIT = RefusalReason.OUTSIDE, RefusalReason.VERSION_CONTROL
NAME, SECRET = RefusalReason.BAD_NAME, RefusalReason.SECRET
# Paths that nothing on a disk is needed to refuse; tests/adapters/test_path_guard.py has the rest.
HOSTILE = [
    ("/etc/passwd", OUTSIDE),
    ("//server/share/a.py", OUTSIDE),
    ("\\\\server\\share\\a.py", OUTSIDE),
    ("\\\\?\\C:\\a.py", OUTSIDE),
    ("\\a.py", OUTSIDE),
    ("C:\\Users\\a.py", OUTSIDE),
    ("c:/a.py", OUTSIDE),
    ("C:a.py", OUTSIDE),
    ("C\uff1a/a.py", OUTSIDE),
    ("file:///etc/passwd", OUTSIDE),
    ("~/a.py", OUTSIDE),
    ("~root/a.py", OUTSIDE),
    ("..", OUTSIDE),
    ("../a.py", OUTSIDE),
    ("src/../../a.py", OUTSIDE),
    ("src/../a.py", OUTSIDE),
    ("src\\..\\a.py", OUTSIDE),
    ("src/.. /a.py", OUTSIDE),
    ("src/..../a.py", OUTSIDE),
    ("src/.../a.py", OUTSIDE),
    ("..\u200d/a.py", OUTSIDE),
    ("\uff0e\uff0e/a.py", OUTSIDE),
    ("\u2025/a.py", OUTSIDE),
    ("..\uff0fa.py", OUTSIDE),
    ("\uff0fetc/passwd", OUTSIDE),
    ("src/\u2026/a.py", OUTSIDE),
    (".git/config", GIT),
    (".git", GIT),
    ("./.git/hooks/pre-commit", GIT),
    (".GIT/config", GIT),
    (".Git/config", GIT),
    (".git /config", GIT),
    (".git./config", GIT),
    (".git. . /config", GIT),
    (".git\\config", GIT),
    ("src\\.git\\config", GIT),
    ("git~1/config", GIT),
    ("GIT~2/config", GIT),
    (".git::$INDEX_ALLOCATION/config", GIT),
    (".git:x", GIT),
    (".g\u200cit/config", GIT),
    (".gi\u200dt/config", GIT),
    (".\uff27it/config", GIT),
    ("\uff0egit/config", GIT),
    ("vendor/lib/.git/hooks/post-checkout", GIT),
    ("sub/.git", GIT),
    (".hg/hgrc", GIT),
    (".svn/wc.db", GIT),
    (".jj/repo/config.toml", GIT),
    (".\u017fvn/wc.db", GIT),
    ("", NAME),
    (".", NAME),
    ("./", NAME),
    ("src/", NAME),
    ("src\\", NAME),
    ("a.py\0.txt", NAME),
    ("a\n.py", NAME),
    ("a\t.py", NAME),
    ("a\x7f.py", NAME),
    ("a\x85.py", NAME),
    ("a\u2028.py", NAME),
    ("a\u202egnp.py", NAME),
    (".g\ufeffit/config", NAME),
    ("a\u200b.py", NAME),
    ("a\udc80.py", NAME),
    ("a.py.", NAME),
    ("a.py ", NAME),
    ("src./a.py", NAME),
    ("src /a.py", NAME),
    ("a.py:stream", NAME),
    ("a.py::$DATA", NAME),
    ("a" * 256, NAME),
    ("é" * 128, NAME),
    ("/".join(["abc"] * 1200), NAME),
    (".env", SECRET),
    (".ENV", SECRET),
    (".env.", SECRET),
    (".env::$DATA", SECRET),
    ("\uff0eenv", SECRET),
    ("conf/.env.production", SECRET),
    (".ssh/config", SECRET),
    (".SSH\\id_rsa", SECRET),
    ("keys/server.pem", SECRET),
    (".aws /credentials", SECRET),
]
ORDINARY = [
    ("a.py", "a.py"),
    ("./a.py", "a.py"),
    ("src//a.py", "src/a.py"),
    ("src/./a.py", "src/a.py"),
    ("src\\lib\\a.py", "src/lib/a.py"),
    (".gitignore", ".gitignore"),
    (".gitmodules", ".gitmodules"),
    (".gitattributes", ".gitattributes"),
    (".github/workflows/ci.yml", ".github/workflows/ci.yml"),
    ("git/config", "git/config"),
    ("a..b.py", "a..b.py"),
    ("..a.py", "..a.py"),
    ("a b.py", "a b.py"),
    ("schön/日本語.py", "schön/日本語.py"),
    ("\u0645\u06cc\u200c\u062e.txt", "\u0645\u06cc\u200c\u062e.txt"),
    ("a~1.py", "a~1.py"),
    ("src/~a.py", "src/~a.py"),
    ("aux.c", "aux.c"),
    (".env.example", ".env.example"),
    ("[id].tsx", "[id].tsx"),
]


@pytest.mark.parametrize(("written", "reason"), HOSTILE)
def test_a_path_that_may_lead_elsewhere_is_refused(written: str, reason: RefusalReason) -> None:
    found = plain_path(written)
    assert isinstance(found, Refused)
    assert (found.reason, found.path) == (reason, written)
    assert str(reason.value) in found.told
    assert "\n" not in told_to_model(found)


@pytest.mark.parametrize(("written", "path"), ORDINARY)
def test_an_ordinary_path_is_written_as_the_workspace_does(written: str, path: str) -> None:
    assert plain_path(written) == path


@pytest.mark.parametrize("written", ["aux.c", "src/NUL", "com1.txt", "lpt¹", "a?.py", "a|b", "<a>"])
def test_names_that_windows_cannot_have_are_refused_there(written: str) -> None:
    found = plain_path(written, is_windows=True)
    assert isinstance(found, Refused)
    assert found.reason is NAME
    assert plain_path(written) == written


@given(st.text(max_size=30) | st.text(alphabet="./\\ :~gitGIT\u200c\uff0e\0", max_size=20))
def test_every_path_is_taken_or_refused_and_taken_again(written: str) -> None:
    found = plain_path(written)
    if isinstance(found, str):
        assert not found.startswith("/")
        assert not {"", ".", "..", ".git"} & set(found.casefold().split("/"))
        assert plain_path(found) == found
