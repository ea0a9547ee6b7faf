"""From a request to a job: the prompt as tokens, checked against the context and the vocabulary."""

import codecs
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from inference_core.domain.errors import ContextExceededError, RequestError
from inference_core.domain.generation import (
    GenerationRequest,
    MarkedPrompt,
    Prompt,
    Special,
    TextPrompt,
    TokenPrompt,
)
from inference_core.engine.decoder import Decoder
from inference_core.engine.job import Job

# Longer texts are counted in pieces first: cutting megabytes at once takes seconds in which nothing
# can be cancelled, and nearly all of them turn out to be too long anyway.
_PIECE = 64 * 1024

# Nor are they counted to their end: a text without blanks takes a second a megabyte, during which
# others wait for their own to be cut.
_FAR_TOO_LONG = 4

# Tokens of which one line tells: the core reads it in a millisecond or two, in which its streams
# wait.
_TOLD_AT_ONCE = 8192

# The largest body of a request is as long.
TEXT_LIMIT_BYTES = 8 * 1024 * 1024


class Preparation:
    """Cuts texts into tokens; its methods may be called from any OS thread."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder

    def job(
        self, number: int, request: GenerationRequest, wanted: Callable[[int], bool]
    ) -> Job | None:
        """Return the job of a request, None when it stopped being ``wanted`` meanwhile.

        Raises ContextExceededError, and RequestError for a number that is no token.
        """
        context = self._decoder.info.context
        tokens = self._prompt(request.prompt, lambda: wanted(number))
        if tokens is None:
            return None
        # An answer needs at least one token beside the prompt; a warm-up writes none.
        least = 0 if request.sampling.max_tokens == 0 else 1
        if len(tokens) + least > context:
            raise ContextExceededError(len(tokens), context)
        prediction = self._decoder.tokenize(request.prediction[: context * 16], special=False)
        return Job(number, request, tokens, context - len(tokens), prediction)

    def tokens(self, text: str, special: bool) -> Iterator[list[list[Any]]]:
        """Yield the numbers of some tokens, and number and text of those told for the first time.

        All of them together are the tokens of the text.
        """
        tokens = self._decoder.tokenize(text, special)
        told: set[int] = set()
        for some in _in_parts(tokens):
            fresh = sorted(set(some) - told)
            told.update(fresh)
            yield [list(some), [[token, self._name(token)] for token in fresh]]

    def text(self, tokens: Sequence[int]) -> Iterator[str]:
        """Yield the text of tokens, in parts.

        Raises RequestError for a number that is no token, and where the text gets too long.
        """
        pieces: dict[int, bytes] = {}
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        size = 0
        for some in _in_parts(tokens):
            for token in set(some) - pieces.keys():
                pieces[token] = self._decoder.piece(token, special=True)
            data = b"".join([pieces[token] for token in some])
            size += len(data)
            if size > TEXT_LIMIT_BYTES:
                raise RequestError(
                    f"The text of the {len(tokens)} tokens has more than {TEXT_LIMIT_BYTES} bytes.",
                    param="tokens",
                    code="invalid_value",
                    next_step="Send them in several requests.",
                )
            yield decoder.decode(data)
        yield decoder.decode(b"", final=True)

    def _name(self, token: int) -> str:
        return self._decoder.piece(token, special=True).decode("utf-8", "replace")

    def _prompt(self, prompt: Prompt, wanted: Callable[[], bool]) -> list[int] | None:
        match prompt:
            case TextPrompt(text):
                parts = [(text, True)]
            case MarkedPrompt(marked):
                parts = [(part.text, isinstance(part, Special)) for part in marked]
            case TokenPrompt(numbers):
                return self._checked(list(numbers))
        if self._too_long(parts, wanted) is None:
            return None
        tokens: list[int] = []
        for text, special in parts:
            if not wanted():
                return None
            tokens += self._decoder.tokenize(text, special)
        return self._begun(tokens)

    def _too_long(
        self, parts: Sequence[tuple[str, bool]], wanted: Callable[[], bool]
    ) -> int | None:
        """Return about how many tokens a long text has, 0 for a short one, None if unwanted.

        Raises ContextExceededError for one that cannot fit.
        """
        if sum(len(text) for text, _ in parts) <= 4 * _PIECE:
            return 0
        context = self._decoder.info.context
        count = pieces = 0
        for text, special in parts:
            for at in range(0, len(text), _PIECE):
                if not wanted():
                    return None
                count += len(self._decoder.tokenize(text[at : at + _PIECE], special))
                pieces += 1
                if count - pieces > _FAR_TOO_LONG * context:
                    raise ContextExceededError(count - pieces, context, at_least=True)
        # Cutting into pieces may add a token at each cut, no more: one that is near is counted
        # exactly below.
        if count - pieces > context:
            raise ContextExceededError(count, context)
        return count

    def _begun(self, tokens: list[int]) -> list[int]:
        """Return the tokens with what a text of this model begins with, which is never nothing."""
        info = self._decoder.info
        if tokens and not info.adds_bos:
            return tokens
        beginning = self._decoder.tokenize(info.bos or info.eos or "\n", special=True)
        # A chat template may have written it itself.
        return tokens if tokens[: len(beginning)] == beginning else beginning + tokens

    def _checked(self, tokens: list[int]) -> list[int]:
        for index, token in enumerate(tokens):
            if not 0 <= token < self._decoder.info.vocabulary:
                raise RequestError(
                    f"'prompt[{index}]' is {token}, which is no token of this model.",
                    param=f"prompt[{index}]",
                    code="invalid_value",
                )
        return tokens


def _in_parts(tokens: Sequence[int]) -> Iterator[Sequence[int]]:
    for at in range(0, len(tokens), _TOLD_AT_ONCE):
        yield tokens[at : at + _TOLD_AT_ONCE]
