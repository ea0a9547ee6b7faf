"""What stands between two texts, asked in whichever way an endpoint has. No I/O."""

from typing import Any
from urllib.parse import urlsplit

from spark_desktop.adapters.core_wire import infill_fields
from spark_desktop.adapters.fill_in_families import family_of, files_before, laid_out
from spark_desktop.adapters.remote_model import no_fill_in
from spark_desktop.adapters.routes import at_root, below
from spark_desktop.domain.completion import InfillRequest
from spark_desktop.domain.endpoints import EndpointSpec, FillInWay
from spark_desktop.domain.errors import EndpointRejectedError
from spark_desktop.domain.words import say

Json = dict[str, Any]

# DeepSeek's completions are below a path of their own.
_COMPLETIONS = {"api.deepseek.com": "/beta/completions"}


def fill_in_route(spec: EndpointSpec) -> str:
    """Return the whole URL that is asked. Raises EndpointRejectedError where there is no way."""
    match spec.chosen.fill_in:
        case FillInWay.INFILL:
            # llama-server has it beside /v1, not below.
            return at_root(spec.url, "/infill")
        case FillInWay.FIM_ROUTE:
            return below(spec.url, "/fim/completions")
        case FillInWay.SUFFIX | FillInWay.TOKENS:
            special = _COMPLETIONS.get(urlsplit(spec.url).hostname or "")
            return at_root(spec.url, special) if special else below(spec.url, "/completions")
    raise no_fill_in(spec)


def fill_in_body(request: InfillRequest, spec: EndpointSpec) -> Json:
    """Return the JSON body. Raises EndpointRejectedError for a model whose tokens are not known.

    Other files go along where the way, or the family of the model, has a form for them: always with
    ``/infill``, in the family's form with tokens, as plain text in the prefix with Codestral and
    DeepSeek-Coder. Else they are left out.
    """
    chosen = spec.chosen
    body: Json = {"model": chosen.id, "temperature": request.temperature, "stream": True}
    if request.stop:
        body["stop"] = list(request.stop)
    family = family_of(chosen.id)
    match chosen.fill_in:
        case FillInWay.INFILL:
            return body | infill_fields(request)
        case FillInWay.SUFFIX | FillInWay.FIM_ROUTE:
            prompt = files_before(request, family) if family else request.prefix
            body |= {"prompt": prompt, "suffix": request.suffix, "max_tokens": request.max_tokens}
            if chosen.fill_in is FillInWay.SUFFIX:
                # Mistral counts unasked, and refuses the field.
                body["stream_options"] = {"include_usage": True}
            return body
        case FillInWay.TOKENS if family is not None:
            return body | {
                "prompt": laid_out(request, family),
                "max_tokens": request.max_tokens,
                "stop": [*request.stop, *family.stops],
                "stream_options": {"include_usage": True},
            }
        case FillInWay.TOKENS:
            raise EndpointRejectedError(
                say(
                    "How {model} is asked to fill in text is not known: its tokens are those of no "
                    "family that Spark knows.",
                    model=chosen.id,
                ),
                say(
                    "Choose Qwen2.5-Coder, StarCoder2, DeepSeek-Coder, Codestral, CodeGemma or "
                    "CodeLlama for suggestions, or another way to fill in."
                ),
            )
    raise no_fill_in(spec)
