"""A smoke test of the Windows installer under Wine; packaging/README.md says what it cannot show.

The installer's steps on a made-up tree, and then the real one:

    python packaging/windows/wine_test.py
    python packaging/windows/wine_test.py --slim
    python packaging/windows/wine_test.py SETUP.exe --tree TREE --shims FOLDER

Everything happens in a folder of its own, which is removed at the end. The exit code is 0 where
every check held.
"""

# ruff: noqa: D102 - each step's name says what it claims

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging"))

from spark_dist import made_up_tree, nsis  # noqa: E402 - found by the line above
from spark_dist.wine import Registry, Wine  # noqa: E402

EPOCH = 1_700_000_000
OLDER, NEWER = "0.0.1", "99.0.0"
USERS_PATH = "%USERPROFILE%\\bin;" + ";".join(f"C:\\tools\\number {n}" for n in range(200)) + ";"
HOME = r"C:\users\{user}"
FOLDER = HOME + r"\AppData\Local\Programs\Spark Desktop"
CURRENT = r"Software\Microsoft\Windows\CurrentVersion"
UNINSTALL = CURRENT + r"\Uninstall\spark-desktop"
MENU = r"Software\Classes\Directory\shell\spark-desktop"
BACKGROUND = r"Software\Classes\Directory\Background\shell\spark-desktop"
PROGRAM = r'"{folder}\spark-desktop.exe"'
# Each key and value that an installation with every option writes; the version's come on top.
TABLE = {
    (UNINSTALL, "DisplayName"): "Spark Desktop",
    (UNINSTALL, "Publisher"): "Spark Desktop contributors",
    (UNINSTALL, "InstallLocation"): "{folder}",
    (UNINSTALL, "DisplayIcon"): PROGRAM + ",0",
    (UNINSTALL, "UninstallString"): r'"{folder}\uninstall.exe"',
    (UNINSTALL, "QuietUninstallString"): r'"{folder}\uninstall.exe" /S',
    (UNINSTALL, "NoModify"): "dword:00000001",
    (UNINSTALL, "NoRepair"): "dword:00000001",
    (CURRENT + r"\Run", "spark-desktop"): PROGRAM + " --hidden",
    (CURRENT + r"\App Paths\spark-desktop.exe", ""): r"{folder}\spark-desktop.exe",
    (MENU, ""): "Open with Spark",
    (MENU, "Icon"): PROGRAM + ",0",
    (MENU + r"\command", ""): PROGRAM + r' -- "%V\."',
    (BACKGROUND, ""): "Open with Spark",
    (BACKGROUND, "Icon"): PROGRAM + ",0",
    (BACKGROUND + r"\command", ""): PROGRAM + r' -- "%V\."',
    (r"Software\Classes\spark", ""): "URL:Spark Desktop",
    (r"Software\Classes\spark", "URL Protocol"): "",
    (r"Software\Classes\spark\DefaultIcon", ""): PROGRAM + ",0",
    (r"Software\Classes\spark\shell\open\command", ""): PROGRAM + ' -- "%1"',
    ("Environment", "Path"): "str(2):" + USERS_PATH + "{folder};",
}
MADE_UP = {
    "python/Lib/модуль/$a.py": b"a",
    "engine/llama.dll": b"l",
    "models/m.gguf": b"m" * 9999,
}
USERS_FILES = {
    "AppData/Local/spark-desktop/threads.sqlite3": b"threads",
    "AppData/Local/spark-desktop/settings.toml": b"[desktop]\n",
    "AppData/Local/spark-desktop/Cache/models/mine.gguf": b"model",
}


class Trial:
    """The steps, in their order; each raises AssertionError with what was seen."""

    def __init__(self, wine: Wine, work: Path, setup: Path | None, tree: Path) -> None:
        """Without a ``setup`` one is made of ``tree``, whose programs are stand-ins."""
        self.wine, self.work, self.tree = wine, work, tree
        self.is_made_up = setup is None
        self.version = "0.1.0rc1" if setup is None else setup.name.split("-")[2]
        self.setup = setup or self._installer("new", self.tree, self.version)
        self.folder = wine.profile / "AppData" / "Local" / "Programs" / "Spark Desktop"
        self.before: Registry = {}

    def _installer(self, name: str, tree: Path, version: str) -> Path:
        output = self.work / f"{name}.exe"
        return nsis.installer(nsis.Setup(tree, output, version, EPOCH), self.work / f"{name}-work")

    def _small(self, version: str) -> Path:
        files = {"python/only old.txt": version.encode(), "models/old.gguf": b"old"}
        name = f"small-{version}"
        output = self.work / f"{name}.exe"
        if output.exists():
            return output
        return self._installer(name, made_up_tree.make(self.work / name, files), version)

    def _install(self, setup: Path, *options: str, code: int = 0) -> str:
        outcome = self.wine.run([setup, "/S", *options])
        assert outcome.code == code, f"exit code {outcome.code}, not {code}: {outcome.text}"
        return outcome.text

    def _keys(self) -> Registry:
        return self.wine.registry()

    def _names(self, text: str) -> str:
        user = self.wine.profile.name
        return text.replace("{folder}", FOLDER).replace("{user}", user)

    def _files(self, folder: Path) -> dict[str, str]:
        return {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    def _has_users_files(self) -> None:
        for name, data in USERS_FILES.items():
            assert (self.wine.profile / name).read_bytes() == data, f"{name} was changed"

    # --- the steps

    def a_user_with_data_and_a_long_path(self) -> None:
        for name, data in USERS_FILES.items():
            path = self.wine.profile / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        kind = ["/t", "REG_EXPAND_SZ", "/f"]
        self.wine.run(["reg", "add", r"HKCU\Environment", "/v", "Path", *kind, "/d", USERS_PATH])
        self.before = self._keys()
        assert self.before["Environment"]["Path"] == f"str(2):{USERS_PATH}"

    def an_unknown_option_is_refused(self) -> None:
        said = self._install(self._small(OLDER), "/DESKTOP=yes", code=15)
        assert "/DESKTOP=yes" in said, said
        assert "option" in said
        assert not self.folder.exists()

    def a_folder_with_other_files_is_refused(self) -> None:
        other = self.wine.drive / "other"
        other.mkdir()
        (other / "mine.txt").write_text("mine")
        said = self._install(self._small(OLDER), "/LANG=ru", r"/D=C:\other", code=13)
        assert r"C:\other" in said, said
        assert "Выберите" in said, said
        assert [path.name for path in other.iterdir()] == ["mine.txt"]

    def an_older_version_is_installed(self) -> None:
        self._install(self._small(OLDER), "/DESKTOP=1", "/AUTOSTART=1")
        assert (self.folder / "python" / "only old.txt").is_file()
        (self.folder / "python" / "my notes.txt").write_text("mine")

    def the_upgrade_replaces_its_files_and_no_others(self) -> None:
        self._install(self.setup)
        wanted = self._files(self.tree)
        found = self._files(self.folder)
        assert found.pop("python/my notes.txt")
        for name in ("uninstall.exe", nsis.LIST_NAME):
            assert found.pop(name)
        if not any(name.endswith(".gguf") for name in wanted):
            assert found.pop("models/old.gguf"), "the slim installer must keep the model"
        assert found == wanted, sorted(found.items() ^ wanted.items())[:5]
        self._has_users_files()

    def every_registry_key_is_there(self) -> None:
        keys = self._keys()
        table = {place: self._names(value) for place, value in TABLE.items()}
        table[UNINSTALL, "DisplayVersion"] = self.version
        table[UNINSTALL, "VersionOrder"] = nsis.version_order(self.version)
        for (key, name), value in table.items():
            seen = keys.get(key, {}).get(name)
            assert seen == value, f"{key} {name!r} is {seen}, not {value}"
        size = int(keys[UNINSTALL]["EstimatedSize"].removeprefix("dword:"), 16) * 1024
        real = sum(path.stat().st_size for path in self.tree.rglob("*") if path.is_file())
        assert real <= size < real + 1024, f"EstimatedSize is {size}, the tree has {real}"
        for link in self._links():
            assert link.is_file(), f"{link.name} is missing in {link.parent.name}"

    def _links(self) -> tuple[Path, Path]:
        menu = "AppData/Roaming/Microsoft/Windows/Start Menu/Programs"
        profile = self.wine.profile
        return (profile / menu / "Spark Desktop.lnk", profile / "Desktop" / "Spark Desktop.lnk")

    def a_downgrade_is_refused_and_touches_nothing(self) -> None:
        self._install(self._small(NEWER))
        keys, files = self._keys(), self._files(self.folder)
        said = self._install(self.setup, code=10)
        assert NEWER in said, said
        assert self.version in said
        assert (self._keys(), self._files(self.folder)) == (keys, files)
        said = self._install(self.setup, "/ALLOWDOWNGRADE=0", code=10)
        said = self._install(self.setup, "/ALLOWDOWNGRADE=maybe", code=15)
        assert "/ALLOWDOWNGRADE=maybe" in said, said
        assert (self._keys(), self._files(self.folder)) == (keys, files)
        self._install(self.setup, "/ALLOWDOWNGRADE")
        assert self._keys()[UNINSTALL]["DisplayVersion"] == self.version

    def another_folder_takes_everything_along(self) -> None:
        # Without a space: Wine would put quotes around all of the option, which NSIS cannot read.
        place = self.wine.drive / "Папка"
        self._install(self.setup, "/DESKTOP=0", "/D=C:\\Папка")
        assert not (self.folder / "spark.exe").exists()
        assert (place / "spark.exe").is_file()
        keys = self._keys()
        assert keys["Environment"]["Path"] == f"str(2):{USERS_PATH}C:\\Папка;"
        command = keys[r"Software\Classes\spark\shell\open\command"][""]
        assert command == '"C:\\Папка\\spark-desktop.exe" -- "%1"', command
        assert not self._links()[1].exists()

    def a_running_program_is_left_alone(self) -> None:
        place = self.wine.drive / "Папка"
        words = ["wait"] if self.is_made_up else ["serve", "--port", "0"]
        running = self.wine.begin([place / "spark-core.exe", *words])
        try:
            assert running.stdout is not None
            assert running.stdout.readline(), "the program did not start"
            files = self._files(place)
            said = self._install(self.setup, code=11)
            assert "Quit it" in said, said
            assert self._files(place) == files
            outcome = self.wine.run([place / "uninstall.exe", "/S", "_?=C:\\Папка"])
            assert outcome.code == 11, f"exit code {outcome.code} of the uninstaller"
            assert self._files(place) == files
        finally:
            running.kill()
            self.wine.close()
            running.wait()

    def the_uninstaller_leaves_the_users_own(self) -> None:
        place = self.wine.drive / "Папка"
        (place / "engine").mkdir(exist_ok=True)
        (place / "engine" / "notes.txt").write_text("mine")
        outcome = self.wine.run([place / "uninstall.exe", "/S"])
        assert outcome.code == 0, outcome
        after = self._keys()
        assert self._files(place).keys() == {"engine/notes.txt"}, list(self._files(place))
        assert self._files(self.folder).keys() == {"python/my notes.txt"}, list(
            self._files(self.folder)
        )
        for link in self._links():
            assert not link.exists(), f"{link.name} was left in {link.parent.name}"
        path = after["Environment"]["Path"]
        assert path == self.before["Environment"]["Path"], path
        ours = {
            f"{key} {name}": value
            for key, values in after.items()
            for name, value in {"": "", **values}.items()
            if key not in self.before and "spark" in f"{key}{name}{value}".lower()
        }
        assert not ours, f"left in the registry: {ours}"
        self._has_users_files()

    def data_goes_only_when_asked(self) -> None:
        kind = ["/t", "REG_SZ", "/f"]
        self.wine.run(["reg", "add", r"HKCU\Environment", "/v", "Path", *kind, "/d", r"C:\one"])
        # The usual folder still holds the user's file, and is taken all the same.
        self._install(self._small(OLDER))
        kept = ("Spark Desktop/openai", "Spark Desktop/other", "Another program")
        self.wine.run([self.folder / "spark.exe", "keep", *kept])
        assert self._kept_keys() == set(kept)
        path = self._keys()["Environment"]["Path"]
        assert path == self._names(r"C:\one;" + FOLDER), path
        data = self.wine.profile / "AppData" / "Local" / "spark-desktop"
        self.wine.run([self.folder / "uninstall.exe", "/S", "/REMOVEDATA=0"])
        self._has_users_files()
        assert self._kept_keys() == set(kept)
        self._install(self._small(OLDER))
        self.wine.run([self.folder / "uninstall.exe", "/S", "/REMOVEDATA"])
        assert self._keys()["Environment"]["Path"] == r"C:\one"
        assert not data.exists(), list(data.rglob("*"))
        assert self._kept_keys() == {"Another program"}
        assert self._files(self.folder).keys() == {"python/my notes.txt"}

    def _kept_keys(self) -> set[str]:
        # Where Wine has its Credential Manager: a key for each, the name is its default value.
        manager = r"Software\Wine\Credential Manager"
        keys = self._keys()
        return {values[""] for key, values in keys.items() if key.startswith(manager + "\\")}

    def the_self_test_passes(self) -> None:
        program = self.folder / "spark-desktop.exe"
        if "--self-test" not in self.wine.run([program, "--help"]).text:
            print("          (this tree has no --self-test)")
            return
        outcome = self.wine.run([program, "--self-test"], QT_QPA_PLATFORM="offscreen")
        print(outcome.text)
        assert outcome.code == 0, f"exit code {outcome.code}"

    def the_bundled_model_proposes(self) -> None:
        project = self.wine.drive / "project"
        project.mkdir()
        (project / "sums.py").write_text("def add(a, b):\n    return a - b\n")
        file = self.wine.windows_path(project / "sums.py")
        asked = "Return the sum of a and b."
        outcome = self.wine.run([self.folder / "spark.exe", "edit", file, asked])
        print(outcome.text)
        assert outcome.code == 0, f"exit code {outcome.code}"
        assert "@@" in outcome.text
        assert (project / "sums.py").read_text().endswith("a - b\n"), "it was not asked to write"
        # The core stays for a next command, and would be in the way of what follows.
        self.wine.close()

    def steps(self) -> list[Callable[[], None]]:
        """Return the steps in their order."""
        runs = (
            () if self.is_made_up else (self.the_self_test_passes, self.the_bundled_model_proposes)
        )
        return [
            self.a_user_with_data_and_a_long_path,
            self.an_unknown_option_is_refused,
            self.a_folder_with_other_files_is_refused,
            self.an_older_version_is_installed,
            self.the_upgrade_replaces_its_files_and_no_others,
            self.every_registry_key_is_there,
            *runs,
            self.a_downgrade_is_refused_and_touches_nothing,
            self.another_folder_takes_everything_along,
            self.a_running_program_is_left_alone,
            self.the_uninstaller_leaves_the_users_own,
            self.data_goes_only_when_asked,
        ]


def main() -> int:
    """Run the steps; return 0, or 1 at the first that fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("setup", nargs="?", type=Path, help="an installer; else of a made-up tree")
    parser.add_argument("--tree", type=Path, help="the tree it was built from")
    parser.add_argument("--shims", type=Path, help="DLLs that this Wine lacks, for the test only")
    parser.add_argument(
        "--slim", action="store_true", help="make the made-up tree up without model"
    )
    given = parser.parse_args()
    if given.setup and not given.tree:
        parser.error("an installer needs its --tree, to compare the files with")
    files = {name: data for name, data in MADE_UP.items() if not (given.slim and "models" in name)}
    with tempfile.TemporaryDirectory(prefix="spark-wine-") as folder:
        wine = Wine(Path(folder) / "wine")
        try:
            wine.start(given.shims)
            tree = given.tree or made_up_tree.make(Path(folder, "tree"), files)
            trial = Trial(wine, Path(folder), given.setup, tree)
            for step in trial.steps():
                started = time.monotonic()
                try:
                    step()
                except AssertionError as failure:
                    print(f"FAILED  {step.__name__}: {failure}")
                    return 1
                print(f"{time.monotonic() - started:6.1f} s  {step.__name__}", flush=True)
        finally:
            wine.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
