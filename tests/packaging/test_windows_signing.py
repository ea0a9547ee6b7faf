"""Signing by the command that the release machine names."""

import sys
from pathlib import Path

import pytest
from spark_dist import windows_signing
from spark_dist.windows_signing import VARIABLE, SigningError, command, sign

APPENDS = "import sys; open(sys.argv[1], 'ab').write(b'signed')"
COPIES = "import sys; open(sys.argv[2], 'wb').write(open(sys.argv[1], 'rb').read() + b'signed')"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "a program.exe"
    path.write_bytes(b"MZ")
    return path


def test_without_a_command_nothing_is_to_be_signed() -> None:
    assert command({}) == ()
    assert command({VARIABLE: "  "}) == ()


def test_a_command_that_names_no_file_is_refused() -> None:
    with pytest.raises(SigningError, match=r"does not name \{file\}"):
        command({VARIABLE: "signtool sign /fd SHA256"})


def test_words_in_quotes_stay_together() -> None:
    words = command({VARIABLE: "sign -n 'Spark Desktop' {file}"})
    assert words == ("sign", "-n", "Spark Desktop", "{file}")


def test_a_tool_may_sign_in_place(program: Path) -> None:
    sign(program, (sys.executable, "-c", APPENDS, "{file}"))
    assert program.read_bytes() == b"MZsigned"


def test_a_tool_may_write_another_file_which_takes_the_place(program: Path) -> None:
    sign(program, (sys.executable, "-c", COPIES, "{file}", "{signed}"))
    assert program.read_bytes() == b"MZsigned"
    assert [path.name for path in program.parent.iterdir()] == [program.name]


def test_a_tool_that_fails_leaves_the_file_and_is_quoted(program: Path) -> None:
    fails = "import sys; open(sys.argv[2], 'w').close(); sys.exit('no key here')"
    with pytest.raises(SigningError, match="no key here"):
        sign(program, (sys.executable, "-c", fails, "{file}", "{signed}"))
    assert program.read_bytes() == b"MZ"
    assert [path.name for path in program.parent.iterdir()] == [program.name]


def test_a_tool_that_writes_nothing_is_told(program: Path) -> None:
    with pytest.raises(SigningError, match=r"wrote no a program\.exe\.signed"):
        sign(program, (sys.executable, "-c", "", "{file}", "{signed}"))


def test_a_tool_that_is_missing_is_told(program: Path) -> None:
    with pytest.raises(SigningError, match="cannot be started"):
        sign(program, ("/nowhere/signtool", "{file}"))


def test_nsis_is_told_to_run_this_module_on_the_uninstaller() -> None:
    assert windows_signing.finalizer() == (
        f'\'"{sys.executable}" -m spark_dist.windows_signing "%1"\''
    )


def test_the_module_ends_with_an_exit_code(
    program: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(VARIABLE, f'"{sys.executable}" -c "{APPENDS}" {{file}}')
    assert windows_signing.main([str(program)]) == 0
    assert program.read_bytes() == b"MZsigned"
    monkeypatch.setenv(VARIABLE, "/nowhere/signtool {file}")
    assert windows_signing.main([str(program)]) == 1
    assert "cannot be started" in capsys.readouterr().err
