"""A pasted address is asked which protocol it speaks, unless a preset knows it."""

import pytest

from spark_desktop.adapters.preset_files import load_preset_files
from spark_desktop.domain.endpoints import AuthKind, EndpointSpec, RemoteModel, Route, WireProtocol
from spark_desktop.domain.errors import (
    AccessRefusedError,
    EndpointRejectedError,
    EndpointUnreachableError,
)
from spark_desktop.domain.secret import Secret
from spark_desktop.services.endpoint_guess import EndpointGuess

MODELS = (RemoteModel("first"), RemoteModel("second"))


class ScriptedLister:
    """Answers by protocol; whatever is not named is refused."""

    def __init__(self, **answers: tuple[RemoteModel, ...] | Exception) -> None:
        self.answers = answers
        self.routes: set[Route] = set()
        self.asked: list[WireProtocol] = []

    async def models(self, spec: EndpointSpec, key: Secret | None) -> tuple[RemoteModel, ...]:
        self.asked.append(spec.protocol)
        self.routes.add(spec.route)
        answer = self.answers.get(spec.protocol.name, EndpointRejectedError("nothing there"))
        if isinstance(answer, Exception):
            raise answer
        return answer


def guess(lister: ScriptedLister) -> EndpointGuess:
    return EndpointGuess(lister, load_preset_files())


async def test_the_protocol_that_lists_models_is_taken_with_the_first_of_them() -> None:
    lister = ScriptedLister(CHAT=(), OLLAMA=MODELS)
    spec = await guess(lister).guess("localhost:9000", None)
    assert (spec.protocol, spec.url, spec.model) == (
        WireProtocol.OLLAMA,
        "http://localhost:9000",
        "first",
    )
    assert spec.auth is AuthKind.NONE


async def test_the_server_is_asked_by_the_route_that_it_then_has() -> None:
    route = Route(ca_file="/etc/ca.pem", plain_http=True)
    lister = ScriptedLister(OLLAMA=MODELS)
    for pasted in ("http://box.example:9000", "https://api.groq.com/openai/v1"):
        assert (await guess(lister).guess(pasted, None, route)).route == route
    assert (await guess(ScriptedLister()).guess("http://box.example", None, route)).route == route
    assert lister.routes == {route}


async def test_a_vendor_is_known_without_asking_it() -> None:
    lister = ScriptedLister()
    spec = await guess(lister).guess("https://api.groq.com/openai/v1/chat/completions", None)
    assert (spec.preset, spec.key_env) == ("groq", "GROQ_API_KEY")
    assert lister.asked == []


async def test_a_cloud_is_known_with_the_region_in_its_address() -> None:
    url = "https://bedrock-runtime.eu-west-1.amazonaws.com/openai/v1"
    spec = await guess(ScriptedLister()).guess(url, None)
    assert (spec.preset, spec.url) == ("bedrock", url)


@pytest.mark.parametrize(("tail", "preset"), [("", "openai"), ("/chat/completions", "openai-chat")])
async def test_the_path_chooses_between_a_vendors_protocols(tail: str, preset: str) -> None:
    spec = await guess(ScriptedLister()).guess(f"https://api.openai.com/v1{tail}", None)
    assert spec.preset == preset


async def test_a_server_that_wants_a_key_is_taken_by_who_asks_for_it() -> None:
    lister = ScriptedLister(CHAT=AccessRefusedError("a key, please"))
    spec = await guess(lister).guess("https://box.example/v1", None)
    assert (spec.protocol, spec.auth) == (WireProtocol.CHAT, AuthKind.BEARER)


async def test_where_nothing_can_be_made_out_the_likeliest_is_taken() -> None:
    spec = await guess(ScriptedLister()).guess("https://box.example/x", None)
    assert (spec.protocol, spec.url) == (WireProtocol.CHAT, "https://box.example/x")


async def test_a_server_that_is_not_there_is_said_at_once() -> None:
    lister = ScriptedLister(CHAT=EndpointUnreachableError("Nothing listens."))
    with pytest.raises(EndpointUnreachableError):
        await guess(lister).guess("https://box.example", None)
    assert lister.asked == [WireProtocol.CHAT]
