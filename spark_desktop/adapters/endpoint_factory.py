"""Which class speaks an endpoint's protocol."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import httpx

from spark_desktop.domain.endpoints import EndpointSpec, WireProtocol
from spark_desktop.services.ports import Endpoint

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

OpenSocket = Callable[[], Awaitable["ClientConnection"]]


def endpoint_for(
    spec: EndpointSpec, client: httpx.AsyncClient, open_socket: OpenSocket
) -> Endpoint:
    """Return what asks the endpoint's model through ``client``, which belongs to the caller.

    ``open_socket`` opens a WebSocket to its ``/responses``, for the protocol that speaks over one.
    """
    # Imported when they are spoken: most users have no endpoint at all, and all of them took 0.2 s
    # of a start, on two busy cores.
    match spec.protocol:
        case WireProtocol.CHAT:
            from spark_desktop.adapters.chat_endpoint import ChatEndpoint

            return ChatEndpoint(client, spec)
        case WireProtocol.RESPONSES:
            from spark_desktop.adapters.responses_endpoint import ResponsesEndpoint

            return ResponsesEndpoint(client, spec)
        case WireProtocol.RESPONSES_SOCKET:
            from spark_desktop.adapters.responses_endpoint import ResponsesEndpoint
            from spark_desktop.adapters.responses_socket import SocketResponsesEndpoint

            return SocketResponsesEndpoint(open_socket, ResponsesEndpoint(client, spec), spec)
        case WireProtocol.ANTHROPIC:
            from spark_desktop.adapters.anthropic_endpoint import AnthropicEndpoint

            return AnthropicEndpoint(client, spec)
        case WireProtocol.OLLAMA:
            from spark_desktop.adapters.ollama_endpoint import OllamaEndpoint

            return OllamaEndpoint(client, spec)
