import sys
from pathlib import Path

import pytest

from inference_core.machine.trial import TrialSpec, answer
from inference_core.machine.trial_process import TrialFailedError, trial_process
from inference_core.machine.tuned import Tuned

SPEC = TrialSpec(Path("small.gguf"), Tuned(2, 2, 512, None, "f16"), Path("libllama.so"))


def python(*lines: str) -> list[str]:
    """A trial that is these lines of Python; the spec is read already."""
    return [sys.executable, "-c", "\n".join(["import json, sys", "sys.stdin.readline()", *lines])]


READY = "print(json.dumps({'answer': 'ready'}), flush=True)"


def test_questions_are_answered_in_turn():
    echo = (
        "for line in sys.stdin: print(json.dumps({'answer': json.loads(line)['of']}), flush=True)"
    )
    with trial_process(SPEC, python(READY, echo)) as trial:
        assert trial.prefill(64) == 64.0
        assert trial.step(8) == 8.0
        with pytest.raises(TrialFailedError, match="instead of a number"):
            trial.agreement([1, 2])
        with pytest.raises(TrialFailedError, match="instead of tokens"):
            trial.greedy(64)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["print(json.dumps({'failed': 'no memory'}), flush=True)"], "no memory"),
        (["sys.exit(3)"], "ended with code"),
        (["print('Segmentation fault', flush=True)"], "ended with code"),
        (["print('[]', flush=True)"], "ended with code"),
    ],
)
def test_a_process_that_does_not_load_the_model_is_a_failed_trial(lines, reason):
    with pytest.raises(TrialFailedError, match=reason), trial_process(SPEC, python(*lines)):
        raise AssertionError("it did not fail")


def test_a_process_that_ends_between_two_questions_is_a_failed_trial():
    with trial_process(SPEC, python(READY)) as trial:
        with pytest.raises(TrialFailedError, match="ended with code"):
            trial.prefill(64)
        with pytest.raises(TrialFailedError, match="ended with code"):
            trial.decode(4)


def test_a_process_that_is_silent_is_ended():
    with (
        pytest.raises(TrialFailedError, match="ended with code"),
        trial_process(SPEC, python("sys.stdin.readline()"), answer_within_s=0.05),
    ):
        raise AssertionError("it did not fail")


def test_a_spec_survives_its_line():
    settings = Tuned(1, 2, 64, False, "q8_0")
    for spec in (SPEC, TrialSpec(Path("a"), settings)):
        assert TrialSpec.from_line(spec.to_line()) == spec


def test_every_question_has_an_answer():
    class Measured:
        def prefill(self, of):
            return ("prefill", of)

        def decode(self, of):
            return ("decode", of)

        def step(self, of):
            return ("step", of)

        def greedy(self, of):
            return ("greedy", of)

        def agreement(self, of):
            return ("agreement", of)

    for question in ("prefill", "decode", "step", "greedy", "agreement"):
        assert answer(Measured(), {"ask": question, "of": 7}) == (question, 7)
    with pytest.raises(ValueError, match="no such question"):
        answer(Measured(), {"ask": "sing", "of": 1})


@pytest.mark.model
def test_the_real_engine_can_be_timed_and_agrees_with_itself(model_path):
    spec = TrialSpec(model_path, Tuned(2, 2, 128, None, "f16"))
    with trial_process(spec) as trial:
        assert trial.prefill(64) > 0
        assert trial.decode(2) > 0
        assert trial.step(8) > 0
        written = trial.greedy(16)
        assert len(written) == 16
        assert trial.agreement(written) == 1.0


def test_a_model_that_cannot_be_loaded_is_told_in_the_engines_words(tmp_path):
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"no model")
    with (
        pytest.raises(TrialFailedError, match=r"broken\.gguf"),
        trial_process(TrialSpec(path, Tuned(1, 1, 64, None, "f16"))),
    ):
        raise AssertionError("it did not fail")
