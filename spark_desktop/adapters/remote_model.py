"""What an endpoint's data says about its model, as the services ask for it."""

from spark_desktop.domain.completion import ChatRequest, ModelInfo, Request
from spark_desktop.domain.endpoints import EndpointSpec, FillInWay
from spark_desktop.domain.errors import EndpointRejectedError
from spark_desktop.domain.words import say

# Where nobody says: what the smallest models that are served have at least.
_CONTEXT = 8192


def context_of(spec: EndpointSpec) -> int:
    """Return the tokens that the model's context holds, a careful figure where nobody says."""
    return spec.chosen.context or _CONTEXT


def remote_model(spec: EndpointSpec) -> ModelInfo:
    """Return the model of an endpoint whose protocol may know a way to fill in."""
    chosen = spec.chosen
    fills_in = chosen.fill_in is not FillInWay.NONE
    return ModelInfo(chosen.id, context_of(spec), fim=fills_in, label=spec.title)


def chat_model(spec: EndpointSpec) -> ModelInfo:
    """Return the model of an endpoint whose protocol knows chats only."""
    return ModelInfo(spec.chosen.id, context_of(spec), fim=False, label=spec.title)


def chat_of(request: Request, spec: EndpointSpec) -> ChatRequest:
    """Return the request. Raises EndpointRejectedError for one that is no chat."""
    if isinstance(request, ChatRequest):
        return request
    raise no_fill_in(spec)


def no_fill_in(spec: EndpointSpec) -> EndpointRejectedError:
    """Return the error for a model that cannot fill in."""
    return EndpointRejectedError(
        say("{title} cannot fill in text between two others.", title=spec.title),
        say("Choose another endpoint for suggestions, in the settings, under Endpoints."),
    )


def uncounted(spec: EndpointSpec) -> EndpointRejectedError:
    """Return the error for a server that cannot count tokens."""
    return EndpointRejectedError(
        say("{title} does not count tokens.", title=spec.title),
        say("They are estimated instead."),
    )
