"""Which class speaks an endpoint's protocol."""

from collections.abc import Awaitable, Callable

import httpx
from websockets.asyncio.client import ClientConnection

from spark_desktop.adapters.anthropic_endpoint import AnthropicEndpoint
from spark_desktop.adapters.chat_endpoint import ChatEndpoint
from spark_desktop.adapters.ollama_endpoint import OllamaEndpoint
from spark_desktop.adapters.responses_endpoint import ResponsesEndpoint
from spark_desktop.adapters.responses_socket import SocketResponsesEndpoint
from spark_desktop.domain.endpoints import EndpointSpec, WireProtocol
from spark_desktop.services.ports import Endpoint

OpenSocket = Callable[[], Awaitable[ClientConnection]]


def endpoint_for(
    spec: EndpointSpec, client: httpx.AsyncClient, open_socket: OpenSocket
) -> Endpoint:
    """Return what asks the endpoint's model through ``client``, which belongs to the caller.

    ``open_socket`` opens a WebSocket to its ``/responses``, for the protocol that speaks over one.
    """
    match spec.protocol:
        case WireProtocol.CHAT:
            return ChatEndpoint(client, spec)
        case WireProtocol.RESPONSES:
            return ResponsesEndpoint(client, spec)
        case WireProtocol.RESPONSES_SOCKET:
            fallback = ResponsesEndpoint(client, spec)
            return SocketResponsesEndpoint(open_socket, fallback, spec)
        case WireProtocol.ANTHROPIC:
            return AnthropicEndpoint(client, spec)
        case WireProtocol.OLLAMA:
            return OllamaEndpoint(client, spec)
