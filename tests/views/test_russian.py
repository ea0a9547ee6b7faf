"""A Russian window speaks Russian: only names, code and what others wrote are in Latin letters."""

import itertools
import json
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from spark_desktop.adapters import machine_examinations as machine
from spark_desktop.adapters import spark_examinations as spark
from spark_desktop.adapters import surroundings_examinations as around
from spark_desktop.adapters.settings_file import TomlSettings
from spark_desktop.domain.checks import Candidate, check
from spark_desktop.domain.completion import Usage
from spark_desktop.domain.connection_check import CheckKind, CheckOutcome, CheckStep
from spark_desktop.domain.contact import Contact, ContactRecord
from spark_desktop.domain.conversation import Thread, TurnState
from spark_desktop.domain.core_state import (
    CoreDownloading,
    CoreFailed,
    CoreLoading,
    CoreReady,
    CoreRestarting,
    CoreStarting,
    CoreState,
    CoreStopped,
)
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.errors import (
    EndpointBusyError,
    EndpointError,
    EndpointUnreachableError,
)
from spark_desktop.domain.events import (
    ChangeApplied,
    ChangeIgnored,
    ChangeReverted,
    ConsentNeeded,
    ContextGathered,
    FilesChanged,
    TurnChanged,
)
from spark_desktop.domain.findings import Finding, Verdict
from spark_desktop.domain.gathered import Gathered, LeftOut, Part
from spark_desktop.domain.lab_proposal import ProposalFigures
from spark_desktop.domain.proposal import (
    Cancelled,
    Closed,
    Conflict,
    Failed,
    Proposal,
    Queued,
    State,
    Streaming,
    Withheld,
)
from spark_desktop.domain.sandboxing import Sandboxing
from spark_desktop.domain.self_test import PLAN, TIDY, Outcome, Seen
from spark_desktop.domain.settings import Language
from spark_desktop.domain.spending import Budget
from spark_desktop.domain.trigger import Insertion, Instruction, Span, Stub
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Ignored, IgnoreReason
from spark_desktop.self_test import drawing, installed
from spark_desktop.self_test.stage import Stage
from spark_desktop.services.bus import Bus
from spark_desktop.services.settings import SettingsService
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.consent import ConsentViewModel
from spark_desktop.viewmodels.endpoint_desk_models import endpoint_view_models
from spark_desktop.viewmodels.lab_lane import Lane
from spark_desktop.viewmodels.machine import machine_view_models
from spark_desktop.viewmodels.notice import Tone
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.viewmodels.review_notices import CHOOSE_A_SIDE, STILL_WRITTEN
from spark_desktop.viewmodels.settings import SettingsViewModel
from spark_desktop.viewmodels.settings_rows import Category
from spark_desktop.viewmodels.told import Told
from spark_desktop.viewmodels.translation import in_language, tr
from spark_desktop.viewmodels.updates import UpdateAction
from spark_desktop.viewmodels.wording import evidence_of
from spark_desktop.views import desktop_examinations as desktop
from spark_desktop.views.consent_dialog import ConsentDialog
from spark_desktop.views.desktop_examinations import RegisteredHotkey
from spark_desktop.views.endpoints_dialog import EndpointsDialog
from spark_desktop.views.language import load
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.theme import load_theme
from spark_desktop.views.transcript_units import Header, Notice, TurnUnits
from tests.answer_fakes import PART, conflicting, put_answer
from tests.endpoint_desk_fakes import Desk, book, buckets, record
from tests.fakes import EMULATION
from tests.interface_fakes import (
    BEFORE,
    MODEL,
    NOON,
    TIMING,
    FakeProject,
    change,
    proposal,
    snapshot,
    turn,
    until,
)
from tests.self_test_fakes import rows as self_test_rows
from tests.update_fakes import feed, written
from tests.viewmodels.test_updates_view_model import Desk as Updates
from tests.views.reading import foreign, foreign_words, texts
from tests.views.test_machine_windows import Services

# What the fakes' user, model and server wrote.
_TEXT = """Why See it line by line First numbers use parser src stats project library main median
    small large mine hub example Apache three nine more on codex
    Fast vendor Lab lab Vendor Cloud qwen gpu box
    pass"""
_WRITTEN = frozenset(_TEXT.split())
_SAID = say("The model's server at {base_url} did not answer in time.", base_url="http://h:1")
_NEXT = say("Try again in a moment.")
_DEAD = say("{what}; its last words: {last}", what=say("exit code {code}", code=1), last="7")


@pytest.fixture(autouse=True)
def russian(qapp: QApplication) -> Iterator[None]:
    translators = load("ru")
    for translator in translators:
        qapp.installTranslator(translator)
    QLocale.setDefault(QLocale("ru"))
    yield
    for translator in translators:
        qapp.removeTranslator(translator)
    QLocale.setDefault(QLocale.system())


@pytest.fixture
async def services(qapp: object) -> AsyncIterator[Services]:
    made = Services()
    yield made
    await made.scope.close()


@pytest.fixture
async def window(
    qtbot: QtBot,
    models: ProjectViewModels,
    project: FakeProject,
    services: Services,
    tmp_path: Path,
) -> AsyncIterator[MainWindow]:
    answered = replace(turn("t1", "Да."), usage=Usage(2000, 4000, 1500), timing=TIMING)
    emulated = replace(answered, id="t2", emulation=EMULATION)
    project.chat.known["th1"] = Thread("th1", "First", NOON, (answered, emulated))
    project.lab.written_code.append(ProposalFigures("p0", "small", Usage(1, 2), TIMING))
    scope = TaskScope("settings")
    file = TomlSettings(tmp_path / "settings.toml")
    settings = SettingsViewModel(SettingsService(file), scope)
    settings.set("looks.language", Language.RUSSIAN)
    made = MainWindow(load_theme("dark"), LayoutMemory(tmp_path / "window.ini"), settings)
    qtbot.addWidget(made, before_close_func=lambda window: window.finish())
    made.machine.connect_to(lambda: machine_view_models(services))
    made.show_project(models, tmp_path / "library", "main")
    made.resize(1280, 800)
    made.show()
    # Else it would look at the file after the test, when no loop runs.
    made.preferences.end()
    yield made
    # The window has installed Russian as well, for the whole program.
    settings.set("looks.language", Language.ENGLISH)
    await scope.close()


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


def english(window: QWidget) -> list[str]:
    settle()
    fonts = QFontDatabase.families()
    return [text for text in foreign(window, _WRITTEN) if text not in fonts]


def test_the_walk_finds_an_english_word(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    column = QVBoxLayout(widget)
    button = QPushButton("Отправить")
    button.setToolTip("Send (Ctrl+Enter)")
    column.addWidget(button)
    assert foreign(widget) == ["Send (Ctrl+Enter)"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Записано в /home/user/out.csv", []),
        ("54 токена, 0,3 мс", []),
        ("54 tokens/s", ["tokens"]),
        ("3.1 kB", ["kB"]),
        ("Spark сохранил GGUF", []),
        ("4 answers", ["answers"]),
        ("a file.", ["file"]),
        ("qwen2.5-coder-0.5b", []),
    ],
)
def test_words_are_told_from_names_and_code(text: str, words: list[str]) -> None:
    assert foreign_words(text) == words


async def test_an_empty_project_is_russian(window: MainWindow) -> None:
    assert any(text.startswith("Отправить") for text in texts(window))
    assert english(window) == []


@pytest.mark.parametrize(
    "state",
    [
        CoreStopped(),
        CoreStarting(),
        CoreDownloading("hub", 10_000_000, 400_000_000, 2_500_000.0, 90.0),
        CoreLoading(),
        CoreReady(MODEL),
        CoreRestarting(_DEAD, 1, 2),
        CoreFailed(say("The core cannot start."), say("Try again.")),
    ],
)
async def test_every_state_of_the_core_is_russian(
    window: MainWindow, project: FakeProject, state: CoreState
) -> None:
    project.core.become(state)
    assert english(window) == []


def judged(state: State | None = None, **bad: object) -> Proposal:
    candidate = Candidate(
        before=BEFORE,
        after=BEFORE + "x",
        region_before=BEFORE,
        region_after=BEFORE,
        errors_before=0,
        errors_after=0,
        instruction="",
        reasoning=False,
        finished=True,
    )
    return replace(proposal(state), evidence=check(replace(candidate, **bad)))


async def test_every_state_of_a_proposal_is_russian(
    window: MainWindow, project: FakeProject, models: ProjectViewModels
) -> None:
    # In one window: a new one for each of them takes a second.
    shown = [
        judged(),
        judged(errors_before=None),
        judged(errors_before=2, errors_after=1),
        judged(errors_after=5),
        judged(region_after="x"),
        judged(region_after="x", instruction="remove it"),
        judged(region_before="x\ny\nz", region_after="x"),
        judged(reasoning=True, finished=False, after=BEFORE, stray="7"),
        judged(region_after="# ...\n" + BEFORE),
        judged(Queued()),
        judged(Streaming(1)),
        judged(Streaming(2)),
        judged(Withheld(say("The answer changes nothing in the file."))),
        judged(Conflict(_SAID)),
        judged(Cancelled(say("replaced by a newer save"))),
        judged(Failed(_SAID, _NEXT)),
        judged(Closed(2)),
        judged(Closed(0)),
        judged(Closed(2, undone=True)),
        replace(judged(), trigger=Stub(snapshot(), Span(0, 1), Span(0, 1), "median")),
        replace(judged(), trigger=Instruction(snapshot(), None, "числа")),
        replace(judged(), trigger=Insertion(snapshot(), None, "x = 1")),
        replace(judged(), emulation=EMULATION, usage=Usage(20, 10), timing=TIMING),
    ]
    for number, made in enumerate(shown):
        named = replace(made, id=f"proposal-{number}")
        project.turns.put(named)
        models.changes.choose_proposal(named.id)
        assert english(window) == [], named
        assert set(foreign_words(evidence_of(models.review.proposal).tip)) <= _WRITTEN
        models.changes.dismiss(named.id)


async def test_the_files_of_an_answer_are_reviewed_in_russian(
    window: MainWindow, project: FakeProject, models: ProjectViewModels
) -> None:
    files = put_answer(project)
    part = replace(PART, reason="Таких строк нет.", old=("x = 1\n",), new=("x = 2\n",))
    project.turns.put(replace(conflicting(files[0]), failed=(part,)))
    review = models.review
    models.changes.choose_proposal("p1")
    assert english(window) == []
    review.decide.next_hunk()
    review.work.begin_edit()
    assert english(window) == []
    review.work.leave()
    review.comments.begin(0, False)
    review.comments.set_text("Почему?")
    assert english(window) == []
    review.comments.keep()
    review.decide.next_file()
    review.decide.reject()
    for told in (CHOOSE_A_SIDE, STILL_WRITTEN):
        assert set(foreign_words(f"{in_language(told.text)} {in_language(told.hint)}")) == set()
    assert english(window) == []


async def test_saved_files_and_what_was_ignored_are_russian(
    window: MainWindow, project: FakeProject
) -> None:
    project.bus.publish(FilesChanged(("stats.py",)))
    project.bus.publish(ChangeApplied(change()))
    project.bus.publish(ChangeReverted(change(path="a.py", undone=True)))
    project.bus.publish(ChangeReverted(change(path="b.py")))
    for number, reason in enumerate(IgnoreReason):
        detail = say("{count} in this file", count=number)
        project.bus.publish(ChangeIgnored(Ignored(f"{number}.py", reason, detail)))
    assert english(window) == []


@pytest.mark.parametrize("state", list(TurnState))
@pytest.mark.parametrize("emulation", [None, EMULATION])
def test_what_stands_around_an_answer_is_russian(
    state: TurnState, emulation: Emulation | None
) -> None:
    error = EndpointError(_SAID, _NEXT).told if state is TurnState.FAILED else ""
    ended = replace(turn("t1", "Да.", state), usage=Usage(200, 400), timing=TIMING, error=error)
    said = []
    for unit in TurnUnits(replace(ended, emulation=emulation)).units():
        if isinstance(unit, Header):
            said += [unit.speaker, unit.detail]
        elif isinstance(unit, Notice):
            said.append(unit.text)
    assert [text for text in said if foreign_words(text) or "t/s" in text or " s" in text] == []


async def test_an_answer_and_the_numbers_in_the_status_bar_are_russian(
    window: MainWindow, project: FakeProject
) -> None:
    for emulation in (None, EMULATION):
        ended = replace(
            turn(f"t{emulation is None}", "Да."),
            usage=Usage(2000, 4000, 1500),
            timing=replace(TIMING, queue=0.1, connect=0.01),
            emulation=emulation,
        )
        project.bus.publish(TurnChanged("th1", ended))
        assert english(window) == []


async def test_the_speed_lab_and_its_report_are_russian(
    window: MainWindow, models: ProjectViewModels
) -> None:
    window.keys["lab"].trigger()
    await until(lambda: len(models.lab.lanes.lanes) > 1 and models.lab.report.report.answers > 2)
    for lane in models.lab.lanes.lanes:
        moments = [at for second in (0.0, 1.0, 1e6) for at in _told_at(lane, second)]
        said = [lane.kind, lane.tip, *moments]
        assert [text for text in said if set(foreign_words(text)) - _WRITTEN] == []
    assert english(window) == []


def _told_at(lane: Lane, second: float) -> tuple[str, str]:
    return lane.times(second), lane.amounts(second)


@pytest.mark.parametrize(
    "name",
    ["models", "doctor", "self_test", "connections", "about", "times", "settings", "help"],
)
async def test_every_window_is_russian(
    window: MainWindow, services: Services, project: FakeProject, name: str
) -> None:
    services.doctor.found = (Finding(say("engine"), Verdict.NOTE, _SAID, _NEXT),)
    services.self_test.rows = self_test_rows(*(Seen(one, _SAID, _NEXT) for one in Outcome))
    purposes = (
        say("ask whether the local core is well"),
        say("fetch a model from {source}", source="hub"),
    )
    services.connections.known = [
        ContactRecord(Contact("hub.example", 443, purpose), 2, NOON, NOON) for purpose in purposes
    ]
    project.bus.publish(TurnChanged("th1", project.chat.known["th1"].turns[0]))
    before = set(QApplication.topLevelWidgets())
    window.keys[name].trigger()
    await until(lambda: bool(set(QApplication.topLevelWidgets()) - before))
    shown = [one for one in QApplication.topLevelWidgets() if one not in before]
    assert [text for one in shown for text in english(one)] == []


@pytest.mark.parametrize("seen", list(Outcome))
async def test_the_end_of_the_self_test_is_russian(services: Services, seen: Outcome) -> None:
    services.self_test.rows = self_test_rows(Seen(seen, _SAID), Seen(seen, _SAID))
    model = machine_view_models(services).self_test
    told = [model.notice.text]
    model.changed.connect(lambda: told.append(model.notice.text))
    model.run()
    await until(lambda: not model.is_running)
    assert [text for text in (*told, model.notice.text) if foreign_words(text)] == []


async def test_what_the_self_test_sees_is_russian(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "", lambda _pid: None)
    seen = [
        await check(stage)
        for check in (
            *(installed.program, installed.resources, installed.grammars),
            *(drawing.translations, drawing.fonts, drawing.screen, drawing.tray_icon),
        )
    ]
    said = [in_language(text) for one in seen for text in (one.text, one.next_step)]
    said += [in_language(check.name) for check in (*PLAN, TIDY)]
    # Machines, fonts and languages have their own names.
    plain = [
        re.sub(r"offscreen|x86_64|AMD64|arm64|Darwin|Sans|Mono|SQLite", "", text) for text in said
    ]
    fonts = [re.sub(r";.*?:|: en, ru", "", text) for text in plain]
    assert [text for text in fonts if foreign_words(text)] == []


def test_undoing_and_redoing_do_not_read_alike() -> None:
    for undo, redo in (("&Undo", "&Redo"), ("Undo this &hunk", "Redo this &hunk")):
        assert tr(undo) != tr(redo)


@pytest.fixture
async def desk(qapp: object) -> AsyncIterator[Desk]:
    made = Desk(
        replace(book(), budget=Budget(20.0)),
        record(),
        record(cost=None),
        record("lab", "qwen", first=None, error="EndpointError", cost=None),
        record("local", "small", cost=None),
    )
    made.health.succeeded("fast", buckets())
    made.health.failed("fast", EndpointBusyError(_SAID, "", 12.0))
    for _ in range(3):
        made.health.failed("lab", EndpointUnreachableError(_SAID))
    yield made
    await made.scope.close()


async def test_the_endpoints_are_russian(window: MainWindow, desk: Desk) -> None:
    models = endpoint_view_models(desk.services)
    window.machine.connect_endpoints(lambda: models)
    window.machine.show_endpoints()
    opened = window.machine.open["endpoints"]
    assert isinstance(opened, EndpointsDialog)
    for page in range(3):
        opened.tabs.setCurrentIndex(page)
        await until(lambda page=page: page < 2 or bool(models.costs.rows))
        assert english(opened) == []
    models.endpoints.remove("lab")
    await until(lambda: models.endpoints.notice is not None)
    assert english(opened) == []
    opened.edit("")
    editor = opened.editor
    assert editor is not None
    editor.form.url.textEdited.emit("http://gpu-box:8000")
    editor.form.title.textEdited.emit("")
    editor.form.route.proxy.textEdited.emit("7")
    editor.save.click()
    editor.cancel.click()
    assert english(editor) == []
    editor.form.consent.click()
    desk.test.steps = tuple(
        CheckStep(kind, outcome)
        for kind, outcome in zip(CheckKind, itertools.cycle(CheckOutcome), strict=False)
    )
    editor.form.route.proxy.textEdited.emit("")
    editor.test.click()
    await until(lambda: editor.steps.rowCount() == len(CheckKind) and editor.test.isVisible())
    assert english(editor) == []


async def test_the_updates_are_russian(window: MainWindow) -> None:
    updates = Updates()
    window.machine.connect_updates(lambda: updates.model)
    window.machine.show_updates()
    opened = window.machine.open["updates"]
    for action in (UpdateAction.CHECK, UpdateAction.AGREE, UpdateAction.DOWNLOAD):
        await until(lambda action=action: action in updates.model.actions)
        assert english(opened) == []
        updates.model.act(action)
    await until(lambda: updates.model.progress == 0.5)
    assert english(opened) == []
    updates.server.rest.set()
    await until(lambda: updates.model.how != "")
    assert english(opened) == []
    updates.server.data = written(feed(sequence=6))
    updates.model.act(UpdateAction.CHECK)
    await until(lambda: updates.model.notice.tone is Tone.PROBLEM)
    assert english(opened) == []
    await updates.scope.close()


async def test_the_palette_is_russian(window: MainWindow) -> None:
    window.keys["palette"].trigger()
    assert window.finder.palette is not None
    assert english(window.finder.palette) == []


def of_the_machine(folder: Path) -> Iterator[Finding]:
    yield from (machine.python((3, 9, 0)), machine.python())
    yield from (machine.processor(), machine.processor(folder / "none"))
    old = folder / "cpuinfo"
    old.write_text("flags : sse2\n", encoding="utf-8")
    yield machine.processor(old)
    yield from (machine.memory(1, 1), machine.memory(10**12, 1), machine.memory(10**12, 10**12))
    yield machine.qt_libraries()
    yield from (machine.display({}), machine.display({"DISPLAY": ":0"}))
    limit = folder / "limit"
    yield machine.file_watches(limit)
    limit.write_text("100000", encoding="ascii")
    yield machine.file_watches(limit, lambda: 1)
    yield machine.file_watches(limit, lambda: 95_000)
    yield machine.file_watches(limit, lambda: 100_000)
    yield from (around.trust_store({}), around.trust_store({"SSL_CERT_FILE": "/none"}))
    yield from (around.proxies({}), around.proxies({"https_proxy": "http://p:1"}))
    yield from (around.disk(folder, free) for free in (1, 10**9, 10**12))
    yield from (desktop.platform(), desktop.tray(lambda: True), desktop.tray(lambda: False))
    for hotkey in (None, RegisteredHotkey("Ctrl+X"), RegisteredHotkey("Ctrl+X", _SAID)):
        yield desktop.hotkey_finding(hotkey)


def of_spark(folder: Path) -> Iterator[Finding]:
    python, missing = (sys.executable, "-c"), ("/no/such/program",)
    dies = (*python, "raise SystemExit(3)")
    yield from (spark.packages(), spark.grammars())
    yield from (spark.data(folder), spark.data(folder / "new"))
    damaged = folder / "damaged.db"
    damaged.write_text("no database", encoding="ascii")
    yield from (spark.database(folder / "none.db"), spark.data(damaged))
    yield from (spark.engine(dies), spark.model(dies), spark.running_cores(folder))
    for state in ("absent", "unverified", "verified", ""):
        one = {"id": "m", "path": "/m", "state": state, "bytes": 5 * 10**6, "bytes_here": 10**6}
        shelf = json.dumps({"default": "m", "own": [], "models": [one]})
        yield spark.model((*python, f"print({shelf!r})"))
    nothing = json.dumps({"default": "m", "own": [], "models": []})
    for choice in (str(damaged), "/none"):
        yield spark.model((*python, f"print({nothing!r})"), choice)
    told = (spark.engine(missing), spark.model(missing), spark.database(damaged))
    for found in (*told, machine.qt_libraries(folder), spark.grammars(["no_such_grammar"])):
        # What the system says of it stays as it says it.
        yield replace(found, detail="")


@pytest.mark.parametrize("look", [of_the_machine, of_spark])
def test_every_finding_of_the_doctor_is_russian(
    qapp: object, tmp_path: Path, look: Callable[[Path], Iterator[Finding]]
) -> None:
    said = [
        in_language(text)
        for finding in look(tmp_path)
        for text in (finding.name, finding.detail, finding.next_step)
    ]
    # The version of the library holds its date, and Qt has its own name for this screen.
    plain = [re.sub(r"OpenSSL.*|offscreen|DISPLAY", "", text) for text in said]
    assert [text for text in plain if foreign_words(text)] == []


@pytest.mark.parametrize(
    "state", [Sandboxing(True), Sandboxing(False, say("bubblewrap (bwrap) is not installed"))]
)
async def test_the_question_about_the_checks_of_a_project_is_russian(
    window: MainWindow, state: Sandboxing
) -> None:
    told, bus = Told(), Bus()
    consent = ConsentViewModel(window.settings, told)
    consent.follow(SimpleNamespace(root=Path("/library"), bus=bus))
    bus.publish(ConsentNeeded(("pytest",), ("pytest",), state))
    window.told.show_notice(told.notice)
    dialog = ConsentDialog(consent, window.theme, window)
    dialog.open()
    assert (english(window), english(dialog)) == ([], [])
    dialog.reject()


async def test_the_context_of_a_prompt_is_russian(
    window: MainWindow, project: FakeProject, models: ProjectViewModels
) -> None:
    one = judged()
    project.turns.put(one)
    models.changes.choose_proposal("p1")
    left = LeftOut("main", say("a change of %n line(s)", "", 500))
    gathered = Gathered((Part("map", say("Map of the workspace"), "", tokens=420),), (left,))
    project.bus.publish(ContextGathered(one.trigger, gathered))
    assert window.project is not None
    window.project.review.foot.context.click()
    assert english(window) == []


async def test_the_page_of_a_project_is_russian(window: MainWindow) -> None:
    dialog = window.preferences.show(Category.PROJECT)
    assert english(dialog) == []
    dialog.close()
