"""An endpoint as data: where it is, how it is spoken to, what it can do, and what it costs."""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from spark_desktop.domain.completion import SEARCH_REPLACE, ModelInfo

# Tokens that are taken for a model's context where nobody says: most servers give as many.
ASSUMED_CONTEXT = 8192


class WireProtocol(Enum):
    """What is spoken on the wire."""

    CHAT = "openai-chat"
    RESPONSES = "openai-responses"
    # The same over one persistent connection; HTTP is the way back where it cannot be opened.
    RESPONSES_SOCKET = "openai-responses-websocket"
    ANTHROPIC = "anthropic-messages"
    OLLAMA = "ollama"


# Those that have no way to fill in.
_CHATS_ONLY = (WireProtocol.RESPONSES, WireProtocol.RESPONSES_SOCKET, WireProtocol.ANTHROPIC)


class AuthKind(Enum):
    """How a key is told; ``HEADER`` uses the header that the endpoint names."""

    NONE = "none"
    BEARER = "bearer"
    HEADER = "header"


class FillInWay(Enum):
    """How a server is asked for what stands between two texts."""

    NONE = "none"
    # llama-server's and our core's own route.
    INFILL = "infill"
    # ``/v1/completions`` with ``suffix``: OpenAI's older form, Ollama, DeepSeek.
    SUFFIX = "suffix"
    # ``/v1/fim/completions``: Mistral.
    FIM_ROUTE = "fim-route"
    # ``/v1/completions`` with the model's own tokens in the prompt: vLLM, SGLang.
    TOKENS = "tokens"


class WorkKind(Enum):
    """What an answer is for; each kind has its own order of preference."""

    SUGGESTION = "suggestion"
    CHAT = "chat"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens, as published at ``source`` on the day ``as_of``.

    ``cached`` and ``written`` are the prices of prompt tokens that are reused, and that are kept
    for later, None where they cost as others; ``fast`` is the factor of a vendor's fast mode, None
    where it has none.
    """

    input: float
    output: float
    as_of: date
    source: str
    cached: float | None = None
    fast: float | None = None
    written: float | None = None


@dataclass(frozen=True, slots=True)
class RemoteModel:
    """One model of an endpoint; sizes in tokens, None where nobody says.

    ``fast`` asks for the vendor's fast mode where it has one.
    """

    id: str
    title: str = ""
    context: int | None = None
    max_output: int | None = None
    fill_in: FillInWay = FillInWay.NONE
    tools: bool = False
    structured_output: bool = False
    prediction: bool = False
    reasoning: bool = False
    fast: bool = False
    price: Price | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What an account may ask for in a minute and a day, where it is known beforehand."""

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    requests_per_day: int | None = None
    # Fast vendors charge prompt and ``max_tokens`` before the answer.
    charged_up_front: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """How packets get there, where it differs from the user's general settings.

    ``proxy`` is a URL, "" for the general one and "none" for none at all; ``ca_file`` and
    ``client_certificate`` are paths to PEM files; ``plain_http`` is the user's consent to speak
    without TLS to another machine.
    """

    proxy: str = ""
    ca_file: str = ""
    client_certificate: str = ""
    client_key: str = ""
    plain_http: bool = False


@dataclass(frozen=True, slots=True)
class EndpointSpec:
    """One endpoint. ``url`` ends where the protocol's own paths begin (``https://host/v1``).

    ``model`` is the id of the one that is asked. ``headers`` are sent with every request and hold
    no secret; the key is in the keyring under ``id``, or in the environment variable ``key_env``.
    """

    id: str
    title: str
    url: str
    protocol: WireProtocol = WireProtocol.CHAT
    auth: AuthKind = AuthKind.BEARER
    auth_header: str = "Authorization"
    key_env: str = ""
    model: str = ""
    models: tuple[RemoteModel, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    limits: Limits = field(default_factory=Limits)
    route: Route = field(default_factory=Route)
    # Which preset it was made from; "" for none.
    preset: str = ""

    @property
    def chosen(self) -> RemoteModel:
        """Return the model that is asked, with what is known of it."""
        return next((one for one in self.models if one.id == self.model), RemoteModel(self.model))


def model_info(spec: EndpointSpec) -> ModelInfo:
    """Return the model that an endpoint is asked for, as what asks it needs to know it."""
    chosen = spec.chosen
    fills_in = chosen.fill_in is not FillInWay.NONE and spec.protocol not in _CHATS_ONLY
    return ModelInfo(
        chosen.id,
        chosen.context or ASSUMED_CONTEXT,
        fills_in,
        # Models that are served to others are large enough to follow it.
        formats=(SEARCH_REPLACE, "region"),
        label=spec.title,
        is_local=False,
    )
