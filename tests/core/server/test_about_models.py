"""What the core tells about its model, in the words of several kinds of clients."""

from dataclasses import replace
from pathlib import Path

import pytest
from generating import MODEL, ScriptedEngine, asking

from inference_core.domain.generation import ModelInfo
from inference_core.models.catalogue import Catalogue
from inference_core.server.served_model import ServedModel, from_path


def engine(**info):
    scripted = ScriptedEngine(())
    scripted.info = replace(ModelInfo(context=64), **info)
    return scripted


@pytest.mark.parametrize("path", ["/v1/models", "/public/v1/models"])
async def test_the_one_model_is_listed_with_what_it_holds(path):
    async with asking(engine(), replace(MODEL, created=7)) as client:
        (entry,) = (await client.get(path)).json()["data"]
    assert (entry["id"], entry["object"], entry["created"]) == ("tiny", "model", 7)
    assert (entry["owned_by"], entry["context_length"]) == ("local", 64)
    assert entry["max_context_length"] == 64


@pytest.mark.parametrize("name", ["tiny", "tiny.gguf", "some/where/tiny.gguf"])
@pytest.mark.parametrize("path", ["/v1/models", "/public/v1/models"])
async def test_a_model_is_found_by_each_of_its_names(path, name):
    model = ServedModel("tiny", frozenset({"tiny.gguf", "some/where/tiny.gguf"}))
    async with asking(engine(), model) as client:
        assert (await client.get(f"{path}/{name}")).json()["id"] == "tiny"


async def test_a_model_that_is_not_here_is_refused_with_those_that_are():
    model = ServedModel("tiny", frozenset({"tiny.gguf", "some/where/tiny.gguf"}))
    async with asking(engine(), model) as client:
        response = await client.get("/v1/models/gpt-9")
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (404, "model_not_found")
    assert "this core serves 'tiny'. Known here: 'tiny', 'tiny.gguf'." in error["message"]
    assert "spark-core serve --model" in error["next_step"]
    assert "some/where" not in response.text


async def test_a_name_without_an_end_is_not_repeated_to_its_end():
    async with asking(engine()) as client:
        body = {"model": "x" * 100_000, "messages": [{"role": "user", "content": "hi"}]}
        response = await client.post("/v1/chat/completions", json=body)
    assert response.status_code == 404
    assert len(response.content) < 2000


@pytest.mark.parametrize("vocabulary", [0, 1000])
async def test_only_a_real_model_can_be_constrained_weighed_and_drafted(vocabulary):
    async with asking(engine(vocabulary=vocabulary, trained_context=512)) as client:
        told = (await client.get("/v1/models/tiny")).json()["spark"]
    real = vocabulary > 0
    assert (told["json_schema"], told["logprobs"], told["prediction"]) == (real, real, real)
    assert (told["context"], told["trained_context"]) == (64, 512)
    assert told["priorities"] == ["question", "suggestion", "warmup"]


@pytest.mark.parametrize(("template", "tools"), [("", False), ("{% if tools %}", True)])
async def test_tools_are_for_models_whose_template_knows_them(template, tools):
    async with asking(engine(chat_template=template)) as client:
        assert (await client.get("/v1/models")).json()["data"][0]["spark"]["tools"] is tools


async def test_a_file_is_as_old_as_it_says(tmp_path: Path):
    path = tmp_path / "my.gguf"
    path.write_bytes(b"GGUF")
    created = from_path(path, Catalogue.load()).created
    assert created == int(path.stat().st_mtime)


async def test_a_connection_can_be_warmed_up():
    async with asking(engine()) as client:
        assert (await client.get("/v1/tcp_warming")).json() == {"status": "ok"}


async def test_llama_servers_clients_find_the_context_and_the_template():
    async with asking(engine(chat_template="T")) as client:
        props = (await client.get("/props")).json()
    assert props["default_generation_settings"] == {"n_ctx": 64}
    assert (props["model_path"], props["chat_template"]) == ("tiny", "T")
