"""Tokens of texts: as the model counts them where that is known already, else estimated."""

from collections import OrderedDict
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

from spark_desktop.domain.context import estimate_tokens
from spark_desktop.domain.errors import EndpointRejectedError, SparkError
from spark_desktop.services.ports import Tokenizer

_KEPT = 4096
# Characters.
_LONG = 20_000


class TokenCounter:
    """Answers at once; ``measure`` asks the model, for later.

    What was counted is kept by the content's hash, for the model that counted it.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._known: OrderedDict[tuple[str, bytes], int] = OrderedDict()
        # Servers that have no such route are not asked again.
        self._silent: set[str] = set()

    def tokens(self, text: str) -> int:
        """Return the tokens of ``text``, estimated where they were not counted."""
        known = self._lookup(text)
        return estimate_tokens(text) if known is None else known

    def is_exact(self, text: str) -> bool:
        """Return whether ``tokens`` gives what the model counted."""
        return self._lookup(text) is not None

    async def measure(self, texts: Iterable[str]) -> bool:
        """Let the model count what was not counted; return whether a number is new.

        A server that cannot count changes nothing: its numbers stay estimates.
        """
        model = self._tokenizer.model_id
        is_new = False
        for text in texts:
            if model is None or model in self._silent or self._lookup(text) is not None:
                continue
            try:
                count = await self._tokenizer.count(text)
            except EndpointRejectedError:
                self._silent.add(model)
                break
            except SparkError:
                break
            self._keep(_key(model, text), count)
            is_new = True
        return is_new

    def _lookup(self, text: str) -> int | None:
        model = self._tokenizer.model_id
        return 0 if not text else None if model is None else self._known.get(_key(model, text))

    def _keep(self, key: tuple[str, bytes], count: int) -> None:
        self._known[key] = count
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)


def _key(model: str, text: str) -> tuple[str, bytes]:
    return model, _hash_of(text) if len(text) > _LONG else _hashed(text)


@lru_cache(maxsize=16)
def _hash_of(text: str) -> bytes:
    # A long text is looked up several times in a row.
    return _hashed(text)


def _hashed(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
