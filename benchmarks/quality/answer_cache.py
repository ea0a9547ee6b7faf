"""Answers of models on disk, so that a change of what judges them costs no second answer."""

import dataclasses
import hashlib
import json
import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from spark_desktop.domain.completion import (
    ChatRequest,
    Finished,
    FinishReason,
    ModelInfo,
    Priority,
    Request,
    Timing,
    Usage,
)

# What changes nothing about the answer: who goes first, and which conversation it belongs to.
_UNHEARD = ("priority", "thread")
# What is another text in each run of the same tests: how long they took, and where objects lay.
_CHANCE = re.compile(r"\d+\.\d+ ?s\b|0x[0-9a-f]{6,}")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The pieces of an answer and its end; None where its reader left before the end."""

    pieces: tuple[str, ...]
    finished: Finished | None


class AnswerCache:
    """A folder of answers, by the model and all of the request that it hears.

    Durations and addresses in it do not count: each run of the same tests writes others.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._counts: dict[str, int] = {}
        folder.mkdir(parents=True, exist_ok=True)
        if self._counted.exists():
            for line in self._counted.read_text(encoding="utf-8").splitlines():
                key, count = line.split()
                self._counts[key] = int(count)

    def model(self, name: str) -> ModelInfo | None:
        """Return what is known of a model, None where it never answered here."""
        found = self._read(self._model_file(name))
        if found is None:
            return None
        info = {
            **found,
            "formats": tuple(found["formats"]),
            "priorities": frozenset(Priority(one) for one in found["priorities"]),
        }
        return _made(ModelInfo, info)

    def keep_model(self, name: str, model: ModelInfo) -> None:
        """Keep what is known of a model, so that it need not be loaded to be asked again."""
        self._write(self._model_file(name), dataclasses.asdict(model))

    def find(self, model: str, request: Request) -> KeptAnswer | None:
        """Return the answer that this request had, None where it was never asked."""
        found = self._read(self._file(model, request))
        if found is None:
            return None
        return KeptAnswer(tuple(found["pieces"]), _finished(found["finished"]))

    def keep(self, model: str, request: Request, answer: KeptAnswer) -> None:
        """Keep an answer instead of the one that there may be."""
        finished = None if answer.finished is None else dataclasses.asdict(answer.finished)
        self._write(
            self._file(model, request), {"pieces": list(answer.pieces), "finished": finished}
        )

    def count(self, model: str, text: str) -> int | None:
        """Return the tokens of a text, None where nobody has counted them."""
        return self._counts.get(_digest(model, text))

    def keep_count(self, model: str, text: str, count: int) -> None:
        """Keep how many tokens a text has."""
        key = _digest(model, text)
        self._counts[key] = count
        with self._counted.open("a", encoding="utf-8") as stream:
            stream.write(f"{key} {count}\n")

    @property
    def _counted(self) -> Path:
        return self._folder / "counts.txt"

    def _model_file(self, name: str) -> Path:
        return self._folder / f"model-{_digest(name)}.json"

    def _file(self, model: str, request: Request) -> Path:
        heard = dataclasses.asdict(request)
        for name in _UNHEARD:
            heard.pop(name, None)
        kind = "chat" if isinstance(request, ChatRequest) else "infill"
        text = _CHANCE.sub("", json.dumps(heard, sort_keys=True, default=_plain))
        key = _digest(model, kind, text)
        return self._folder / key[:2] / f"{key}.json"

    def _read(self, file: Path) -> dict[str, Any] | None:
        if not file.exists():
            return None
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return found

    def _write(self, file: Path, value: dict[str, Any]) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: a run may be broken off at any time.
        part = file.with_suffix(".part")
        part.write_text(json.dumps(value, default=_plain), encoding="utf-8")
        part.replace(file)


def _finished(kept: dict[str, Any] | None) -> Finished | None:
    if kept is None:
        return None
    timing = kept.get("timing")
    known = {
        **kept,
        "reason": FinishReason(kept["reason"]),
        "usage": _made(Usage, kept["usage"]),
        "timing": None if timing is None else _made(Timing, timing),
        # Not what a local model's proposals are made of.
        "emulation": None,
        "calls": (),
        "buckets": (),
    }
    return _made(Finished, known)


def _made(kind: type[T], values: dict[str, Any]) -> T:
    """Return the value; what an earlier program kept of it and is gone since is passed over."""
    names = {field.name for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: value for name, value in values.items() if name in names})


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset):
        return sorted(_plain(one) for one in value)  # type: ignore[type-var]
    raise TypeError(f"{value!r} cannot be kept")
