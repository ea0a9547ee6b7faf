"""What is read of Windows programs and libraries."""

import shutil
import subprocess
from pathlib import Path

import pytest
from pe_files import pe_bytes
from spark_dist.pe_file import PeError, read_pe

COMPILER = shutil.which("x86_64-w64-mingw32-gcc-posix")


def library(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "a.dll"
    path.write_bytes(data)
    return path


def test_imports_delayed_imports_and_exports_are_told_apart(tmp_path):
    made = pe_bytes(("KERNEL32.dll", "Own.dll"), ("later.dll",), ("first", "second"))
    file = read_pe(library(tmp_path, made))
    assert file.imports == ("kernel32.dll", "own.dll")
    assert file.delayed == ("later.dll",)
    assert file.exports == ("first", "second")


def test_a_library_without_tables_loads_and_exports_nothing(tmp_path):
    file = read_pe(library(tmp_path, pe_bytes()))
    assert (file.imports, file.delayed, file.exports) == ((), (), ())


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda data: b"\x7fELF" + data[4:], "does not begin with MZ"),
        (lambda data: data.replace(b"PE\0\0", b"NE\0\0"), "has no PE header"),
        (lambda data: data.replace(b"\x0b\x02", b"\x0b\x01", 1), "32-bit"),
        (lambda data: data[:0x60], "unpack_from"),
        (lambda data: data[:0x200] + b"a" * (len(data) - 0x200), "none of its sections"),
        (lambda _data: b"", "does not begin with MZ"),
    ],
)
def test_what_is_no_whole_library_is_named_with_the_reason(tmp_path, damage, reason):
    path = library(tmp_path, damage(pe_bytes(("kernel32.dll",))))
    with pytest.raises(PeError, match=reason) as error:
        read_pe(path)
    assert str(path) in str(error.value)


@pytest.mark.skipif(COMPILER is None, reason="there is no compiler for Windows here")
def test_a_compilers_library_is_read(tmp_path):
    (tmp_path / "a.c").write_text(
        "#include <windows.h>\n__declspec(dllexport) DWORD now(void) { return GetTickCount(); }\n"
    )
    assert COMPILER is not None
    command = [COMPILER, "-shared", "a.c", "-o", "a.dll"]
    subprocess.run(command, cwd=tmp_path, check=True)
    file = read_pe(tmp_path / "a.dll")
    assert "kernel32.dll" in file.imports
    assert file.exports == ("now",)
