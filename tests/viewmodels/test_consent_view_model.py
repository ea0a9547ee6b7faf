"""Whether a project's own commands may run is asked once, and only the user's word counts."""

from pathlib import PurePosixPath

import pytest

from spark_desktop.domain.events import ConsentNeeded
from spark_desktop.domain.project_settings import ProjectSettings
from spark_desktop.domain.sandboxing import Sandboxing
from spark_desktop.domain.words import say
from spark_desktop.services.bus import Bus
from spark_desktop.viewmodels.consent import ConsentViewModel, sandbox_text
from spark_desktop.viewmodels.notice import Intent
from spark_desktop.viewmodels.settings import SettingsViewModel, unkept_settings
from spark_desktop.viewmodels.told import Told

SHOP = PurePosixPath("/home/me/shop")
SHUT_IN = ConsentNeeded(
    ("python", "ruff check"), ("python", "ruff check a.py"), Sandboxing(True, "", "0.8.0")
)
OPEN = ConsentNeeded(
    ("python", "ruff check", "mypy", "pytest"),
    ("python", "ruff check a.py", "mypy a.py", "pytest"),
    Sandboxing(False, say("bubblewrap (bwrap) is not installed")),
)


class Opened:
    """An open project, as far as it is asked for."""

    def __init__(self, root: PurePosixPath = SHOP) -> None:
        self.root, self.bus = root, Bus()


@pytest.fixture
async def settings(qapp: object) -> SettingsViewModel:
    return unkept_settings()


@pytest.fixture
def told(qapp: object) -> Told:
    return Told()


@pytest.fixture
def model(settings: SettingsViewModel, told: Told) -> ConsentViewModel:
    return ConsentViewModel(settings, told)


async def test_the_question_names_the_checks_and_has_three_answers(
    model: ConsentViewModel, told: Told
) -> None:
    project = Opened()
    read: list[str] = []
    model.asked.connect(read.append)
    model.follow(project)
    assert told.notice is None
    project.bus.publish(SHUT_IN)
    notice = told.notice
    assert notice is not None
    assert notice.text == (
        "Spark can run this project's own checks (python, ruff check) in a sandboxed copy before "
        "it shows a proposal."
    )
    assert notice.hint == ""
    assert read == [notice.text]
    actions = (notice.action, notice.other, notice.never)
    assert [one and one.intent for one in actions] == [
        Intent.ALLOW_CHECKS,
        Intent.NOT_NOW,
        Intent.NEVER_CHECKS,
    ]


async def test_without_a_sandbox_the_question_promises_none(
    model: ConsentViewModel, told: Told
) -> None:
    project = Opened()
    model.follow(project)
    project.bus.publish(OPEN)
    assert told.notice is not None
    assert "(python, ruff check, mypy …) in a copy before" in told.notice.text
    assert told.notice.hint == "There is no sandbox: bubblewrap (bwrap) is not installed."
    assert "nothing would shut them in" in sandbox_text(OPEN)
    assert "They have no network." in sandbox_text(SHUT_IN)


async def test_what_was_put_off_is_not_asked_again_in_this_session(
    model: ConsentViewModel, told: Told, settings: SettingsViewModel
) -> None:
    project = Opened()
    model.follow(project)
    project.bus.publish(SHUT_IN)
    model.act(Intent.NOT_NOW)
    assert (told.notice, model.needed) == (None, None)
    project.bus.publish(SHUT_IN)
    again = Opened()
    model.follow(again)
    again.bus.publish(SHUT_IN)
    assert told.notice is None
    assert settings.current.project(SHOP) == ProjectSettings()


async def test_each_project_is_asked_for_itself(model: ConsentViewModel, told: Told) -> None:
    first, second = Opened(), Opened(PurePosixPath("/home/me/other"))
    model.follow(first)
    first.bus.publish(SHUT_IN)
    model.follow(second)
    assert told.notice is None
    second.bus.publish(SHUT_IN)
    assert told.notice is not None
    model.act(Intent.NOT_NOW)
    first.bus.publish(SHUT_IN)
    assert told.notice is None


async def test_never_is_kept_for_the_project_and_ends_the_question(
    model: ConsentViewModel, told: Told, settings: SettingsViewModel
) -> None:
    project = Opened()
    model.follow(project)
    project.bus.publish(SHUT_IN)
    model.act(Intent.NEVER_CHECKS)
    assert settings.current.project(SHOP) == ProjectSettings(ask_commands=False)
    assert told.notice is None


@pytest.mark.parametrize(
    "own", [ProjectSettings(ask_commands=False), ProjectSettings(allow_commands=True)]
)
async def test_what_the_settings_say_already_is_not_asked(
    model: ConsentViewModel, told: Told, settings: SettingsViewModel, own: ProjectSettings
) -> None:
    settings.set_own(SHOP, allow_commands=own.allow_commands, ask_commands=own.ask_commands)
    project = Opened()
    model.follow(project)
    project.bus.publish(SHUT_IN)
    assert (told.notice, model.needed) == (None, None)


async def test_allowing_opens_the_dialog_first_and_stands_in_the_settings_then(
    model: ConsentViewModel, told: Told, settings: SettingsViewModel
) -> None:
    wanted: list[bool] = []
    model.wanted.connect(lambda: wanted.append(True))
    project = Opened()
    model.follow(project)
    model.act(Intent.ALLOW_CHECKS)
    assert wanted == []
    project.bus.publish(SHUT_IN)
    model.act(Intent.ALLOW_CHECKS)
    assert wanted == [True]
    assert settings.current.project(SHOP) == ProjectSettings()
    model.allow(without_sandbox=False)
    assert settings.current.project(SHOP) == ProjectSettings(allow_commands=True)
    assert told.notice is None


async def test_running_without_a_sandbox_is_a_word_of_its_own(
    model: ConsentViewModel, settings: SettingsViewModel
) -> None:
    project = Opened()
    model.follow(project)
    model.allow(without_sandbox=True)
    assert settings.current.projects == {}
    project.bus.publish(OPEN)
    model.allow(without_sandbox=True)
    assert settings.current.project(SHOP) == ProjectSettings(
        allow_commands=True, without_sandbox=True
    )


async def test_a_choice_in_the_settings_answers_the_question(
    model: ConsentViewModel, told: Told, settings: SettingsViewModel
) -> None:
    project = Opened()
    model.follow(project)
    project.bus.publish(SHUT_IN)
    settings.set("looks.font_size", 15)
    assert told.notice is not None
    settings.set_own(SHOP, allow_commands=True)
    assert told.notice is None


async def test_no_buttons_of_a_closed_project_do_anything(
    model: ConsentViewModel, settings: SettingsViewModel
) -> None:
    project = Opened()
    model.follow(project)
    project.bus.publish(SHUT_IN)
    model.follow(None)
    model.act(Intent.NEVER_CHECKS)
    model.allow(without_sandbox=False)
    assert settings.current.projects == {}
