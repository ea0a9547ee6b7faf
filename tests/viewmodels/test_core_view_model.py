import pytest

from spark_desktop.domain.completion import ModelInfo
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
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.events import EndpointsChanged, ModelSwitching
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import Endpoint
from spark_desktop.viewmodels.core import CoreViewModel
from spark_desktop.viewmodels.notice import Intent, Tone
from spark_desktop.viewmodels.project import ProjectViewModels
from tests.interface_fakes import MODEL, FakeCore, FakeProject


@pytest.mark.parametrize(
    ("state", "word", "tone", "text"),
    [
        (CoreStopped(), "stopped", Tone.MUTED, "The model is not running."),
        (CoreStarting(), "starting", Tone.BUSY, "Starting the model."),
        (CoreLoading(), "loading", Tone.BUSY, "Loading the model into memory."),
        (
            CoreRestarting("it was killed.", 2, 4.0),
            "restarting",
            Tone.WARNING,
            "The connection to the model was lost: it was killed.",
        ),
        (
            CoreFailed("The disk is full.", "Free 2 GB."),
            "failed",
            Tone.PROBLEM,
            "The disk is full.",
        ),
    ],
)
async def test_each_state_has_a_word_and_a_line(
    project: FakeProject,
    models: ProjectViewModels,
    state: CoreState,
    word: str,
    tone: Tone,
    text: str,
) -> None:
    project.core.become(state)
    core = models.core
    assert (core.word, core.tone) == (word, tone)
    assert core.notice is not None
    assert core.notice.text == text
    assert core.label == "no model yet"
    assert core.progress is None
    assert not core.is_ready


async def test_a_ready_core_says_nothing_but_its_model(models: ProjectViewModels) -> None:
    core = models.core
    assert core.is_ready
    assert core.notice is None
    assert (core.word, core.tone) == ("ready", Tone.GOOD)
    assert core.label == "local · qwen2.5-coder-0.5b"
    assert not core.is_emulated


async def test_a_download_tells_bytes_rate_and_time_left(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.core.become(CoreDownloading("the wheel", 100_000_000, 400_000_000, 5_000_000, 60.0))
    assert models.core.progress == 0.25
    assert models.core.notice is not None
    assert models.core.notice.hint == (
        "100.0 MB of 400.0 MB · 5.0 MB/s · about 1 min left · from the wheel"
    )


async def test_a_download_of_unknown_size_has_no_bar(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.core.become(CoreDownloading("hub", 10, 0, 1.0, None))
    assert models.core.progress is None


async def test_a_failed_core_can_be_started_again(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.core.become(CoreFailed("It ended.", ""))
    assert models.core.notice is not None
    assert models.core.notice.action is not None
    models.core.act(models.core.notice.action.intent)
    models.core.act(Intent.HELP)
    assert project.core.starts == 1


async def test_an_emulated_endpoint_is_told_from_a_measured_one(project: FakeProject) -> None:
    emulated = ModelInfo(MODEL.id, MODEL.context, MODEL.fim, label="emulated wse-3")
    core = CoreViewModel(project.core, project.bus)
    project.core.become(CoreReady(emulated))
    assert core.is_emulated


async def test_a_download_can_be_stopped_and_begun_again(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.core.become(CoreDownloading("hub", 1, 2, 1.0, None))
    assert models.core.notice is not None
    assert models.core.notice.action is not None
    assert models.core.notice.action.label == "Stop the download"
    models.core.act(models.core.notice.action.intent)
    assert models.core.notice.text == "The model is not running."
    models.core.act(models.core.notice.action.intent)
    assert project.core.starts == 1


async def test_a_change_of_the_model_is_told_until_it_is_over(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.bus.publish(ModelSwitching("/store/own/mine.gguf", CoreStarting()))
    core = models.core
    assert (core.word, core.tone) == ("changing the model", Tone.BUSY)
    assert core.notice is not None
    assert core.notice.text.startswith("Changing to mine;")
    project.bus.publish(ModelSwitching("large", CoreDownloading("hub", 1, 4, 1.0, None)))
    assert core.progress == 0.25
    assert "1 B of 4 B" in core.notice.hint
    project.bus.publish(ModelSwitching("large", None))
    assert (core.word, core.notice) == ("ready", None)


class Remote:
    """Somebody else is asked before the core."""

    def __init__(self, model: ModelInfo | None) -> None:
        self.model = model

    async def endpoint_for(self, kind: WorkKind) -> Endpoint:
        raise NotImplementedError

    def model_for(self, kind: WorkKind) -> ModelInfo | None:
        return self.model

    def warm(self, kind: WorkKind) -> None:
        """Nothing takes a while."""


async def test_a_core_that_only_steps_in_is_no_problem(qapp: object) -> None:
    bus = Bus()
    remote = Remote(ModelInfo("big-model", 131072, fim=False, label="Fast"))
    core = CoreViewModel(FakeCore(bus, CoreStopped()), bus, remote)
    assert (core.word, core.tone, core.notice) == ("remote", Tone.GOOD, None)
    assert (core.label, core.is_ready) == ("Fast · big-model", True)
    changes: list[bool] = []
    core.changed.connect(lambda: changes.append(True))
    remote.model = None
    bus.publish(EndpointsChanged())
    assert changes == [True]
    assert (core.word, core.label, core.is_ready) == ("stopped", "no model yet", False)


async def test_a_core_that_fails_is_told_also_beside_an_endpoint(qapp: object) -> None:
    bus = Bus()
    remote = Remote(ModelInfo("big-model", 131072, fim=False, label="Fast"))
    failed = CoreFailed("The disk is full.", "Free 2 GB.")
    core = CoreViewModel(FakeCore(bus, failed), bus, remote)
    assert core.notice is not None
    assert core.label == "Fast · big-model"
