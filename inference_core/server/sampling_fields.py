"""The fields that every generating route shares: how tokens are chosen, how long, how urgently."""

from typing import Any

from inference_core.domain.errors import RequestError
from inference_core.domain.generation import Priority, Sampling
from inference_core.server.fields import Fields, kind_of

# The engine reads numbers into 32 bits and lets larger ones wrap around without a word.
INT32_MAX = 2**31 - 1

# OpenAI takes 4. Each is looked for in every piece of the answer, so that both have a bound.
_STOPS = 16
_STOP_CHARACTERS = 512

# Enough to ban every token of a list of words; each one is an entry that the sampler goes through.
_BIASES = 1024

_PRIORITIES = {
    "question": Priority.QUESTION,
    "suggestion": Priority.SUGGESTION,
    "warmup": Priority.WARMUP,
}

# What an answer says of the tier that a request asked for: there are two here.
_TIERS = {
    "auto": "default",
    "default": "default",
    "scale": "default",
    "flex": "flex",
    "priority": "priority",
    "fast": "priority",
}


def read_sampling(fields: Fields, max_tokens: int | None, vocabulary: int = 0) -> Sampling:
    """Return the settings of the sampler, without log probabilities.

    ``vocabulary`` is the number of the model's tokens, 0 where it is not known. Raises
    RequestError.
    """
    return Sampling(
        max_tokens=max_tokens,
        min_tokens=_least(fields, max_tokens),
        temperature=fields.number("temperature", 0.0, 2.0),
        top_p=fields.number("top_p", 0.0, 1.0),
        top_k=fields.integer("top_k", low=0, high=INT32_MAX),
        min_p=fields.number("min_p", 0.0, 1.0),
        presence_penalty=fields.number("presence_penalty", -2.0, 2.0),
        frequency_penalty=fields.number("frequency_penalty", -2.0, 2.0),
        seed=_seed(fields),
        stop=_stops(fields),
        logit_bias=_logit_bias(fields, vocabulary),
    )


def read_limit(fields: Fields, *names: str, low: int = 0) -> int | None:
    """Return the limit in tokens, by the first of these names that is there; None for no limit.

    The context ends every answer long before the largest number that is kept.
    """
    for name in names:
        wanted = fields.integer(name, low)
        if wanted is not None:
            return min(wanted, INT32_MAX)
    return None


def read_priority(fields: Fields, max_tokens: int | None) -> Priority:
    """Return how urgent a request is: as ``priority`` says, else ``service_tier``, else a question.

    A request that only wants its prompt processed is a warm-up unless it says otherwise.
    """
    if fields.has("priority"):
        return _PRIORITIES[fields.choice("priority", _PRIORITIES)]
    if max_tokens == 0:
        return Priority.WARMUP
    return Priority.SUGGESTION if read_tier(fields) == "flex" else Priority.QUESTION


def read_tier(fields: Fields) -> str | None:
    """Return the ``service_tier`` that the answer reports; None where none was asked for."""
    return _TIERS[fields.choice("service_tier", _TIERS)] if fields.has("service_tier") else None


def shifted_seed(seed: int | None, number: int) -> int | None:
    """Return the seed of answer ``number`` of several; without a seed each is drawn at random."""
    return seed if seed is None or seed < 0 else (seed + number) & INT32_MAX


def _seed(fields: Fields) -> int | None:
    """Return the seed; OpenAI's have 64 bits, of which the lower 31 are kept."""
    seed = fields.integer("seed", low=-1)
    return seed if seed is None or seed < 0 else seed & INT32_MAX


def _least(fields: Fields, max_tokens: int | None) -> int:
    # Cerebras names it after both of OpenAI's limits.
    both = ("min_completion_tokens", "min_tokens")
    name = next((each for each in both if fields.has(each)), both[0])
    least = fields.integer(name, low=0) or 0
    if max_tokens is not None and least > max_tokens:
        raise fields.wrong(name, f"must not be above the limit of {max_tokens}, but is {least}")
    return min(least, INT32_MAX)


def _stops(fields: Fields) -> tuple[str, ...]:
    """Return the stop strings; empty ones, which forms send for "none", are left out."""
    stops = fields.texts("stop")
    if len(stops) > _STOPS:
        raise fields.wrong("stop", f"must have at most {_STOPS} entries, not {len(stops)}")
    for index, stop in enumerate(stops):
        if len(stop) > _STOP_CHARACTERS:
            name = "stop" if isinstance(fields.data["stop"], str) else f"stop[{index}]"
            why = f"must have at most {_STOP_CHARACTERS} characters, not {len(stop)}"
            raise fields.wrong(name, why)
    return tuple(stop for stop in stops if stop)


def _logit_bias(fields: Fields, vocabulary: int) -> tuple[tuple[int, float], ...]:
    biases = fields.child("logit_bias")
    if len(biases.data) > _BIASES:
        why = f"must have at most {_BIASES} entries, not {len(biases.data)}"
        raise fields.wrong("logit_bias", why)
    pairs = []
    for key in biases.data:
        token = _token(biases, key, vocabulary)
        bias = biases.number(key, -100.0, 100.0)
        if bias is not None:
            pairs.append((token, bias))
    return tuple(pairs)


def _token(biases: Fields, key: str, vocabulary: int) -> int:
    last = vocabulary - 1 if vocabulary else INT32_MAX
    # isascii: int() also reads the digits of other scripts. Ten digits hold every token number.
    if key.isascii() and key.isdigit() and len(key) <= 10 and int(key) <= last:
        return int(key)
    raise RequestError(
        f"'logit_bias' must have token numbers from 0 to {last} as its keys, not {key[:64]!r}.",
        param="logit_bias",
        code="invalid_value",
    )


def read_tokens(
    fields: Fields, name: str, items: list[Any], vocabulary: int = 0
) -> tuple[int, ...]:
    """Return the token numbers of a prompt. Raises RequestError naming the first that is none."""
    last = vocabulary - 1 if vocabulary else INT32_MAX
    for index, item in enumerate(items):
        # One cheap test for all that is right: a body has room for two million of them.
        if type(item) is not int or not 0 <= item <= last:
            read_token(fields, f"{name}[{index}]", item, vocabulary)
    return tuple(items)


def read_token(fields: Fields, name: str, item: object, vocabulary: int = 0) -> int:
    """Return one token number. Raises RequestError."""
    if isinstance(item, bool) or not isinstance(item, int):
        raise fields.wrong(name, f"must be a token number, not {kind_of(item)}")
    if not 0 <= item <= INT32_MAX:
        raise fields.wrong(name, "is no token number of any model")
    if vocabulary and item >= vocabulary:
        raise fields.wrong(name, f"is no token of this model, whose last one is {vocabulary - 1}")
    return item
