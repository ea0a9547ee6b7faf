"""The list of endpoints: their order, their state, removing one and taking that back."""

from collections.abc import AsyncIterator

import pytest

from spark_desktop.domain.core_state import CoreFailed, CoreReady, CoreStarting, CoreStopped
from spark_desktop.domain.endpoint_book import EndpointBook
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import (
    AccessRefusedError,
    EndpointBusyError,
    EndpointUnreachableError,
    SecretStoreError,
    StoreError,
)
from spark_desktop.domain.events import AnswerMeasured
from spark_desktop.domain.secret import Secret
from spark_desktop.viewmodels.endpoint_rows import EndpointRow, local_row
from spark_desktop.viewmodels.endpoints import EndpointsViewModel
from spark_desktop.viewmodels.notice import Intent, Tone
from tests.endpoint_desk_fakes import FAST, LAB, Desk, book, buckets, record
from tests.interface_fakes import MODEL, until


@pytest.fixture
async def desk(qapp: object) -> AsyncIterator[Desk]:
    made = Desk(book(WorkKind.CHAT), record(), record(first=0.4), record("lab", "qwen", first=None))
    made.secrets.kept["fast"] = Secret("sk-1")
    yield made
    await made.scope.close()


@pytest.fixture
async def model(desk: Desk) -> EndpointsViewModel:
    made = EndpointsViewModel(desk.services)
    made.refresh()
    await until(lambda: row(made, "fast").first_token == "200 ms" and bool(made._keys))
    return made


def row(model: EndpointsViewModel, endpoint_id: str) -> EndpointRow:
    return next(one for one in model.rows if one.id == endpoint_id)


def order(model: EndpointsViewModel) -> list[str]:
    return [one.id for one in model.rows]


async def test_a_row_says_state_model_price_and_what_was_measured(
    model: EndpointsViewModel,
) -> None:
    fast = row(model, "fast")
    assert (fast.place_text, fast.state, fast.tone) == ("1", "ready", Tone.GOOD)
    assert (fast.model, fast.price) == ("oss-120b", "$2.25 / $2.75")
    assert "2026-11-01" in fast.price_tip
    assert "https://vendor.example/prices" in fast.price_tip
    assert (fast.first_token, fast.rate) == ("200 ms", "100 tokens/s")
    assert "2 answers" in fast.measured_tip
    assert fast.detail == "https://fast.example/v1 · key in the keyring"
    lab = row(model, "lab")
    assert (lab.price, lab.first_token, lab.rate) == ("not known", "not measured", "not measured")
    assert row(model, "local").title == "Local core"


async def test_an_order_is_moved_turned_off_and_on(model: EndpointsViewModel, desk: Desk) -> None:
    model.move("fast", 1)
    await until(lambda: order(model) == ["lab", "fast", "local"])
    model.move("lab", -1)
    model.move_to("local", 0)
    await until(lambda: order(model) == ["local", "lab", "fast"])
    model.toggle("lab")
    await until(lambda: order(model) == ["local", "fast", "lab"])
    assert row(model, "lab").place_text == "off"
    # One that is off has no place to move from.
    model.move("lab", -1)
    assert order(model) == ["local", "fast", "lab"]
    model.toggle("lab")
    await until(lambda: row(model, "lab").place == 3)
    assert desk.store.kept.order(WorkKind.CHAT) == ("local", "fast", "lab")


async def test_each_kind_of_work_has_its_order_and_patience(
    model: EndpointsViewModel, desk: Desk
) -> None:
    model.choose_kind(WorkKind.EDIT)
    assert [one.place for one in model.rows] == [1, 0, 0]
    assert order(model)[0] == "local"
    assert model.hedge == 0.0
    model.set_hedge(1.5)
    await until(lambda: desk.store.kept.hedge.get(WorkKind.EDIT) == 1.5)
    model.choose_kind(WorkKind.CHAT)
    assert model.hedge == 0.0


async def test_where_nobody_is_asked_that_is_said(model: EndpointsViewModel) -> None:
    for one in ("fast", "lab", "local"):
        model.toggle(one)
        await until(lambda one=one: row(model, one).place == 0)
    notice = model.notice
    assert notice is not None
    assert (notice.text, notice.tone) == ("Nobody is asked for this kind of work.", Tone.WARNING)


@pytest.mark.parametrize(
    ("errors", "state", "tone"),
    [
        ([EndpointBusyError("Busy.", "", 12.0)], "waiting 12.0 s", Tone.WARNING),
        ([EndpointUnreachableError("Gone.")], "failed 1 time", Tone.WARNING),
        ([EndpointUnreachableError("Gone.")] * 3, "failing, tried again in 15.0 s", Tone.PROBLEM),
        ([AccessRefusedError("Refused.")], "failing, tried again in 5 min", Tone.PROBLEM),
    ],
)
async def test_what_fails_says_why_and_until_when(
    model: EndpointsViewModel,
    desk: Desk,
    errors: list[EndpointUnreachableError],
    state: str,
    tone: Tone,
) -> None:
    for error in errors:
        desk.health.failed("fast", error)
    fast = row(model, "fast")
    assert (fast.state, fast.tone, fast.can_retry) == (state, tone, True)
    assert errors[0].message in fast.detail
    model.retry("fast")
    assert row(model, "fast").state == "ready"


async def test_a_countdown_moves_with_time(model: EndpointsViewModel, desk: Desk) -> None:
    assert not model.is_moving
    desk.health.failed("fast", EndpointBusyError("Busy.", "", 12.0))
    assert model.is_moving
    desk.clock.seconds += 5
    told: list[str] = []
    model.changed.connect(lambda: told.append(row(model, "fast").state))
    model.tick()
    assert told == ["waiting 7.0 s"]


async def test_limits_are_bars_with_their_reset(model: EndpointsViewModel, desk: Desk) -> None:
    desk.health.succeeded("fast", buckets())
    desk.clock.seconds += 2
    requests, tokens = model.limits("fast")
    assert (requests.name, requests.share) == ("Requests a minute", 0.1)
    assert requests.text == "3 of 30 left, full again in 10.0 s"
    assert tokens.name == "Tokens a day"
    assert tokens.text == "250,000 of 1,000,000 left, full again in 60 min"
    assert "2.0 s ago" in tokens.tip
    desk.clock.seconds += 20
    assert model.limits("fast")[0].share == 1.0
    assert model.limits("lab") == ()


async def test_a_missing_key_names_where_it_was_looked_for(desk: Desk) -> None:
    del desk.secrets.kept["fast"]
    model = EndpointsViewModel(desk.services)
    model.refresh()
    await until(lambda: row(model, "fast").lacks_key)
    fast = row(model, "fast")
    assert (fast.state, fast.tone) == ("key missing", Tone.PROBLEM)
    assert "in the keyring and in FAST_KEY" in fast.detail
    desk.environment["FAST_KEY"] = "sk-2"
    model.refresh()
    await until(lambda: row(model, "fast").state == "ready")
    assert "key in FAST_KEY" in row(model, "fast").detail
    desk.endpoints.keys.keep_for_session("fast", Secret("sk-3"))
    model.refresh()
    await until(lambda: "for this session only" in row(model, "fast").detail)


async def test_a_keyring_that_cannot_be_read_says_why(desk: Desk) -> None:
    desk.secrets.broken = SecretStoreError("It is locked.", "Unlock it.")
    model = EndpointsViewModel(desk.services)
    model.refresh()
    await until(lambda: row(model, "fast").state == "key cannot be read")
    assert "It is locked. Unlock it." in row(model, "fast").detail
    assert not row(model, "fast").lacks_key


async def test_what_is_removed_comes_back_where_it_was(
    model: EndpointsViewModel, desk: Desk
) -> None:
    model.remove("fast")
    await until(lambda: order(model) == ["lab", "local"])
    notice = model.notice
    assert notice is not None
    assert notice.text == "Fast vendor was removed."
    # What is changed meanwhile stays changed.
    model.set_hedge(2.0)
    model.act(Intent.UNDO)
    await until(lambda: order(model) == ["fast", "lab", "local"])
    assert desk.store.kept.specs == (FAST, LAB)
    assert desk.secrets.kept["fast"] == Secret("sk-1")
    await until(lambda: desk.store.kept.hedge.get(WorkKind.CHAT) == 2.0)
    assert model.notice is None


async def test_a_key_is_forgotten_once_its_removal_stands(
    model: EndpointsViewModel, desk: Desk
) -> None:
    model.remove("fast")
    await until(lambda: order(model) == ["lab", "local"])
    assert "fast" in desk.secrets.kept
    model.settle()
    await until(lambda: "fast" not in desk.secrets.kept)
    assert model.notice is None
    model.act(Intent.UNDO)
    assert order(model) == ["lab", "local"]


async def test_the_end_of_the_program_forgets_it_too(model: EndpointsViewModel, desk: Desk) -> None:
    model.remove("fast")
    await until(lambda: order(model) == ["lab", "local"])
    desk.secrets.broken = SecretStoreError("It is locked.")
    await model.close()
    desk.secrets.broken = None
    assert "fast" in desk.secrets.kept
    await model.close()


async def test_what_was_alone_goes_to_the_core_and_back(desk: Desk) -> None:
    desk.endpoints.book = EndpointBook((FAST,)).with_order(WorkKind.CHAT, ("fast",))
    model = EndpointsViewModel(desk.services)
    model.remove("fast")
    await until(lambda: order(model) == ["local"])
    model.act(Intent.UNDO)
    await until(lambda: order(model) == ["fast", "local"])
    assert row(model, "local").place == 0


async def test_what_cannot_be_written_holds_and_is_told(
    model: EndpointsViewModel, desk: Desk
) -> None:
    desk.store.broken = StoreError("The disk is full.", "Make room.")
    model.toggle("lab")
    await until(lambda: model.notice is not None)
    notice = model.notice
    assert notice is not None
    assert (notice.text, notice.hint) == ("The disk is full.", "Make room.")
    assert row(model, "lab").place == 0
    model.act(Intent.DISMISS)
    assert model.notice is None


async def test_what_could_not_be_read_is_told_at_the_start(desk: Desk) -> None:
    desk.endpoints.problems = ("endpoints.toml: it has no id.",)  # type: ignore[assignment]
    notice = EndpointsViewModel(desk.services).notice
    assert notice is not None
    assert notice.text == "endpoints.toml: it has no id."


async def test_an_answer_moves_the_measured_figures(model: EndpointsViewModel, desk: Desk) -> None:
    fresh = record("lab", "qwen", first=0.1)
    desk.log.note(fresh)
    desk.bus.publish(AnswerMeasured(fresh))
    await until(lambda: row(model, "lab").first_token == "100 ms")
    desk.log.broken = StoreError("The database is gone.", "Start again.")
    model.refresh()
    await until(lambda: model.notice is not None)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (None, "starts with a project"),
        (CoreReady(MODEL), "ready"),
        (CoreStopped(), "stopped"),
        (CoreStarting(), "starting"),
        (CoreFailed("No model.", "Choose one."), "failed"),
    ],
)
def test_the_core_is_one_of_them(qapp: object, state: CoreReady | None, words: str) -> None:
    shown = local_row(state, 1, None)
    assert (shown.state, shown.title, shown.price) == (words, "Local core", "free")
    assert shown.model == (MODEL.id if isinstance(state, CoreReady) else "")
    if isinstance(state, CoreFailed):
        assert shown.detail == "No model. Choose one."
