"""What an answer can hold, each found out by the product's own adapters."""

import json

from spark_desktop.domain.completion import FinishReason, InfillRequest, Tool
from spark_desktop.domain.endpoints import WireProtocol
from spark_desktop.domain.errors import EndpointError, EndpointRejectedError
from tests.wires.peer import Answer, LackingError, Peer, ask, chat

SHORT = "Say hello in one short sentence."
WEATHER = Tool(
    "get_weather",
    "Get the current weather of a city.",
    json.dumps(
        {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    ),
)
CITY = json.dumps(
    {
        "type": "object",
        "properties": {"city": {"type": "string"}, "country": {"type": "string"}},
        "required": ["city", "country"],
        "additionalProperties": False,
    }
)
# Long enough for servers that reuse whole blocks of tokens only (vLLM on a CPU: of 128).
PREAMBLE = "Here is what matters in this project.\n" + "\n".join(
    f"{number}. Functions of module {number} return seconds, never milliseconds."
    for number in range(24)
)
# A core that a busy neighbour has taught that drafts do not pay forgets it in some answers.
_TRIES = 10
PREDICTED = "def area(width, height):\n    return width * height\n"


async def chat_streams(peer: Peer) -> str:
    """It comes in pieces, and says that it ended."""
    answer = await _asked(peer, chat(SHORT))
    assert len(answer.texts) >= 2, answer
    assert answer.end.reason in (FinishReason.STOP, FinishReason.LENGTH)
    return f"{len(answer.texts)} pieces"


async def usage_is_told(peer: Peer) -> str:
    """The server counts the prompt and the answer."""
    usage = (await _asked(peer, chat(SHORT))).end.usage
    if not (usage.prompt_tokens and usage.completion_tokens):
        raise LackingError(f"{usage}")
    return f"{usage.prompt_tokens} and {usage.completion_tokens}"


async def cached_tokens_are_told(peer: Peer) -> str:
    """The second of two prompts that begin alike says how much was reused."""
    await _asked(peer, chat(f"{PREAMBLE}\nSay yes.", max_tokens=4))
    usage = (await _asked(peer, chat(f"{PREAMBLE}\nSay no.", max_tokens=4))).end.usage
    if not usage.cached_tokens:
        raise LackingError(f"{usage}")
    return f"{usage.cached_tokens} of {usage.prompt_tokens}"


async def reasoning_is_apart(peer: Peer) -> str:
    """Nothing of what the model thought is in its answer."""
    answer = await _asked(peer.script or peer, chat("Think about it."))
    if not answer.reasoning:
        raise LackingError(f"all of it was text: {answer.text!r}")
    assert answer.text.strip()
    assert answer.reasoning.strip() not in answer.text
    assert "<think>" not in answer.text
    return f"{len(answer.reasoning)} characters of it"


async def tools_are_called(peer: Peer) -> str:
    """A call comes whole: its name, and arguments that are JSON."""
    question = chat("What is the weather in Paris? Use the tool.", tools=(WEATHER,), max_tokens=64)
    answer = await _asked(peer, question)
    if not answer.end.calls:
        raise LackingError(f"no call, but {answer.text!r}")
    call = answer.end.calls[0]
    assert call.name == "get_weather"
    assert "paris" in str(json.loads(call.arguments)["city"]).lower()
    assert answer.end.reason is FinishReason.TOOLS
    return call.arguments


async def answer_follows_the_schema(peer: Peer) -> str:
    """The whole answer is JSON of the schema."""
    answer = await _asked(peer, chat("Where is the Eiffel tower?", schema=CITY))
    answer.end  # noqa: B018  (raises what went wrong)
    try:
        told = json.loads(answer.text)
    except ValueError as error:
        raise LackingError(answer.text) from error
    assert set(told) == {"city", "country"}
    return answer.text.replace("\n", " ")


async def stops_are_kept(peer: Peer) -> str:
    """The answer ends before the text, which is not in it."""
    answer = await _asked(peer, chat("Count from 1 to 9, with commas, only digits.", stop=("5",)))
    assert "4" in answer.text
    assert "5" not in answer.text
    assert answer.end.reason is FinishReason.STOP
    return repr(answer.text)


async def predictions_are_used(peer: Peer) -> str:
    """What was predicted is taken, and counted: by the product's answer, and in the usage."""
    question = chat(
        f"Repeat this code, nothing else:\n{PREDICTED}", prediction=PREDICTED, max_tokens=40
    )
    answer = await _asked(peer, question)
    answer.end  # noqa: B018
    for _ in range(_TRIES):
        accepted = await _accepted(peer)
        if accepted:
            return f"{accepted} tokens accepted"
        if accepted is None:
            break
    raise LackingError("no predicted token was accepted")


async def text_is_filled_in(peer: Peer) -> str:
    """What stands between two texts, in the way that the endpoint's data names."""
    request = InfillRequest("def add(a, b):\n    return ", "\n\nprint(add(1, 2))\n", max_tokens=8)
    try:
        async with peer.endpoint() as endpoint:
            answer = await ask(endpoint, request)
    except EndpointRejectedError as error:
        raise LackingError(str(error)) from error
    if isinstance(answer.error, EndpointRejectedError):
        raise LackingError(str(answer.error))
    answer.end  # noqa: B018
    assert answer.text.strip().startswith("a + b"), answer.text
    return peer.spec.chosen.fill_in.value


async def _asked(peer: Peer, request: object) -> Answer:
    async with peer.endpoint() as endpoint:
        answer = await ask(endpoint, request)  # type: ignore[arg-type]
    if isinstance(answer.error, EndpointRejectedError):
        raise LackingError(str(answer.error))
    if isinstance(answer.error, EndpointError):
        raise answer.error
    return answer


async def _accepted(peer: Peer) -> int | None:
    """The tokens of a prediction that the answer used, which the product does not show.

    None where the server does not count them.
    """
    if peer.spec.protocol is not WireProtocol.CHAT:
        return None
    body = {
        "model": peer.spec.model,
        "messages": [{"role": "user", "content": f"Repeat this code:\n{PREDICTED}"}],
        "prediction": {"type": "content", "content": PREDICTED},
        "max_tokens": 40,
        "temperature": 0,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    async with peer.client() as client:
        response = await client.post(f"{peer.spec.url}/chat/completions", json=body, timeout=120)
    lines = [line[6:] for line in response.text.splitlines() if line.startswith("data: {")]
    details = [json.loads(line).get("usage") or {} for line in lines]
    told = [one.get("completion_tokens_details") or {} for one in details]
    counts = [
        one["accepted_prediction_tokens"] for one in told if "accepted_prediction_tokens" in one
    ]
    return max((int(count or 0) for count in counts), default=None)
