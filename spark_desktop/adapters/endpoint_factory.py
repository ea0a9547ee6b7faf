"""Which class speaks an endpoint's protocol."""

from collections.abc import Awaitable, Callable

import httpx
from websockets.asyncio.client import ClientConnection

from spark_desktop.adapters.openai_endpoint import OpenAIEndpoint
from spark_desktop.domain.endpoints import EndpointSpec, WireProtocol, model_info
from spark_desktop.domain.errors import RouteError
from spark_desktop.domain.words import say
from spark_desktop.services.ports import Endpoint

OpenSocket = Callable[[], Awaitable[ClientConnection]]

# Seconds without an event after which an answer is given up: vendors queue, and some think long.
_SILENCE_S = 120.0


def endpoint_for(
    spec: EndpointSpec, client: httpx.AsyncClient, open_socket: OpenSocket
) -> Endpoint:
    """Return what asks the endpoint's model through ``client``, which belongs to the caller.

    ``open_socket`` opens a WebSocket to it, for the protocol that speaks over one. Raises
    RouteError for a protocol that this program does not speak.
    """
    match spec.protocol:
        case WireProtocol.CHAT:
            return OpenAIEndpoint(client, model_info(spec), silence=_SILENCE_S)
        case other:
            raise RouteError(
                say(
                    "{title} speaks {protocol}, which this version of Spark does not.",
                    title=spec.title,
                    protocol=other.value,
                ),
                say("Choose another protocol for it in the settings, under Endpoints."),
            )
