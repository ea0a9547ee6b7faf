import io

import pytest

from spark_desktop.cli.core_progress import CoreProgress, sentence_for
from spark_desktop.cli.output import Output
from spark_desktop.domain.completion import ModelInfo
from spark_desktop.domain.core_state import (
    CoreDownloading,
    CoreFailed,
    CoreLoading,
    CoreReady,
    CoreRestarting,
    CoreStarting,
    CoreStopped,
)
from spark_desktop.domain.events import CoreStateChanged


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def downloading(done: int) -> CoreDownloading:
    return CoreDownloading("Hugging Face", done * 1_000_000, 491_000_000, 12_000_000.0, 30.4)


def written(err: io.StringIO, *states) -> str:
    progress = CoreProgress(Output(io.BytesIO(), err, structured=True))
    for state in states:
        progress.on_state(CoreStateChanged(state))
    return err.getvalue()


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (CoreStarting(), "Starting the core…"),
        (CoreLoading(), "Loading the model…"),
        (CoreReady(ModelInfo("qwen", 8192, fim=True)), "Ready: qwen."),
        (CoreStopped(), ""),
        (
            CoreRestarting("killed by signal 9", 1, 0.5),
            "Starting the model again in 0.5 s: killed by signal 9",
        ),
        (
            CoreFailed("No space.", "Free 491 MB."),
            "The core cannot be started: No space. Free 491 MB.",
        ),
        (
            downloading(49),
            "Downloading the model from Hugging Face: 49 of 491 MB, 12.0 MB/s, 30 s left",
        ),
    ],
)
def test_each_state_has_its_sentence(state, sentence):
    assert sentence_for(state) == sentence


def test_a_terminal_sees_one_line_that_is_redrawn_and_then_cleared():
    told = written(Terminal(), downloading(1), downloading(2), CoreLoading())
    assert told.count("\n") == 1
    assert told.count("\r\x1b[K") == 3
    assert told.endswith("\r\x1b[KLoading the model…\n")


def test_elsewhere_a_download_is_said_once_for_each_tenth():
    told = written(io.StringIO(), *(downloading(done) for done in range(0, 492)))
    assert len(told.splitlines()) == 11
    assert "\r" not in told


def test_an_unknown_size_is_no_error():
    state = CoreDownloading("a mirror", 5_000_000, 0, 0.0, None)
    assert "5 of 0 MB" in written(io.StringIO(), state)
