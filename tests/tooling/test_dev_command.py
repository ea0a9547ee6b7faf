"""dev.py and what it asks of the system; the commands that it starts are only written down."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dev
import dev_system

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What dev.py starts, program names without their folder; nothing really runs."""
    started: list[list[str]] = []

    def call(command: dev.Command, offscreen: bool = False) -> int:
        first, *rest = [str(word) for word in command]
        started.append([Path(first).name, *rest])
        return 0

    monkeypatch.setattr(dev, "_call", call)
    monkeypatch.setattr(dev, "setup", lambda: None)
    return started


def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", ["dev.py", "dev_system.py"])
def test_the_script_needs_nothing_but_the_standard_library(name: str) -> None:
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert {module.split(".")[0] for module in imported} - sys.stdlib_module_names <= {"dev_system"}


def test_tests_without_arguments_are_the_quick_ones_and_then_the_rest(
    calls: list[list[str]],
) -> None:
    assert dev.main(["test"]) == 0
    quick, processes, model = calls
    assert quick[-1] == "not model and not e2e"
    assert "-n" in quick
    assert processes[-1] == "e2e and not model"
    assert "-n" in processes
    assert model[-1] == "model"
    assert "-n" not in model


def test_the_arguments_of_test_go_to_pytest_as_they_are(calls: list[list[str]]) -> None:
    dev.main(["test", "tests/domain", "-x", "-k", "hunk or patch"])
    assert calls[0][1:] == ["-m", "pytest", "tests/domain", "-x", "-k", "hunk or patch"]


def test_the_rest_of_the_tests_run_although_the_quick_ones_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = iter([1, 0, 0])
    monkeypatch.setattr(dev, "setup", lambda: None)
    monkeypatch.setattr(dev, "_call", lambda command, offscreen=False: next(codes))
    assert dev.main(["test"]) == 1
    assert "Failed: quick tests\n" in capsys.readouterr().err
    assert list(codes) == []


def test_every_check_runs_and_the_failed_ones_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "setup", lambda: None)
    monkeypatch.setattr(
        dev, "_call", lambda command: int(Path(command[0]).name in ("mypy", "ruff"))
    )
    assert dev.main(["check"]) == 1
    assert "Failed: ruff check, ruff format, mypy\n" in capsys.readouterr().err


def test_benchmarks_run_one_after_the_other_with_their_options(calls: list[list[str]]) -> None:
    dev.main(["bench", "one", "two", "--quick"])
    assert [words[2:] for words in calls] == [
        ["benchmarks", "one", "--quick"],
        ["benchmarks", "two", "--quick"],
    ]


def test_run_fetches_the_model_before_the_app_starts(
    calls: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":9")
    assert dev.main(["run", str(tmp_path)]) == 0
    assert calls[0][1:] == ["-m", "inference_core", "models", "pull"]
    assert calls[1] == ["spark-desktop", str(tmp_path)]


def test_run_without_a_display_points_to_the_demo_and_installs_nothing(
    calls: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    no_display(monkeypatch)
    monkeypatch.setattr(sys, "platform", "linux")
    assert dev.main(["run"]) == 1
    assert "no display" in (said := capsys.readouterr().err)
    assert "make demo" in said
    assert calls == []


def test_run_names_a_folder_that_does_not_exist(
    calls: list[list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.main(["run", str(tmp_path / "gone")]) == 1
    assert f"{tmp_path / 'gone'} is not a folder" in capsys.readouterr().err
    assert calls == []


def test_a_command_that_takes_no_arguments_refuses_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        dev.main(["check", "--fast"])
    assert ended.value.code == 2
    assert "check does not take --fast" in capsys.readouterr().err


def test_setup_does_nothing_when_the_lock_is_the_installed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: list[list[str]]
) -> None:
    monkeypatch.undo()
    ran: list[object] = []
    monkeypatch.setattr(dev, "_call", lambda command: ran.append(command) or 0)
    monkeypatch.setattr(dev, "missing_packages", lambda has_environment: [])
    monkeypatch.setattr(dev, "_interpreter_runs", lambda: False)
    monkeypatch.setattr(dev, "STAMP", tmp_path / "stamp")
    dev.setup()
    first = len(ran)
    dev.setup()
    assert first == 3  # the environment, the packages, the project
    assert len(ran) == first


def test_another_lock_has_another_fingerprint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "LOCK", tmp_path / "requirements.lock")
    dev.LOCK.write_text("a==1\n")
    before = dev.fingerprint()
    dev.LOCK.write_text("a==2\n")
    assert dev.fingerprint() != before
    dev.LOCK.unlink()
    with pytest.raises(dev.StepError, match=r"requirements\.lock is missing"):
        dev.fingerprint()


def test_a_program_that_is_not_installed_is_named(tmp_path: Path) -> None:
    with pytest.raises(dev.StepError, match="nothing-there is not there; try: python dev"):
        dev._call([tmp_path / "nothing-there"])


def test_the_tests_compile_once_also_where_nothing_may_be_kept_beside_the_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    script = "import sys; sys.exit(3 if sys.dont_write_bytecode or not sys.pycache_prefix else 0)"
    assert dev._call([sys.executable, "-S", "-c", script], offscreen=True) == 0
    assert dev._call([sys.executable, "-S", "-c", script]) == 3
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE")
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    assert dev._call([sys.executable, "-S", "-c", script], offscreen=True) == 3


def test_clean_removes_what_was_made_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("build/demo", ".venv/bin", "spark_desktop/__pycache__", ".mypy_cache"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / ".coverage").touch()
    (tmp_path / "spark_desktop" / "app.py").touch()
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "VENV", tmp_path / ".venv")
    assert dev.main(["clean"]) == 0
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
    assert left == {"spark_desktop", "spark_desktop/app.py"}


# --- the system


def test_each_missing_library_is_answered_with_its_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("DISPLAY", ":9")
    monkeypatch.setattr(dev_system, "has_font", lambda folder: False)
    absent = {"libEGL.so.1", "libxcb-cursor.so.0"}
    monkeypatch.setattr(dev_system, "loads", lambda library: library not in absent)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert dev_system.missing_packages(True) == ["fonts-dejavu-core", "libegl1", "libxcb-cursor0"]


def test_an_x_server_is_needed_only_where_there_is_no_display(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    no_display(monkeypatch)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(dev_system, "loads", lambda library: True)
    monkeypatch.setattr(dev_system, "has_font", lambda folder: True)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert dev_system.missing_packages(True) == ["bubblewrap", "xvfb"]
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert dev_system.missing_packages(True) == ["bubblewrap"]


def test_a_python_that_cannot_make_environments_needs_a_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("DISPLAY", ":9")
    monkeypatch.setattr(dev_system, "loads", lambda library: True)
    monkeypatch.setattr(dev_system, "has_font", lambda folder: True)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert dev_system.missing_packages(False) == ["python3-venv"]
    assert dev_system.missing_packages(True) == []


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_other_systems_bring_what_qt_needs(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(dev_system, "loads", lambda library: False)
    assert dev_system.missing_packages(False) == []
    assert dev_system.has_display()


def test_a_library_that_nobody_has_does_not_load() -> None:
    assert not dev_system.loads("libno-such-thing.so.7")


def test_fonts_are_found_in_folders_below(tmp_path: Path) -> None:
    assert not dev_system.has_font(tmp_path / "gone")
    (tmp_path / "truetype").mkdir()
    assert not dev_system.has_font(tmp_path)
    (tmp_path / "truetype" / "Sans.TTF").touch()
    assert dev_system.has_font(tmp_path)


class Apt:
    """Stands where programs are started: writes them down and answers with their exit codes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, root: bool, codes: dict[str, int]) -> None:
        self.ran: list[str] = []
        self._codes = codes
        monkeypatch.setattr(dev_system, "_is_root", lambda: root)
        monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
        monkeypatch.setattr(subprocess, "run", self._run)

    def _run(self, command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        line = " ".join(command)
        self.ran.append(line)
        code = next((code for part, code in self._codes.items() if part in line), 0)
        return subprocess.CompletedProcess(command, code)


def test_root_installs_missing_packages_with_apt(monkeypatch: pytest.MonkeyPatch) -> None:
    apt, said = Apt(monkeypatch, root=True, codes={"update": 100}), list[str]()
    dev_system.install(["libegl1", "xvfb"], said.append)
    assert said == ["Installing with apt: libegl1 xvfb"]
    assert apt.ran[-1].endswith(" -qq install -y --no-install-recommends libegl1 xvfb")
    assert all("DPkg::Lock::Timeout=" in line for line in apt.ran), "another apt is waited for"
    assert not any("sudo" in line for line in apt.ran)


def test_sudo_is_used_when_it_asks_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    apt = Apt(monkeypatch, root=False, codes={})
    dev_system.install(["libegl1"], lambda text: None)
    assert all(line.startswith("sudo -n ") for line in apt.ran)


def test_without_rights_the_line_to_type_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    apt = Apt(monkeypatch, root=False, codes={"sudo -n true": 1})
    with pytest.raises(dev_system.MissingPackagesError) as refused:
        dev_system.install(["libegl1", "xvfb"], lambda text: None)
    assert str(refused.value).endswith(
        "sudo apt-get install -y --no-install-recommends libegl1 xvfb"
    )
    assert apt.ran == ["sudo -n true"]


def test_an_apt_that_fails_leaves_the_line_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    Apt(monkeypatch, root=True, codes={" install ": 100})
    with pytest.raises(dev_system.MissingPackagesError, match="\n  apt-get install -y"):
        dev_system.install(["libegl1"], lambda text: None)


def test_without_apt_the_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(dev_system.MissingPackagesError, match="libegl1 xvfb"):
        dev_system.install(["libegl1", "xvfb"], lambda text: None)


def test_nothing_missing_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    apt = Apt(monkeypatch, root=True, codes={})
    dev_system.install([], lambda text: None)
    assert apt.ran == []


def test_what_setup_cannot_install_ends_the_command_with_the_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Apt(monkeypatch, root=False, codes={"sudo -n true": 1})
    monkeypatch.setattr(dev, "missing_packages", lambda has_environment: ["libegl1"])
    assert dev.main(["setup"]) == 1
    assert "sudo apt-get install" in capsys.readouterr().err


@pytest.mark.e2e
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is an X server elsewhere")
def test_the_libraries_are_enough_for_a_window_on_an_x_server() -> None:
    window = (
        "from PySide6.QtWidgets import QApplication, QWidget\n"
        "app = QApplication([])\n"
        "window = QWidget()\n"
        "window.show()\n"
        "app.processEvents()\n"
        "print(app.platformName(), window.isVisible())\n"
    )
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        text=True,
        stderr=subprocess.DEVNULL,
    )
    with server:
        try:
            assert server.stdout is not None
            display = f":{server.stdout.readline().strip()}"
            environment = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
            done = subprocess.run(
                [sys.executable, "-c", window], env=environment, capture_output=True, text=True
            )
        finally:
            server.terminate()
    assert done.stdout == "xcb True\n", done.stderr
