"""The routes that generate nothing, the guard, and errors of every route."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from inference_core.chat.template import PlainTemplate
from inference_core.domain.errors import EngineDownError
from inference_core.engine.replay import ReplayEngine, ScriptedAnswer
from inference_core.models.catalogue import Catalogue
from inference_core.server.activity import Activity
from inference_core.server.app import build_app
from inference_core.server.body import BODY_LIMIT_BYTES
from inference_core.server.served_model import ServedModel
from inference_core.server.service import Service

TOKEN = "secret"
FIM = Catalogue.load().default.fim
MODEL = ServedModel("tiny", frozenset({"tiny.gguf"}), FIM, ("region",), 1000)

SCRIPT = (ScriptedAnswer("user: hi", "hello there friend"),)


@asynccontextmanager
async def core(script=SCRIPT, model=MODEL, context=64, token=TOKEN, host="127.0.0.1"):
    service = Service(ReplayEngine(script, context), model, PlainTemplate(), Activity())
    app = build_app(service, TOKEN)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(
        transport=transport, base_url=f"http://{host}", headers=headers
    ) as client:
        yield client


def chat(content="hi", **more):
    return {"messages": [{"role": "user", "content": content}], **more}


CHAT = "/v1/chat/completions"


async def test_tokenize_counts_and_lists():
    async with core() as client:
        answer = (await client.post("/tokenize", json={"content": "a b"})).json()
    assert answer == {"count": 2, "tokens": [{"id": 0, "piece": "a"}, {"id": 1, "piece": " b"}]}


async def test_the_models_list_says_what_spark_wants_to_know():
    async with core() as client:
        answer = (await client.get("/v1/models")).json()
    assert answer["data"][0]["id"] == "tiny"
    told = answer["data"][0]["spark"]
    assert (told["context"], told["memory_bytes"]) == (64, 1000)
    assert (told["formats"], told["fim"]) == (["region"], True)


async def test_the_slot_counts_what_was_processed():
    async with core() as client:
        answer = (await client.post("/v1/chat/completions", json=chat())).json()
        slot = (await client.get("/slots")).json()[0]
    assert slot["state"] == "free"
    assert slot["is_processing"] is False
    assert slot["answers"] == 1
    assert slot["prompt_tokens_processed"] == answer["usage"]["prompt_tokens"]


async def test_a_body_over_the_limit_is_refused():
    async with core() as client:
        response = await client.post(CHAT, content=b" " * (BODY_LIMIT_BYTES + 1))
    assert response.status_code == 413
    assert response.json()["error"]["code"] == "body_too_large"


@pytest.mark.parametrize("length", [8 * 1024 * 1024 + 1, 10**25])
async def test_a_body_that_will_be_too_large_is_refused_before_it_comes(length):
    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("the body was asked for")
        yield b""

    async with core() as client:
        response = await client.post(CHAT, content=never(), headers={"Content-Length": str(length)})
    assert (response.status_code, response.json()["error"]["code"]) == (413, "body_too_large")


async def test_another_model_than_the_loaded_one_is_not_found():
    async with core() as client:
        wrong = await client.post(CHAT, json=chat(model="gpt-9"))
        right = await client.post(CHAT, json=chat(model="tiny.gguf"))
    assert wrong.status_code == 404
    assert "this core serves 'tiny'" in wrong.json()["error"]["message"]
    assert right.status_code == 200


@pytest.mark.parametrize("token", [None, "wrong"])
@pytest.mark.parametrize("path", ["/v1/models", "/slots", "/lease", "/nowhere"])
async def test_every_route_but_health_wants_the_token(token, path):
    async with core(token=token) as client:
        response = await client.get(path)
        health = await client.get("/health")
    assert response.status_code == 401
    assert response.json()["error"]["code"] == "invalid_api_key"
    assert health.json() == {"status": "ok", "model": "tiny"}


@pytest.mark.parametrize("host", ["evil.example", "10.0.0.1", "localhost.evil.example"])
async def test_a_foreign_host_is_refused_even_at_health(host):
    async with core(host=host) as client:
        response = await client.get("/health")
    assert response.status_code == 403
    assert host in response.json()["error"]["message"]


@pytest.mark.parametrize("host", ["localhost:80", "127.0.0.1:4711", "127.8.9.1", "[::1]:80"])
async def test_every_loopback_host_is_taken(host):
    async with core() as client:
        response = await client.get("/health", headers={"Host": host})
    assert response.status_code == 200


async def test_a_host_that_cannot_be_read_is_refused():
    async with core() as client:
        response = await client.get("/health", headers={"Host": "[::1"})
    assert response.status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/v2", 404, "not_found"), ("GET", CHAT, 405, "method_not_allowed")],
)
async def test_an_unknown_route_is_refused_in_the_same_shape(method, path, status, code):
    async with core() as client:
        response = await client.request(method, path)
    assert response.status_code == status
    assert response.json()["error"]["code"] == code


async def test_health_tells_that_the_engine_is_down_and_when_to_ask_again():
    class Down(ReplayEngine):
        @property
        def down(self):
            return EngineDownError("The engine has died too often.", retry_after_s=60)

    app = build_app(Service(Down(()), MODEL, PlainTemplate(), Activity()), TOKEN)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        response = await client.get("/health")
    assert (response.status_code, response.headers["retry-after"]) == (503, "60")
    assert response.json()["error"]["code"] == "engine_down"


async def test_a_fault_of_the_core_does_not_show_its_trace():
    class Faulty(ReplayEngine):
        def slots(self):
            raise ZeroDivisionError("private")

    app = build_app(Service(Faulty(()), MODEL, PlainTemplate(), Activity()), TOKEN)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        response = await client.get("/slots", headers={"Authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 500
    assert response.json()["error"]["message"] == "The core failed: ZeroDivisionError."
