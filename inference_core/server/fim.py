"""Lay out a fill-in-the-middle prompt with the tokens that the catalogue gives for the model."""

from dataclasses import dataclass

from inference_core.domain.errors import RequestError
from inference_core.domain.generation import MarkedPrompt, Plain, Special
from inference_core.models.catalogue import FimTokens

# The name that the repository layout wants; the model was trained on real ones, any will do.
_REPOSITORY = "workspace"


@dataclass(frozen=True, slots=True)
class ExtraFile:
    """Another file of the project that the model may look at."""

    filename: str
    text: str


@dataclass(frozen=True, slots=True)
class Infill:
    """The text around the place to fill; ``prompt`` is what is already written there."""

    prefix: str
    suffix: str
    extra: tuple[ExtraFile, ...] = ()
    prompt: str = ""


def require_fim(fim: FimTokens | None, model: str) -> FimTokens:
    """Return the model's FIM tokens. Raises RequestError where it has none."""
    if fim is None:
        raise RequestError(
            f"The model {model!r} has no fill-in-the-middle tokens.",
            code="fim_not_supported",
            next_step="Use a model whose 'spark.fim' in /v1/models is true, or ask by chat.",
        )
    return fim


def infill_prompt(infill: Infill, tokens: FimTokens) -> MarkedPrompt:
    """Return prefix, suffix, middle in the order the Qwen2.5-Coder report gives (section 3.2).

    Extra files come first, in the repository layout: they change least often, so that they stay in
    the cache while the prefix grows.
    """
    parts: list[Special | Plain] = []
    if infill.extra:
        parts += [Special(tokens.repo_name), Plain(f"{_REPOSITORY}\n")]
        for file in infill.extra:
            text = file.text if file.text.endswith("\n") else f"{file.text}\n"
            parts += [Special(tokens.file_sep), Plain(f"{file.filename}\n{text}")]
        parts.append(Special(tokens.file_sep))
    parts += [Special(tokens.prefix), Plain(infill.prefix)]
    parts += [Special(tokens.suffix), Plain(infill.suffix), Special(tokens.middle)]
    parts.append(Plain(infill.prompt))
    return MarkedPrompt(tuple(p for p in parts if p.text))
