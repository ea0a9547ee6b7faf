from dataclasses import replace

from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.core_state import CoreReady, CoreStarting
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.events import AnswerMeasured, ProposalStreamed, TurnChanged, TurnStreamed
from spark_desktop.domain.proposal import Streaming
from spark_desktop.domain.standings import AnswerRecord
from spark_desktop.viewmodels.project import ProjectViewModels, view_models
from spark_desktop.viewmodels.status import Reading
from tests.interface_fakes import MODEL, NOON, TIMING, USAGE, FakeProject, proposal, turn, until


async def test_nothing_is_shown_before_anything_was_measured(models: ProjectViewModels) -> None:
    status = models.status
    readings = (status.speed, status.first_token, status.context, status.cached, status.split)
    assert set(readings) == {Reading()}


async def test_the_last_completion_is_shown_in_numbers(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(replace(proposal(), usage=USAGE, timing=TIMING))
    status = models.status
    assert status.speed.text == "50 tokens/s"
    assert "decode time" in status.speed.tip
    assert status.first_token.text == "first token 310 ms"
    assert status.context.text == "context 250 / 8.2k"
    assert status.context.share == 250 / 8192
    assert status.cached.text == "cached 75 %"
    assert status.split.share == 0.2
    assert "Prefill (reading the prompt) 250 ms" in status.split.tip


async def test_every_number_says_how_it_was_measured(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.bus.publish(TurnChanged("th1", replace(turn(), usage=USAGE, timing=TIMING)))
    status = models.status
    readings = (status.speed, status.first_token, status.context, status.cached, status.split)
    assert all(reading.text and reading.tip for reading in readings)


async def test_without_the_servers_times_the_speed_is_by_our_clock(
    project: FakeProject, models: ProjectViewModels
) -> None:
    timing = Timing(first_token=0.5, total=1.48)
    project.turns.put(replace(proposal(), usage=USAGE, timing=timing))
    assert models.status.speed.text == "50 tokens/s"
    assert "after its first" in models.status.speed.tip
    assert models.status.split == Reading()


async def test_a_single_token_has_no_speed(project: FakeProject, models: ProjectViewModels) -> None:
    timing = Timing(first_token=0.5, total=0.5)
    project.turns.put(replace(proposal(), usage=Usage(0, 1), timing=timing))
    assert models.status.speed == Reading()
    assert models.status.cached == Reading()


async def test_the_speed_is_live_while_the_model_writes(
    project: FakeProject, models: ProjectViewModels
) -> None:
    told: list[str] = []
    models.status.changed.connect(lambda: told.append(models.status.speed.text))
    for tokens in range(1, 41):
        project.bus.publish(ProposalStreamed("p1", "x", tokens, tokens / 80))
    await until(lambda: bool(told))
    assert told == ["78 tokens/s"]


async def test_the_context_waits_for_the_model(qapp: object) -> None:
    project = FakeProject(CoreStarting())
    models = view_models(project, lambda: NOON)
    project.turns.put(replace(proposal(), usage=USAGE, timing=TIMING))
    assert models.status.context == Reading()
    project.core.become(CoreReady(MODEL))
    assert models.status.context.text == "context 250 / 8.2k"


async def test_a_decision_brings_no_old_numbers_back(
    project: FakeProject, models: ProjectViewModels
) -> None:
    measured = replace(proposal(), usage=USAGE, timing=TIMING)
    project.turns.put(measured)
    newer = Timing(first_token=0.5, total=1.48)
    project.bus.publish(TurnChanged("th1", replace(turn(), usage=USAGE, timing=newer)))
    project.turns.put(measured)
    assert models.status.first_token.text == "first token 500 ms"


EMULATION = Emulation("codex-spark", "Codex-Spark", "replay", "vendor", 1000.0, 998.0, 0.1, 4.0)


async def test_figures_of_an_emulated_answer_are_marked(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(replace(proposal(), usage=USAGE, timing=TIMING, emulation=EMULATION))
    status = models.status
    assert status.speed.text == "998 tokens/s"
    assert all(r.is_emulated for r in (status.speed, status.first_token, status.split))
    assert not status.context.is_emulated
    assert status.emulation == EMULATION
    for told in ("codex-spark", "recording", "1,000", "(vendor)", "998", "10 %", "4.0 s"):
        assert told in status.speed.tip


async def test_a_measured_answer_after_an_emulated_one_is_not_marked(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(replace(proposal(), usage=USAGE, timing=TIMING, emulation=EMULATION))
    measured = replace(turn(), usage=USAGE, timing=replace(TIMING, total=2.0))
    project.bus.publish(TurnChanged("th1", measured))
    assert models.status.speed == replace(models.status.speed, text="50 tokens/s")
    assert not models.status.speed.is_emulated
    assert models.status.emulation is None


async def test_a_live_speed_is_marked_by_the_answer_that_it_is_of(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(replace(proposal(name="p0"), usage=USAGE, timing=TIMING))
    begun = replace(proposal(Streaming(), name="p1"), emulation=EMULATION)
    project.turns.put(begun)
    project.bus.publish(ProposalStreamed("p1", "x", 11, 0.01))
    assert models.status.speed.text == "1000 tokens/s"
    assert models.status.speed.is_emulated
    assert not models.status.first_token.is_emulated


async def test_the_live_speed_of_an_emulated_turn_is_marked(
    project: FakeProject, models: ProjectViewModels
) -> None:
    streaming = replace(turn(state=TurnState.STREAMING), emulation=EMULATION)
    project.bus.publish(TurnChanged("th1", streaming))
    for _ in range(20):
        project.bus.publish(TurnStreamed("th1", "t1", "x"))
    assert models.status.speed.is_emulated
    assert models.status.emulation == EMULATION


async def test_the_cost_of_an_answer_and_of_the_session_is_shown(
    project: FakeProject, models: ProjectViewModels
) -> None:
    remote = replace(turn(), usage=USAGE, timing=TIMING, endpoint="Fast", cost=0.0042)
    project.bus.publish(TurnChanged("th1", remote))
    for cost in (0.0042, None, 1.25):
        record = AnswerRecord(NOON, "fast", "m", WorkKind.CHAT, cost=cost)
        project.bus.publish(AnswerMeasured(record))
    status = models.status
    assert status.cost.text == "$0.0042"
    assert "What Fast took" in status.cost.tip
    assert "Since the project was opened: $1.25." in status.cost.tip
    # The context that is known is the core's.
    assert "/" not in status.context.text
    assert status.context.share is None


async def test_an_endpoint_without_a_price_shows_no_cost(
    project: FakeProject, models: ProjectViewModels
) -> None:
    remote = replace(turn(), usage=USAGE, timing=TIMING, endpoint="Fast")
    project.bus.publish(TurnChanged("th1", remote))
    assert models.status.cost == Reading()
