"""What is generated for the Windows installer, and that two builds give the same bytes."""

import re
import shutil
from pathlib import Path, PurePosixPath

import pytest
from packaging.version import Version
from spark_dist import facts, nsis

INSTALLER = Path(nsis.__file__).parents[1] / "windows" / "installer"
EPOCH = 1_700_000_000
FILES = {
    "python/Lib/модуль/$a.py": b"a",
    "python/b.dll": b"bb",
    "models/m.gguf": b"m" * 5000,
}
needs_makensis = pytest.mark.skipif(
    shutil.which("makensis") is None, reason="makensis is not installed (package nsis)"
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    for name, data in {**dict.fromkeys(nsis.PROGRAMS, b"MZ"), **FILES}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def setup_of(tree: Path, version: str = "0.1.0") -> nsis.Setup:
    return nsis.Setup(tree, tree.parent / f"spark-{version}.exe", version, EPOCH)


def test_the_programs_stand_first_so_that_one_that_runs_stops_a_removal(tree: Path) -> None:
    names = [str(file) for file in nsis.installed_files(tree)]
    assert names[:3] == list(nsis.PROGRAMS)
    assert names[3:] == ["models/m.gguf", "python/Lib/модуль/$a.py", "python/b.dll"]


def test_the_list_names_every_file_and_then_the_folders_from_the_innermost(tree: Path) -> None:
    text = nsis.listing(nsis.installed_files(tree)).decode("utf-16")
    assert text.split("\r\n")[3:] == [
        "F models\\m.gguf",
        "F python\\Lib\\модуль\\$a.py",
        "F python\\b.dll",
        "D python\\Lib\\модуль",
        "D python\\Lib",
        "D models",
        "D python",
        "",
    ]


def test_the_list_begins_with_its_byte_order_which_nsis_goes_by() -> None:
    assert nsis.listing([PurePosixPath("a")]).startswith(b"\xff\xfe")


def test_each_file_goes_into_its_folder_and_models_are_stored_as_they_are(tree: Path) -> None:
    lines = nsis.file_lines(tree, nsis.installed_files(tree)).splitlines()
    assert lines[0] == f'File "/oname=spark-desktop.exe" "{tree / "spark-desktop.exe"}"'
    model = lines.index(f'File "/oname=m.gguf" "{tree / "models" / "m.gguf"}"')
    assert lines[model - 2 : model] == ['SetOutPath "$INSTDIR\\models"', "SetCompress off"]
    assert lines[model + 1] == "SetCompress auto"
    # A dollar sign begins a variable in what is written, and stands for itself in what is read.
    assert f'File "/oname=$$a.py" "{tree}/python/Lib/модуль/$a.py"' in lines


def test_the_definitions_tell_sizes_and_versions(tree: Path, tmp_path: Path) -> None:
    files = nsis.installed_files(tree)
    text = nsis.definitions(setup_of(tree, "0.2.0rc1"), files, tmp_path, is_signed=False)
    told = dict(re.findall(r'!define (\w+) "(.*)"', text))
    assert told["SIZE"] == "full"
    assert (told["VERSION"], told["VERSION_NUMBERS"]) == ("0.2.0rc1", "0.2.0.0")
    assert (told["SIZE_KB"], told["SIZE_MB"]) == ("5", "1")
    assert told["LONGEST_PATH"] == str(1 + len("python/Lib/модуль/$a.py"))
    assert "uninstfinalize" not in text


def test_a_tree_without_a_model_is_a_slim_one(tree: Path, tmp_path: Path) -> None:
    (tree / "models" / "m.gguf").unlink()
    files = nsis.installed_files(tree)
    text = nsis.definitions(setup_of(tree), files, tmp_path, is_signed=True)
    assert '!define SIZE "slim"' in text
    assert "!uninstfinalize" in text


def test_a_tree_without_a_program_is_refused(tree: Path) -> None:
    (tree / "spark.exe").unlink()
    with pytest.raises(nsis.InstallerError, match=r"spark\.exe is missing"):
        nsis.installed_files(tree)


def test_what_windows_cannot_hold_is_refused(tree: Path) -> None:
    (tree / "python" / "B.dll").write_bytes(b"")
    with pytest.raises(nsis.InstallerError, match="are one file on Windows"):
        nsis.installed_files(tree)
    (tree / "python" / "B.dll").unlink()
    (tree / "link").symlink_to("spark.exe")
    with pytest.raises(nsis.InstallerError, match="link is a link"):
        nsis.installed_files(tree)


def test_the_installers_own_names_are_kept_for_it(tree: Path) -> None:
    (tree / "uninstall.exe").write_bytes(b"")
    with pytest.raises(nsis.InstallerError, match="own name"):
        nsis.installed_files(tree)


def test_versions_sort_as_their_orders_do() -> None:
    versions = ["0.1.0.dev2", "0.1.0a1", "0.1.0a2", "0.1.0b1", "0.1.0rc1", "0.1.0rc12", "0.1.0"]
    versions += ["0.1.0.post1", "0.1.1", "0.2", "0.10.0", "1.0.0", "10.0.0"]
    orders = [[int(part) for part in nsis.version_order(one).split(".")] for one in versions]
    assert versions == sorted(versions, key=Version)
    assert orders == sorted(orders)
    assert len({tuple(order) for order in orders}) == len(versions)


@pytest.mark.parametrize(
    "version", ["new", "1.2.3.4", "1!2.0", "1.0+local", "1.0a1.dev1", "1.0.70000"]
)
def test_a_version_that_windows_cannot_compare_is_refused(version: str) -> None:
    with pytest.raises(nsis.InstallerError, match=re.escape(version)):
        nsis.version_order(version)


def test_both_languages_have_every_text_and_no_text_is_cut_off() -> None:
    texts = {}
    for language in ("en", "ru"):
        found = re.findall(
            r'LangString (\w+) \$\{LANG_(\w+)\} "(.*)"',
            (INSTALLER / f"texts_{language}.nsh").read_text(encoding="utf-8"),
        )
        texts[language] = {name: text for name, _, text in found}
        assert {place for _, place, _ in found} == {{"en": "ENGLISH", "ru": "RUSSIAN"}[language]}
    assert texts["en"].keys() == texts["ru"].keys()
    variables = re.compile(r"\$\w+|\$\{\w+\}")
    for name, text in texts["en"].items():
        other = texts["ru"][name]
        assert sorted(variables.findall(text)) == sorted(variables.findall(other)), name
        # NSIS holds 1,023 characters; the folder and a version go into it as well.
        assert max(len(text), len(other)) < 600, name


def test_every_text_is_used_and_every_used_text_exists() -> None:
    script = "".join(path.read_text(encoding="utf-8") for path in sorted(INSTALLER.iterdir()))
    used = set(re.findall(r"\$\((T_\w+)\)", script))
    assert used == set(re.findall(r"LangString (\w+) ", script))


def test_a_chosen_folder_is_never_removed_with_all_in_it() -> None:
    script = "".join(path.read_text(encoding="utf-8") for path in sorted(INSTALLER.iterdir()))
    assert not re.search(r"RMDir\s+/r", script)


def test_nothing_needs_an_administrator() -> None:
    script = "".join(path.read_text(encoding="utf-8") for path in sorted(INSTALLER.iterdir()))
    assert "RequestExecutionLevel user" in script
    assert "HKLM" not in script
    assert "SetShellVarContext all" not in script


def test_the_log_in_entry_is_the_one_of_the_apps_own_setting() -> None:
    from spark_desktop.adapters import autostart

    entries = (INSTALLER / "entries.nsh").read_text(encoding="utf-8")
    assert f'RUN_KEY "{autostart._RUN_KEY}"' in entries
    assert f'RUN_NAME "{autostart._NAME}"' in entries


def test_the_side_picture_is_a_bitmap_of_the_size_that_the_pages_have() -> None:
    data = nsis.side_picture()
    assert data[:2] == b"BM"
    assert int.from_bytes(data[2:6], "little") == len(data) == 54 + 164 * 3 * 314
    assert int.from_bytes(data[18:22], "little") == 164


def test_without_makensis_the_next_step_is_told(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(nsis.InstallerError, match="install the package nsis"):
        nsis.installer(setup_of(tree), tree.parent / "work")


@needs_makensis
def test_two_builds_of_one_commit_give_the_same_bytes(tree: Path, tmp_path: Path) -> None:
    told = facts.Facts("0.1.0", "0" * 40, EPOCH, "x86_64")
    made = []
    for name in ("first", "second"):
        again = shutil.copytree(tree, tmp_path / name / "tree", copy_function=shutil.copyfile)
        (path,) = nsis.build(facts.Build(told, again, facts.Size.FULL, tmp_path / name))
        assert path.name == "spark-desktop-0.1.0-windows-x86_64-full-setup.exe"
        made.append(path.read_bytes())
    # Compared as a truth: pytest would spend a minute on describing how megabytes differ.
    is_same = made[0] == made[1]
    assert is_same
    assert made[0][:2] == b"MZ"
    for encoding in ("utf-8", "utf-16-le"):
        assert str(tmp_path).encode(encoding) not in made[0]


@needs_makensis
def test_an_installer_that_cannot_be_built_is_told_with_what_makensis_says(tree: Path) -> None:
    icon = tree.parent / "missing.ico"
    setup = nsis.Setup(tree, tree.parent / "spark-setup.exe", "0.1.0", EPOCH, icon)
    with pytest.raises(nsis.InstallerError, match=r"missing\.ico"):
        nsis.installer(setup, tree.parent / "work")
