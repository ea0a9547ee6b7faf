"""Whether a Windows tree has all that its programs and libraries load."""

import sys
from pathlib import Path

import pytest
from pe_files import pe_bytes
from spark_dist.pe_file import PeFile
from spark_dist.pe_imports import check_tree, closure_of, main, reachable, system_dlls

SYSTEM = frozenset({"kernel32.dll", "user32.dll"})


def loading(*imports: str, delayed: tuple[str, ...] = ()) -> PeFile:
    return PeFile(imports, delayed, ())


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "lib").mkdir()
    (tmp_path / "program.exe").write_bytes(pe_bytes(("Kernel32.dll", "own.dll")))
    (tmp_path / "lib" / "OWN.DLL").write_bytes(pe_bytes(("api-ms-win-crt-heap-l1-1-0.dll",)))
    (tmp_path / "lib" / "notes.txt").write_text("no library")
    return tmp_path


def test_a_library_is_found_in_the_tree_whatever_its_folder_and_its_case(tree):
    found = check_tree(tree, SYSTEM)
    assert found.files == ("lib/OWN.DLL", "program.exe")
    assert found.missing == ()
    assert found.system == ("api-ms-win-crt-heap-l1-1-0.dll", "kernel32.dll")


def test_what_is_nowhere_is_told_with_who_loads_it(tree):
    (tree / "module.pyd").write_bytes(pe_bytes(("user32.dll", "gone.dll"), ("late.dll",)))
    missing = check_tree(tree, SYSTEM).missing
    assert [str(one) for one in missing] == [
        "module.pyd loads gone.dll",
        "module.pyd loads late.dll later",
    ]


def test_a_library_of_windows_that_is_not_listed_is_missing():
    found = closure_of({"a.dll": loading("winhttp.dll")}, SYSTEM)
    assert [one.library for one in found.missing] == ["winhttp.dll"]


def test_what_roots_load_is_followed_to_its_end():
    files = {
        "plugin.dll": loading("core.dll"),
        "core.dll": loading("kernel32.dll", "base.dll"),
        "base.dll": loading(delayed=("core.dll",)),
        "unused.dll": loading("base.dll"),
    }
    assert reachable(["plugin.dll"], files) == {"plugin.dll", "core.dll", "base.dll"}


def test_the_list_of_windows_has_names_without_their_comments():
    listed = system_dlls()
    assert {"kernel32.dll", "icuuc.dll"} <= listed
    assert all(name.endswith(".dll") and name == name.lower() for name in listed)
    # Ours to bring, as is all of the C++ runtime.
    assert not any(name.startswith(("msvcp", "vcruntime", "python")) for name in listed)


def test_the_command_says_what_is_missing_and_fails(tree, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["pe_imports", str(tree)])
    assert main() == 0
    (tree / "module.pyd").write_bytes(pe_bytes(("gone.dll",)))
    assert main() == 1
    assert "module.pyd loads gone.dll" in capsys.readouterr().out
    (tree / "module.pyd").write_bytes(b"MZ")
    assert main() == 1
    assert "module.pyd is no 64-bit Windows program" in capsys.readouterr().err
