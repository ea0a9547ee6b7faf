"""What of a workspace joins a proposal's prompt, for which model, in which order, in what form.

A prompt is append-only: what stays the same stands first, so that a model's server processes it
once. What changes with the region, the instruction or the last save stands behind it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from spark_desktop.domain.completion import ModelInfo
from spark_desktop.domain.gathered import LeftOut, Part
from spark_desktop.domain.regex import regex
from spark_desktop.domain.words import say


class PartKind(StrEnum):
    """What a part is; in the order in which parts stand in a prompt.

    RULES is the project's file for those that work on it, MAP the signatures of the workspace,
    IMPORTS and OUTLINE are the file's own; DEFINITIONS are those of names that the region uses,
    CALLERS the lines that call it, TESTS the cases that name it; EDITS were saved lately,
    DIAGNOSTICS are what a parser or a linter says of the region.
    """

    RULES = "rules"
    MAP = "map"
    IMPORTS = "imports"
    OUTLINE = "outline"
    DEFINITIONS = "definitions"
    CALLERS = "callers"
    TESTS = "tests"
    EDITS = "edits"
    DIAGNOSTICS = "diagnostics"


# They stay the same for all regions of a file, whatever is asked.
STABLE = frozenset({PartKind.RULES, PartKind.MAP, PartKind.IMPORTS, PartKind.OUTLINE})
ALL_KINDS = frozenset(PartKind)
# What a model that fills in is shown as files of its own; the file itself is around the place.
_FILES = frozenset({PartKind.DEFINITIONS, PartKind.CALLERS, PartKind.TESTS})
# Which parts go last where the budget ends: those that say most about what the code has to do.
_WORTH = (
    *(PartKind.TESTS, PartKind.DIAGNOSTICS, PartKind.DEFINITIONS, PartKind.CALLERS),
    *(PartKind.EDITS, PartKind.IMPORTS, PartKind.OUTLINE, PartKind.RULES, PartKind.MAP),
)
_PLACE = {kind.value: place for place, kind in enumerate(PartKind)}
_RANK = {kind.value: rank for rank, kind in enumerate(_WORTH)}
# Stable parts may take this share of a budget, whatever else there is: what comes and goes with the
# region must not decide about the prompt's beginning.
_STABLE_SHARE = 0.5
_TICKS = regex("`{3,}")


@dataclass(frozen=True, slots=True)
class ContextPlan:
    """What a model is shown beside the region: kinds of parts, and at most so many tokens."""

    kinds: frozenset[PartKind]
    tokens: int


# By billions of parameters, up to and with. A small model repeats what it sees, so that it gets
# only what tells it what the code has to do; see also ``likes_to_repeat``.
_SMALL = frozenset({PartKind.TESTS, PartKind.DIAGNOSTICS, PartKind.DEFINITIONS})
_PLANS = (
    (1.0, ContextPlan(_SMALL, 400)),
    (4.0, ContextPlan(_SMALL | {PartKind.CALLERS, PartKind.IMPORTS}, 800)),
    (16.0, ContextPlan(ALL_KINDS - {PartKind.MAP, PartKind.RULES}, 2_000)),
)
_LARGE = ContextPlan(ALL_KINDS, 6_000)
_LOCAL = ModelInfo("", 0, fim=False).label
_UNKNOWN_LOCAL = 4.0
_UNKNOWN = 100.0
_NEEDS_PROOF = 2.0
_REPEATS = 1.0
_REPEATS_ALL = 4.0
# "qwen2.5-coder-0.5b", "llama3.1:8b", "mixtral-8x7b"
_BILLIONS = regex(r"(?<![a-z0-9.])(?:(\d+)x)?(\d+(?:\.\d+)?)b(?![a-z0-9])", re.IGNORECASE)


def billions_of(model_id: str) -> float | None:
    """Return a model's billions of parameters as its name tells them; None where it does not."""
    found = _BILLIONS.search(model_id)
    return None if found is None else float(found[1] or 1) * float(found[2])


def plan_for(model: ModelInfo) -> ContextPlan:
    """Return what to show a model, by its size.

    Of those that name none, one of the local core is taken for a small one, any other for a large
    one. At most an eighth of the model's context is used.
    """
    size = billions_of(model.id)
    plan = _LARGE
    if size is None and model.label == _LOCAL:
        size = _UNKNOWN_LOCAL
    if size is not None:
        plan = next((plan for most, plan in _PLANS if size <= most), _LARGE)
    return ContextPlan(plan.kinds, min(plan.tokens, model.context // 8))


def likes_to_repeat(model: ModelInfo, *, documenting: bool = False) -> bool:
    """Return whether a model answers with the code that it is shown in front of a region.

    The smallest one does so always (decision 0003): it is shown other code only around a gap that
    it fills in. For documentation, which is about the region alone, those do that know no better.
    """
    size = billions_of(model.id)
    if size is None:
        size = _UNKNOWN_LOCAL if model.label == _LOCAL else _UNKNOWN
    return size <= (_REPEATS_ALL if documenting else _REPEATS)


def is_smallest(model: ModelInfo) -> bool:
    """Return whether the model is one of those whose word alone is worth little.

    Of the five tuned questions of ``suggestion_quality``, all about numbers, the 0.5B model
    answered none in any of five ways of asking, and some with the same wrong number three times.
    """
    size = billions_of(model.id)
    return size is not None and size <= _REPEATS


def needs_proof(model: ModelInfo) -> bool:
    """Return whether what a model tells or writes unasked is mostly wrong without a proof.

    So it is up to two billion parameters. Of the questions of ``suggestion_quality`` that it
    answered the same way twice the 1.5B model got one of eight right, and the 0.5B model none; of
    the 1.5B model's wrong proposals half were stubs that its answers agreed on.
    """
    size = billions_of(model.id)
    return size is not None and size <= _NEEDS_PROOF


def in_order(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return the parts as they stand in a prompt; those of one kind keep their order."""
    return tuple(sorted(parts, key=lambda part: _PLACE.get(part.kind, len(_PLACE))))


def fitted(
    parts: Sequence[Part], budget_tokens: int
) -> tuple[tuple[Part, ...], tuple[LeftOut, ...]]:
    """Return those parts that fit the budget, in order, and those that do not, with their sizes.

    The worth of a part's kind decides, then its place among those of its kind. Stable parts are
    chosen by themselves, within half of the budget: the same ones give the same prompt's beginning
    whatever else there is.
    """
    stable = [part for part in parts if part.is_stable]
    kept, left = _within(stable, int(budget_tokens * _STABLE_SHARE))
    rest = budget_tokens - sum(part.tokens for part in kept)
    others, left_others = _within([part for part in parts if not part.is_stable], rest)
    return in_order([*kept, *others]), (*left, *left_others)


def _within(parts: Sequence[Part], tokens: int) -> tuple[list[Part], list[LeftOut]]:
    kept, left = [], []
    for part in sorted(parts, key=lambda part: _RANK.get(part.kind, len(_RANK))):
        if part.tokens <= tokens:
            kept.append(part)
            tokens -= part.tokens
        else:
            left.append(
                LeftOut(
                    part.title,
                    say(
                        "no room: %n token(s), and {left} were left",
                        "",
                        part.tokens,
                        left=tokens,
                    ),
                )
            )
    return kept, left


def part_text(part: Part) -> str:
    """Return a part as it stands in a prompt: its title, then its text in a fence."""
    text = part.text.rstrip("\n")
    fence = fence_for(text)
    return f"{part.title}:\n{fence}{part.language}\n{text}\n{fence}"


def told(parts: Sequence[Part]) -> str:
    """Return the parts as they stand in front of the region in a chat; "" for none.

    Each is separated from the next, as the whole is from the region, by an empty line: so the text
    for some parts is the beginning of that for these and more behind them.
    """
    return "\n\n".join(part_text(part) for part in in_order(parts))


def in_front(parts: Sequence[Part], model: ModelInfo, *, documenting: bool = False) -> str:
    """Return what of the parts a model is told in front of a region; "" where it would repeat it.

    ``documenting`` says that nothing else is asked for.
    """
    return "" if likes_to_repeat(model, documenting=documenting) else told(parts)


def extra_files(parts: Sequence[Part], shown: str = "") -> tuple[tuple[str, str], ...]:
    """Return (file name, text) pairs for a model that fills in, in the parts' order.

    Parts of one file that follow each other are one file. What is no code of another file is left
    out: such a model takes everything for code. So is what it is ``shown`` anyway, around the gap.
    """
    around = _code_lines(shown)
    files: list[tuple[str, str]] = []
    for part in in_order(parts):
        if part.kind not in _FILES or _code_lines(part.text) <= around:
            continue
        name, text = file_of(part), f"{part.text.rstrip()}\n"
        if files and files[-1][0] == name:
            files[-1] = (name, f"{files[-1][1]}\n{text}")
        else:
            files.append((name, text))
    return tuple(files)


def _code_lines(text: str) -> set[str]:
    """Return the lines without indents, which short forms lose; their docstrings are closed."""
    return {line.strip().rstrip("\"'") for line in text.splitlines()} - {""}


def file_of(part: Part) -> str:
    """Return the file that a part is of: its title up to the place in it."""
    return part.title.partition(", line ")[0]


def place_in(path: str, line: int) -> str:
    """Return the title of a part that begins at a line, counted from 0."""
    return f"{path}, line {line + 1}"


def fence_for(text: str) -> str:
    """Return a fence that is longer than any in the text."""
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    return "`" * max(3, longest + 1)
