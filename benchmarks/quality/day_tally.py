"""What was seen on a replayed day: counts of it, and examples to read."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.quality.day_judging import Verdict

STUB, FOLLOW_UP, UNASKED = "stub", "follow-up", "unasked"
STEPS = (STUB, FOLLOW_UP, UNASKED)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one save led to in one respect; ``step`` is one of STEPS.

    ``diff`` is what was proposed, ``real`` what the commit did instead of it.
    """

    step: str
    commit: str
    title: str
    path: str
    verdict: Verdict
    reason: str = ""
    diff: str = ""
    real: str = ""
    first_s: float | None = None
    reviewable_s: float | None = None


@dataclass(slots=True)
class Tally:
    """Everything of the day: how often it was saved, and what was seen."""

    commits: int = 0
    stub_saves: int = 0
    plain_saves: int = 0
    renames: int = 0
    seen: list[Seen] = field(default_factory=list)


def rows_of(tally: Tally, model: str) -> list[dict[str, object]]:
    """Return a row for each step: ``saves`` that could lead to it, and what became of them.

    ``triggered`` counts the saves' proposals. Of follow-ups, ``renames`` is how many names the
    commits gave another in one file and used in other ones. What is unasked and shown is wrong.
    """
    saves = {
        STUB: tally.stub_saves,
        FOLLOW_UP: tally.stub_saves + tally.plain_saves,
        UNASKED: tally.stub_saves + tally.plain_saves + tally.commits,
    }
    rows = []
    for step in STEPS:
        found = [one for one in tally.seen if one.step == step]
        rows.append({"model": model, "step": step, "saves": saves[step], **_counts(found)})
        if step == FOLLOW_UP:
            rows[-1]["renames"] = tally.renames
    return rows


def _counts(found: Sequence[Seen]) -> dict[str, object]:
    def count(*verdicts: Verdict) -> int:
        return sum(one.verdict in verdicts for one in found)

    nothing = [one for one in found if one.verdict is Verdict.NOTHING]
    return {
        "triggered": len(found) - sum(one.step == STUB for one in nothing),
        "shown": count(Verdict.RIGHT, Verdict.WRONG, Verdict.UNKNOWN),
        "withheld": count(Verdict.WITHHELD),
        "right": count(Verdict.RIGHT),
        "wrong": count(Verdict.WRONG),
        "unknown": count(Verdict.UNKNOWN),
        "nothing": len(nothing),
    }


def keep(tally: Tally, folder: Path, most: int = 3) -> None:
    """Write all that was seen, a line each, and so many examples of each verdict as text."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({**asdict(one), "verdict": one.verdict.value}) for one in tally.seen]
    (folder / "seen.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    examples = [
        example(step, verdict, one)
        for step, verdict in itertools.product(STEPS, Verdict)
        for one in [one for one in tally.seen if (one.step, one.verdict) == (step, verdict)][:most]
    ]
    (folder / "examples.txt").write_text("\n".join(examples), "utf-8")


def example(step: str, verdict: Verdict, seen: Seen) -> str:
    """Return one thing that was seen, to read: what was proposed, and what the commit did."""
    parts = [f"=== {step}, {verdict.value}: {seen.path} at {seen.commit[:12]} ({seen.title})"]
    parts.append(seen.reason)
    if seen.diff:
        parts.append(f"--- proposed\n{seen.diff}")
    if seen.real:
        parts.append(f"--- the commit\n{seen.real}")
    return "\n".join(part.rstrip() for part in parts if part) + "\n"
