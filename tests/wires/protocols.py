"""Which adapter speaks which protocol, over the product's own network."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from spark_desktop.adapters.anthropic_endpoint import AnthropicEndpoint
from spark_desktop.adapters.chat_endpoint import ChatEndpoint
from spark_desktop.adapters.network import NetworkPolicy, client_for, socket_options
from spark_desktop.adapters.network_socket import open_socket
from spark_desktop.adapters.ollama_endpoint import OllamaEndpoint
from spark_desktop.adapters.responses_endpoint import ResponsesEndpoint
from spark_desktop.adapters.responses_socket import SocketResponsesEndpoint
from spark_desktop.domain.endpoints import EndpointSpec, WireProtocol
from spark_desktop.domain.secret import Secret
from spark_desktop.services.ledger import Ledger
from spark_desktop.services.ports import Endpoint


@asynccontextmanager
async def opened(
    spec: EndpointSpec, key: Secret | None, policy: NetworkPolicy, ledger: Ledger
) -> AsyncIterator[Endpoint]:
    """The endpoint of a spec; its connections are closed behind it."""
    async with client_for(spec, key, policy, ledger) as client:
        match spec.protocol:
            case WireProtocol.CHAT:
                yield ChatEndpoint(client, spec)
            case WireProtocol.OLLAMA:
                yield OllamaEndpoint(client, spec)
            case WireProtocol.ANTHROPIC:
                yield AnthropicEndpoint(client, spec)
            case WireProtocol.RESPONSES:
                yield ResponsesEndpoint(client, spec)
            case WireProtocol.RESPONSES_SOCKET:
                options = socket_options(spec, key, policy)
                socket = SocketResponsesEndpoint(
                    lambda: open_socket(options, ledger, "/responses"),
                    ResponsesEndpoint(client, spec),
                    spec,
                )
                try:
                    yield socket
                finally:
                    await socket.close()
