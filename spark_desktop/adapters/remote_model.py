"""What is said where an endpoint's model cannot do what it is asked for."""

from spark_desktop.domain.completion import ChatRequest, Request
from spark_desktop.domain.endpoints import EndpointSpec
from spark_desktop.domain.errors import EndpointRejectedError
from spark_desktop.domain.words import say


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
