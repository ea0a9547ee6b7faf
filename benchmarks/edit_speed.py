"""What a predicted text saves: edits of a file, with the old file as the prediction and without.

Both are asked in turn, so that a machine that becomes slower meets both. The last row of a model is
a prediction that has nothing to do with the answer.
"""

import json
import statistics
import sys
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

# How often both are asked: an answer of the larger model takes up to a minute.
MODELS = {"qwen2.5-coder-0.5b": 2, "qwen2.5-coder-1.5b": 1}
# The file has about 450 tokens; with annotations some more.
LONGEST = 700


@dataclass(frozen=True)
class Case:
    name: str
    messages: list[Json]
    max_tokens: int
    shows: str = ""
    frequency_penalty: float = 0.0


_CASES = tuple(Case(edit.name, messages(edit), LONGEST, edit.shows) for edit in EDITS)
_STORY = [{"role": "user", "content": "Tell a long story about a lighthouse and its keeper."}]
# Small models soon repeat themselves, which drafts would foresee; the penalty keeps them from it.
_UNLIKE = Case("prediction of something else", _STORY, 192, frequency_penalty=1.0)
# Three hundredths are less than what a machine does from one minute to the next.
_PAIRS_OF_UNLIKE = 8


def run(quick: bool) -> list[dict[str, object]]:
    """Return a row for each model and edit; ``ratio`` is predicted over plain tokens per second.

    ``done`` tells whether the model carried the edit out, which is its own affair; ``same_text``
    that the prediction changed nothing.
    """
    rows: list[dict[str, object]] = []
    for model in list(MODELS)[:1] if quick else MODELS:
        with running_core(catalogue_path(model)) as core:
            for number, case in enumerate((*(_CASES[1::3] if quick else _CASES), _UNLIKE)):
                pairs = _PAIRS_OF_UNLIKE if case is _UNLIKE and not quick else MODELS[model]
                rows.append({"model": model, **row_of(core, case, pairs, number)})
                # The whole takes a quarter of an hour: what is known is told.
                print(json.dumps(rows[-1]), file=sys.stderr)
    return rows


def row_of(core: Listener, case: Case, pairs: int, number: int) -> dict[str, object]:
    """Ask ``pairs`` times for both; who comes first changes with each pair and ``number``."""
    load = OtherLoad(core.pid)
    # The prompt is worked through once, outside the account.
    stream_chat(core, case.messages, 1)
    plain: list[Streamed] = []
    predicted: list[Streamed] = []
    for pair in range(pairs):
        order = (plain, predicted) if (pair + number) % 2 == 0 else (predicted, plain)
        for asked in order:
            asked.append(_ask(core, case, asked is predicted))
    details = predicted[-1].usage["completion_tokens_details"]
    return {
        "edit": case.name,
        "tokens": plain[0].tokens,
        "plain_tps": round(_rate(plain), 2),
        "predicted_tps": round(_rate(predicted), 2),
        "ratio": round(_ratio(predicted, plain), 3),
        "accepted": details["accepted_prediction_tokens"],
        "rejected": details["rejected_prediction_tokens"],
        "same_text": len({answer.text for answer in (*plain, *predicted)}) == 1,
        "done": case.shows in predicted[-1].text if case.shows else "",
        "others_cpu": load.share(),
    }


def _ask(core: Listener, case: Case, predicted: bool) -> Streamed:
    more: Json = {"frequency_penalty": case.frequency_penalty}
    if predicted:
        more["prediction"] = {"type": "content", "content": FILE}
    return stream_chat(core, case.messages, case.max_tokens, **more)


def _rate(answers: list[Streamed]) -> float:
    """The median of the engine's own rates: each is tokens over the time that they took."""
    return statistics.median(_rates(answers))


def _ratio(predicted: list[Streamed], plain: list[Streamed]) -> float:
    """The median of the pairs' own ratios."""
    return statistics.median(
        fast / slow for fast, slow in zip(_rates(predicted), _rates(plain), strict=True)
    )


def _rates(answers: list[Streamed]) -> list[float]:
    return [float(answer.timings["predicted_per_second"]) for answer in answers]
