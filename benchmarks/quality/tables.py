"""Rows of outcomes: how much of what is shown is right, and how many tasks are solved."""

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence

from benchmarks.quality.efforts import PARTS, PLAIN, PLAIN_AS_MET
from benchmarks.quality.judging import Fate, Outcome
from benchmarks.quality.suite import KINDS, SPLITS
from benchmarks.report import Row

ALL_KINDS = "all"


def rows_of(outcomes: Sequence[Outcome]) -> list[Row]:
    """Return a row for each model, choice of parts, split and kind, and one for all kinds.

    ``precision`` is right / shown, ``coverage`` right / tasks; ``times_plain`` is coverage over
    that of the model's one plain answer to the same tasks, where it was asked for one, and
    ``times_as_met`` over that of the one which was told no more than the product.
    ``within_reach`` counts the tasks, questions apart, of which any answer was right, shown or not;
    None where that was not judged.
    """
    models = list(dict.fromkeys(one.model for one in outcomes))
    rows = []
    for model in models:
        for split in SPLITS:
            for parts in PARTS:
                for kind in (ALL_KINDS, *KINDS):
                    found = chosen(outcomes, model, parts, split, kind)
                    if found:
                        plain = chosen(outcomes, model, PLAIN, split, kind)
                        as_met = chosen(outcomes, model, PLAIN_AS_MET, split, kind)
                        row = _row(found, plain, as_met)
                        rows.append({"model": model, "kind": kind, **row})
    return rows


def chosen(
    outcomes: Iterable[Outcome], model: str, parts: str, split: str, kind: str
) -> list[Outcome]:
    """Return the outcomes of one row."""
    return [
        one
        for one in outcomes
        if (one.model, one.parts, one.split) == (model, parts, split)
        and kind in (ALL_KINDS, one.kind)
    ]


def _row(found: Sequence[Outcome], plain: Sequence[Outcome], as_met: Sequence[Outcome]) -> Row:
    fates = Counter(one.fate for one in found)
    shown, right = sum(one.is_shown for one in found), fates[Fate.RIGHT]
    costs = [one.cost for one in found]
    return {
        "split": found[0].split,
        "parts": found[0].parts,
        "tasks": len(found),
        "shown": shown,
        "right": right,
        "wrong": fates[Fate.WRONG],
        "withheld": fates[Fate.WITHHELD],
        "nothing": fates[Fate.NOTHING],
        "precision": _share(right, shown),
        "coverage": _share(right, len(found)),
        "times_plain": _times(found, plain),
        "times_as_met": _times(found, as_met),
        "within_reach": _reached(found),
        "first_token_s": _median(cost.first_s for cost in costs),
        "reviewable_s": _median(cost.reviewable_s for cost in costs),
        "tokens_in": _mean(cost.prompt_tokens for cost in costs),
        "tokens_cached": _mean(cost.cached_tokens for cost in costs),
        "tokens_out": _mean(cost.answer_tokens for cost in costs),
        "attempts": round(statistics.mean(cost.attempts for cost in costs), 2),
        "why_withheld": why(found),
        "cached": any(cost.kept for cost in costs),
    }


def _reached(found: Iterable[Outcome]) -> int | None:
    known = [one.reached for one in found if one.reached is not None]
    return sum(known) if known else None


def why(found: Iterable[Outcome]) -> str:
    """Return the checks that withheld, each with how often: "names 3, parses 1"."""
    withheld = [one for one in found if one.fate is Fate.WITHHELD]
    names = Counter(one.reason.partition(":")[0] for one in withheld)
    return ", ".join(f"{name} {count}" for name, count in names.most_common())


def _times(found: Sequence[Outcome], plain: Sequence[Outcome]) -> float | None:
    """Return right answers over those of the plain ones, of the tasks that both did."""
    common = {one.task for one in found} & {one.task for one in plain}
    ours = sum(one.fate is Fate.RIGHT for one in found if one.task in common)
    theirs = sum(one.fate is Fate.RIGHT for one in plain if one.task in common)
    return round(ours / theirs, 2) if theirs else None


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(statistics.median(known), 2) if known else None


def _mean(values: Iterable[int]) -> int:
    return round(statistics.mean(values))
