"""A user's session before a real screen: window manager, tray, keys and pointer, pictures of it.

What the model says is replayed, so that every run shows the same; the session with the real model
is one of its own. The pictures of each step lie below ``build/session``.
"""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.screen import Screen, screen
from tests.e2e.sessions import polls, write_replay

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform != "linux", reason="the screen's tools are those of Linux"),
]

PICTURES = Path(__file__).parents[2] / "build" / "session"
SIZE = (1400, 900)
BEFORE = "def add(a, b):\n    # return the sum of a and b AI!\n    return 0\n"
AFTER = "def add(a, b):\n    return a + b\n"
ANSWER = """\
It is called in `total`:

```python
def total(values):
    return reduce(add, values, 0)
```

- so an empty list gives **0**
- and one value gives itself
"""
QUICK = "Use `git restore --staged FILE`."


@dataclass(frozen=True)
class Words:
    """The titles of windows in a language."""

    quick: str
    settings: str


WORDS = {"en": Words("Quick prompt", "Settings"), "ru": Words("Быстрый вопрос", "Настройки")}


@dataclass
class Desk:
    """The screen, the user's folder, and the program in it."""

    screen: Screen
    folder: Path
    home: Path
    words: Words

    @property
    def data(self) -> Path:
        """Where the program keeps threads and more."""
        return self.home / "data"

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """Start the program as a double click does."""
        paths = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
        return self.screen.start(
            *(sys.executable, "-m", "spark_desktop.app", *arguments),
            SPARK_DATA_DIR=str(self.data),
            SPARK_CONFIG_DIR=str(self.home / "config"),
            PYTHONPATH=os.pathsep.join(path for path in paths if path),
        )

    def save(self, name: str, text: str) -> Path:
        """Save a file as an editor does: beside it, then in its place."""
        beside = self.home / "saving"
        beside.write_text(text, encoding="utf-8")
        return beside.replace(self.folder / name)

    def turns(self) -> list[tuple[str, str]]:
        """Return the state and answer of every turn that is kept, oldest first."""
        database = self.data / "spark.db"
        if not database.exists():
            return []
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        try:
            return list(connection.execute("SELECT state, answer FROM turns ORDER BY position"))
        except sqlite3.OperationalError:
            return []
        finally:
            connection.close()


def wait(holds: Callable[[], object], again: Callable[[], object] | None = None) -> None:
    """Return once it holds; ``again`` is done now and then until it does."""
    for number, _ in enumerate(polls()):
        if holds():
            return
        if again is not None and number % 100 == 99:
            again()


@pytest.fixture(params=["dark", "light"])
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["en", "ru"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def desk(tmp_path: Path, theme: str, language: str) -> Iterator[Desk]:
    home, folder = tmp_path / "home", tmp_path / "library"
    (home / "config").mkdir(parents=True)
    folder.mkdir()
    settings = f'[looks]\ntheme = "{theme}"\nlanguage = "{language}"\n'
    (home / "config" / "settings.toml").write_text(settings, encoding="utf-8")
    with screen(PICTURES / f"{theme}-{language}", home, SIZE) as made:
        yield Desk(made, folder, home, WORDS[language])


def test_a_session_from_the_first_start_to_the_end(desk: Desk, script: Path) -> None:
    seen = desk.screen
    model = write_replay(
        script,
        {"match": "Where is it called", "text": ANSWER, "delay_ms": 5},
        {"match": "unstage", "text": QUICK, "delay_ms": 5},
        {"match": "", "text": AFTER, "delay_ms": 5},
    )
    program = desk.start("--model", model)
    try:
        _first_run(desk)
        _review(desk)
        _chat(desk)
        _quick_prompt(desk)
        _around(desk)
        _tray(desk)
        seen.key("ctrl+q")
        assert program.wait(60) == 0, program.communicate()[1]
    finally:
        if program.poll() is None:
            seen.shot("left-over")
            program.kill()
        errors = program.communicate()[1]
    assert errors == ""


def _first_run(desk: Desk) -> None:
    seen = desk.screen
    window = seen.wait_window("Spark Desktop")
    seen.focus(window)
    seen.settled_shot("first-run")
    seen.key("ctrl+o")
    wait(lambda: _dialog(desk))
    # What is typed before the dialog has the keyboard is lost; a user sees that, a test does not.
    seen.focus(_dialog(desk))
    seen.settled_shot("choose-a-folder", 1.5)
    seen.key("ctrl+a")
    seen.type(str(desk.folder))
    seen.key("Return")
    seen.wait_window(f"{desk.folder.name} .* Spark Desktop")
    seen.settled_shot("an-open-project")


def _dialog(desk: Desk) -> str:
    """Return the id of the dialog over the window; empty while there is none."""
    names = "Open folder|Открыть папку"
    return "".join(desk.screen.windows(f"^({names})$")[-1:])


def _review(desk: Desk) -> None:
    seen = desk.screen
    file = desk.save("sums.py", BEFORE)
    # A save before the folder is watched is not seen; nobody edits that early but a test.
    number = iter(range(1, 1000))
    accepted = lambda: file.read_text(encoding="utf-8").startswith(AFTER)  # noqa: E731
    wait(
        lambda: _shown_a_proposal(desk),
        lambda: desk.save("sums.py", BEFORE + f"\n\nLATER = {next(number)}\n"),
    )
    seen.settled_shot("a-proposal")
    wait(accepted, lambda: seen.key("a"))
    seen.settled_shot("accepted")
    seen.key("ctrl+z")
    wait(lambda: not accepted())
    seen.settled_shot("undone")
    seen.key("ctrl+shift+z")
    wait(accepted)


def _shown_a_proposal(desk: Desk) -> bool:
    # A user sees it; a test asks the picture: the added line's green is nowhere else.
    shot = desk.screen.pictures / "look.png"
    desk.screen.run("import", "-window", "root", str(shot))
    green = {"#15301f", "#e4f5e8"}
    colors = desk.screen.run("convert", str(shot), "-format", "%c", "histogram:info:-").lower()
    shot.unlink()
    return any(color in colors for color in green)


def _chat(desk: Desk) -> None:
    seen = desk.screen
    seen.key("ctrl+l")
    seen.type("Where is it called?")
    seen.settled_shot("a-question", 1.5)
    seen.key("Return")
    wait(lambda: ("done", ANSWER) in desk.turns())
    seen.settled_shot("an-answer")


def _quick_prompt(desk: Desk) -> None:
    seen = desk.screen
    seen.key("ctrl+alt+space")
    seen.wait_window(desk.words.quick)
    seen.type("How do I unstage a file?")
    seen.key("Return")
    seen.settled_shot("a-quick-answer", 4.0)
    # Nothing is selected: the whole answer is copied.
    wait(lambda: QUICK in seen.clipboard(), lambda: seen.key("ctrl+shift+c"))
    seen.key("Escape")
    seen.wait_gone(desk.words.quick)


def _around(desk: Desk) -> None:
    seen = desk.screen
    window = seen.wait_window(f"{desk.folder.name} .* Spark Desktop")
    seen.focus(window)
    seen.key("ctrl+k")
    seen.settled_shot("command-palette", 1.5)
    seen.key("Escape")
    seen.key("ctrl+comma")
    settings = seen.wait_window(desk.words.settings)
    seen.focus(settings)
    seen.settled_shot("settings", 1.5)
    seen.key("Escape")
    seen.wait_gone(desk.words.settings)


def _tray(desk: Desk) -> None:
    seen = desk.screen
    name = f"{desk.folder.name} .* Spark Desktop"
    window = seen.wait_window(name)
    seen.focus(window)
    # The first time it only says that the window stays in the tray.
    seen.key("alt+F4")
    seen.settled_shot("closing-is-explained", 1.5)
    assert seen.windows(name)
    seen.key("alt+F4")
    seen.wait_gone(name)
    seen.settled_shot("in-the-tray", 1.5)
    panel = seen.run("xdotool", "search", "--class", "trayer").split()[-1]
    left, top, width, height = seen.geometry(panel)
    seen.click(left + width // 2, top + height // 2, 3)
    seen.settled_shot("the-trays-menu", 1.5)
    seen.key("Escape")
    seen.click(left + width // 2, top + height // 2)
    seen.focus(seen.wait_window(name))
