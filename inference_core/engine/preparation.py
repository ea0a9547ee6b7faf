"""From a request to a job: the prompt as tokens, checked against the context and the vocabulary."""

from collections.abc import Callable, Sequence
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

    def tokens(self, text: str, special: bool) -> list[list[Any]]:
        """Return number and text of each token."""
        return [
            [token, self._decoder.piece(token, special=True).decode("utf-8", "replace")]
            for token in self._decoder.tokenize(text, special)
        ]

    def text(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens. Raises RequestError for a number that is no token."""
        pieces = (self._decoder.piece(token, special=True) for token in tokens)
        return b"".join(pieces).decode("utf-8", "replace")

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
