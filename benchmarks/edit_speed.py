"""What a predicted text saves: edits of a file, with the old file as the prediction and without.

Both are asked in turn, plain, predicted, predicted, plain, so that a machine that becomes slower
meets both. The last row of a model is a prediction that has nothing to do with the answer.
"""

import statistics
from dataclasses import dataclass

from benchmarks.cores import (
    Json,
    Listener,
    OtherLoad,
    Streamed,
    catalogue_path,
    running_core,
    stream_chat,
)
from benchmarks.edits import EDITS, FILE, messages

SUMMARY = "tokens per second of five edits, with the old file as prediction against without"

MODELS = ("qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b")
# The file has about 450 tokens; with annotations some more.
LONGEST = 700


@dataclass(frozen=True)
class Case:
    name: str
    messages: list[Json]
    max_tokens: int
    shows: str = ""


_CASES = tuple(Case(edit.name, messages(edit), LONGEST, edit.shows) for edit in EDITS)
_STORY = [{"role": "user", "content": "Tell a long story about a lighthouse and its keeper."}]
_UNLIKE = Case("prediction of something else", _STORY, 192)


def run(quick: bool) -> list[dict[str, object]]:
    """Return a row for each model and edit; ``ratio`` is predicted over plain tokens per second.

    ``done`` tells whether the model carried the edit out, which is its own affair; ``same_text``
    that the prediction changed nothing.
    """
    rows = []
    for model in MODELS[:1] if quick else MODELS:
        with running_core(catalogue_path(model)) as core:
            for case in (*(_CASES[1::3] if quick else _CASES), _UNLIKE):
                rows.append({"model": model, **row_of(core, case)})
    return rows


def row_of(core: Listener, case: Case) -> dict[str, object]:
    load = OtherLoad(core.pid)
    # The prompt is worked through once, outside the account.
    stream_chat(core, case.messages, 1)
    plain: list[Streamed] = []
    predicted: list[Streamed] = []
    for asked in (plain, predicted, predicted, plain):
        prediction = {"type": "content", "content": FILE}
        more = {"prediction": prediction} if asked is predicted else {}
        asked.append(stream_chat(core, case.messages, case.max_tokens, **more))
    details = predicted[-1].usage["completion_tokens_details"]
    return {
        "edit": case.name,
        "tokens": plain[0].tokens,
        "plain_tps": round(_rate(plain), 2),
        "predicted_tps": round(_rate(predicted), 2),
        "ratio": round(_rate(predicted) / _rate(plain), 3),
        "accepted": details["accepted_prediction_tokens"],
        "rejected": details["rejected_prediction_tokens"],
        "same_text": len({answer.text for answer in (*plain, *predicted)}) == 1,
        "done": bool(case.shows) and all(case.shows in answer.text for answer in predicted),
        "others_cpu": load.share(),
    }


def _rate(answers: list[Streamed]) -> float:
    """The mean of the engine's own rates: each is tokens over the time that they took."""
    return statistics.mean(float(answer.timings["predicted_per_second"]) for answer in answers)
