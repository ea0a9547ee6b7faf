"""Holding an answer to a constraint: which token may come next, and what was written so far."""

import threading
from itertools import compress

from inference_core.domain.errors import EngineError
from inference_core.domain.generation import Constraint
from inference_core.engine.grammar import grammar_of
from inference_core.engine.llama_model import LlamaModel
from inference_core.engine.llguidance import Guide, Matcher

# Of "0" and "1" the numbers 0 and 1.
_BITS = bytes(byte - ord("0") if byte in b"01" else 0 for byte in range(256))


class Constraints:
    """Makes constraints of one model; may be used from any OS thread, but for ``close``."""

    def __init__(self, model: LlamaModel) -> None:
        self._model = model
        self._guide: Guide | None = None
        self._making = threading.Lock()

    def prepare(self) -> Guide:
        """Return what all constraints need; the first time this takes some tenths of a second."""
        with self._making:
            if self._guide is None:
                self._guide = Guide(self._model)
            return self._guide

    def held(self, constraint: Constraint) -> "Held":
        """Return a constraint at its beginning. Raises RequestError for a schema that is none."""
        matcher = self.prepare().matcher(grammar_of(constraint, self._cut))
        trigger = constraint.before.encode() if constraint.lazy else b""
        return Held(self._model, matcher, trigger)

    def close(self) -> None:
        """Free what all constraints need."""
        if self._guide is not None:
            self._guide.close()

    def _cut(self, text: str) -> list[str | int]:
        """Return a text cut where its control tokens are."""
        parts: list[str | int] = []
        plain = b""
        for token in self._model.tokenize(text, special=True):
            piece = self._model.piece(token)
            plain += piece
            if not piece:
                parts += [plain.decode("utf-8", "replace"), token]
                plain = b""
        return [*parts, plain.decode("utf-8", "replace")]


class Held:
    """One answer's constraint. With a ``trigger`` everything may be written until it was."""

    def __init__(self, model: LlamaModel, matcher: Matcher, trigger: bytes) -> None:
        self._model = model
        self._matcher = matcher
        self._trigger = trigger
        self._tail = b""
        self.waiting = bool(trigger)

    def allows(self, token: int) -> bool:
        """Return whether this token may come next."""
        if self.waiting:
            rest = self._after_trigger(token)
            return not rest or ((tokens := self._tokens(rest)) is not None and self._fit(tokens))
        if self._model.is_end(token):
            return self._matcher.complete
        return self._fit([token])

    def allowed(self) -> list[int]:
        """Return the tokens that may come next; not while it waits. Raises EngineError for none."""
        size = self._model.size
        bits = format(int.from_bytes(self._matcher.mask(), "little"), f"0{size}b")[::-1]
        tokens = list(compress(range(size), bits.encode().translate(_BITS)))
        if not tokens:
            raise EngineError("The schema leaves nothing to write.", "Simplify the schema.")
        return tokens

    def accept(self, token: int) -> None:
        """Take note that this token, which is allowed, was chosen."""
        if not self.waiting:
            if not self._model.is_end(token):
                self._matcher.accept([token])
            return
        rest = self._after_trigger(token)
        if rest is None:
            seen = self._tail + self._model.piece(token, special=True)
            self._tail = seen[-len(self._trigger) :]
            return
        self.waiting = False
        self._matcher.accept(self._tokens(rest) or [])

    def close(self) -> None:
        """Free it."""
        self._matcher.close()

    def _fit(self, tokens: list[int]) -> bool:
        return not self._matcher.stopped and self._matcher.allows(tokens)

    def _after_trigger(self, token: int) -> bytes | None:
        """Return what this token says after the trigger, None if it does not complete it."""
        _, found, rest = (self._tail + self._model.piece(token, special=True)).partition(
            self._trigger
        )
        return rest if found else None

    def _tokens(self, rest: bytes) -> list[int] | None:
        """Return tokens with exactly these bytes, None where there are none."""
        tokens = self._model.tokenize(rest.decode("utf-8", "replace"), special=False)
        same = b"".join(map(self._model.piece, tokens)) == rest
        return tokens if same else None
