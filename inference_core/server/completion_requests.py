"""The requests of ``/v1/completions`` and ``/infill``."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from inference_core.domain.generation import (
    GenerationRequest,
    Sampling,
    TextPrompt,
    TokenPrompt,
)
from inference_core.server.fields import Fields
from inference_core.server.fim import ExtraFile, Infill, infill_prompt, require_fim
from inference_core.server.requests import (
    ANSWERS_LIMIT,
    Generation,
    check_model,
    read_count,
    read_delivery,
    several,
)
from inference_core.server.sampling_fields import (
    INT32_MAX,
    read_limit,
    read_priority,
    read_sampling,
    read_tokens,
)
from inference_core.server.served_model import ServedModel

# A fill-in runs on after its end until something stops it.
_INFILL_TOKENS = 256

# The files of a project that a prompt has room for.
_EXTRA_FILES = 1024

# OpenAI's bound for the older form of log probabilities.
_TOP_LOGPROBS = 5


@dataclass(frozen=True, slots=True)
class CompletionShape:
    """What the answer's form depends on.

    ``prompts`` are those that the answers begin with, one for each; empty where none is echoed.
    """

    logprobs: bool = False
    prompts: tuple[TextPrompt | TokenPrompt, ...] = ()


def read_completion(
    fields: Fields, model: ServedModel, vocabulary: int = 0
) -> tuple[Generation, CompletionShape]:
    """Return the request, a fill-in where it has a ``suffix``; ``vocabulary`` as in read_sampling.

    Raises RequestError.
    """
    check_model(fields, model)
    limit = read_limit(fields, "max_tokens")
    top = fields.integer("logprobs", low=0, high=_TOP_LOGPROBS)
    sampling = replace(read_sampling(fields, limit, vocabulary), logprobs=top)
    count = read_count(fields)
    _check_best_of(fields, count)
    echo = fields.flag("echo")
    if echo and top is not None:
        raise fields.wrong("echo", "cannot go with 'logprobs': this core does not score prompts")
    priority = read_priority(fields, limit)
    prompts: Sequence[TextPrompt | TokenPrompt]
    if fields.has("suffix"):
        text = fields.text("prompt")
        prompts = [TextPrompt(text)]
        question = _fill_in(Infill(text, fields.text("suffix")), sampling, model)
        questions = [replace(question, priority=priority)]
    else:
        prompts = _prompts(fields, vocabulary)
        questions = [GenerationRequest(each, sampling, priority=priority) for each in prompts]
    generation = several(questions, count, read_delivery(fields))
    echoed = tuple(each for each in prompts for _ in range(count)) if echo else ()
    return generation, CompletionShape(top is not None, echoed)


@dataclass(frozen=True, slots=True)
class InfillShape:
    """What the answer's form depends on: the stop strings that the client knows of."""

    stops: tuple[str, ...] = ()


def read_infill(
    fields: Fields, model: ServedModel, vocabulary: int = 0
) -> tuple[Generation, InfillShape]:
    """Return the request, whose fields are llama-server's; ``vocabulary`` as in read_sampling.

    Raises RequestError.
    """
    check_model(fields, model)
    if read_count(fields) > 1:
        raise fields.wrong("n", "must be 1: a place is filled in once")
    extra = tuple(
        ExtraFile(item.text("filename", ""), item.text("text"))
        for item in fields.objects("input_extra", most=_EXTRA_FILES)
    )
    infill = Infill(
        fields.text("input_prefix", ""),
        fields.text("input_suffix", ""),
        extra,
        fields.text("prompt", ""),
    )
    # llama-server takes -1 for "no limit"; here that is the default limit of a fill-in.
    limit = read_limit(fields, "n_predict", "max_tokens", low=-1)
    tokens = _INFILL_TOKENS if limit is None or limit < 0 else limit
    sampling = read_sampling(fields, tokens, vocabulary)
    question = _fill_in(infill, sampling, model)
    question = replace(question, priority=read_priority(fields, tokens))
    # 0 and less are llama-server's "no limit".
    within = fields.integer("t_max_predict_ms", low=-1, high=INT32_MAX)
    generation = Generation((question,), read_delivery(fields), predict_ms=_positive(within))
    return generation, InfillShape(sampling.stop)


def _positive(number: int | None) -> int | None:
    return number if number is not None and number > 0 else None


def _fill_in(infill: Infill, sampling: Sampling, model: ServedModel) -> GenerationRequest:
    fim = require_fim(model.fim, model.id)
    stops = tuple(dict.fromkeys((*sampling.stop, *fim.stop)))
    return GenerationRequest(infill_prompt(infill, fim), replace(sampling, stop=stops))


def _check_best_of(fields: Fields, count: int) -> None:
    best_of = fields.integer("best_of", low=1)
    if best_of is not None and best_of != count:
        raise fields.wrong("best_of", f"must be as large as 'n', which is {count}: all are given")


def _prompts(fields: Fields, vocabulary: int) -> list[TextPrompt | TokenPrompt]:
    """Return the prompts: one text, or one of token numbers, or a list of either."""
    prompt = fields.data.get("prompt")
    if not isinstance(prompt, list):
        return [TextPrompt(fields.text("prompt"))]
    if not prompt:
        raise fields.wrong("prompt", "must not be empty")
    if not isinstance(prompt[0], str | list):
        return [TokenPrompt(read_tokens(fields, "prompt", prompt, vocabulary))]
    if len(prompt) > ANSWERS_LIMIT:
        why = f"must have at most {ANSWERS_LIMIT} prompts, not {len(prompt)}"
        raise fields.wrong("prompt", why)
    if isinstance(prompt[0], str):
        return [TextPrompt(text) for text in fields.texts("prompt")]
    lists = []
    for index, item in enumerate(prompt):
        if not isinstance(item, list) or not item:
            raise fields.wrong(f"prompt[{index}]", "must be a list of token numbers, not empty")
        lists.append(TokenPrompt(read_tokens(fields, f"prompt[{index}]", item, vocabulary)))
    return [*lists]
