"""A decoder at work without a scheduler: prompts in, tokens out."""

from collections.abc import Sequence

from inference_core.domain.generation import Constraint, Sampling
from inference_core.engine.decoder import Decoder, Row, Sampled

GREEDY = Sampling(temperature=0.0)

CHAT = "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n"


def rows(tokens: Sequence[int], sequence: int = 0, start: int = 0) -> list[Row]:
    """Rows of one sequence; after the last one a token can be sampled."""
    last = len(tokens) - 1
    return [Row(token, sequence, start + at, at == last) for at, token in enumerate(tokens)]


def next_token(decoder: Decoder, batch: Sequence[Row]) -> int:
    """What the model writes after this batch at temperature 0."""
    assert decoder.decode(batch)
    return sample(decoder, len(batch) - 1).token


def sample(
    decoder: Decoder, row: int, sampling: Sampling = GREEDY, constraint: Constraint | None = None
) -> Sampled:
    """One token after a row of the last batch."""
    sampler = decoder.sampler(sampling, constraint)
    try:
        return sampler.sample(row)
    finally:
        sampler.close()


def write(
    decoder: Decoder,
    prompt: str,
    sampling: Sampling = GREEDY,
    constraint: Constraint | None = None,
    most: int = 12,
) -> list[Sampled]:
    """An answer in sequence 0, with the token that ends it, of ``most`` tokens at most."""
    tokens = decoder.tokenize(prompt, special=True)
    decoder.cut(0, 0)
    assert decoder.decode(rows(tokens))
    sampler = decoder.sampler(sampling, constraint)
    answer = [sampler.sample(len(tokens) - 1)]
    while len(answer) < most and not decoder.is_end(answer[-1].token):
        assert decoder.decode([Row(answer[-1].token, 0, len(tokens) + len(answer) - 1, True)])
        answer.append(sampler.sample(0))
    sampler.close()
    return answer


def text(decoder: Decoder, answer: Sequence[Sampled]) -> str:
    """What an answer says."""
    return b"".join(decoder.piece(sampled.token) for sampled in answer).decode("utf-8", "replace")
