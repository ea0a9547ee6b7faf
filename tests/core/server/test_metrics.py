"""What the core counts, as Prometheus' own parser reads it."""

import asyncio

import pytest
from generating import TOKEN, ScriptedEngine, asking, ended, pieces
from prometheus_client.parser import text_string_to_metric_families

from inference_core.domain.errors import ContextExceededError, EngineDownError
from inference_core.domain.generation import GenerationRequest, TextPrompt
from inference_core.engine.slot import SlotPhase, SlotState
from inference_core.server.measured_engine import MeasuredEngine
from inference_core.server.metrics import Metrics

TEXT = "/v1/completions"


def samples(text):
    """Every sample: its name and labels as one text, and its value."""
    return {
        f"{sample.name}{dict(sorted(sample.labels.items())) or ''}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def told(client):
    response = await client.get("/metrics")
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return samples(response.text)


async def test_tokens_of_every_kind_are_counted():
    last = ended(prompt_n=6, cache_n=4, predicted_n=3, draft_n=8, draft_n_accepted=5)
    async with asking(ScriptedEngine([*pieces("a", "b"), last])) as client:
        for _ in range(2):
            await client.post(TEXT, json={"prompt": "p"})
        found = await told(client)
    counted = {
        kind: found[f"spark_core_tokens_total{{'kind': '{kind}'}}"]
        for kind in ("prompt", "cached", "generated", "drafted", "accepted")
    }
    assert counted == {"prompt": 12, "cached": 8, "generated": 6, "drafted": 16, "accepted": 10}
    assert found["spark_core_time_to_first_token_seconds_count{'priority': 'question'}"] == 2
    assert found["spark_core_queue_seconds_count{'priority': 'question'}"] == 2


@pytest.mark.parametrize(
    ("path", "body", "labels"),
    [
        (TEXT, {"prompt": "p", "priority": "suggestion"}, ("suggestion", "stop")),
        (TEXT, {"prompt": "p", "max_tokens": 0}, ("warmup", "stop")),
        ("/v1/responses", {"input": "p"}, ("question", "stop")),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": "p"}], "stream": True},
         ("question", "stop")),
        ("/infill", {"input_prefix": "p"}, ("question", "stop")),
    ],
)  # fmt: skip
async def test_every_route_is_measured_by_who_asks(path, body, labels):
    async with asking(ScriptedEngine([*pieces("a"), ended()])) as client:
        await client.post(path, json=body)
        found = await told(client)
    priority, outcome = labels
    answers = f"spark_core_answers_total{{'outcome': '{outcome}', 'priority': '{priority}'}}"
    assert found[answers] == 1
    request = f"{{'method': 'POST', 'route': '{path}', 'status': '200'}}"
    assert found[f"spark_core_http_requests_total{request}"] == 1
    assert found[f"spark_core_http_request_duration_seconds_count{{'route': '{path}'}}"] == 1


@pytest.mark.parametrize(
    ("error", "status", "outcome"),
    [
        (ContextExceededError(100, 64), 400, "refused"),
        (EngineDownError("gone"), 503, "failed"),
        (ZeroDivisionError("a fault"), 500, "failed"),
    ],
)
async def test_what_goes_wrong_is_counted_by_its_status(error, status, outcome):
    async with asking(ScriptedEngine([error])) as client:
        assert (await client.post(TEXT, json={"prompt": "p"})).status_code == status
        found = await told(client)
    labels = f"{{'method': 'POST', 'route': '{TEXT}', 'status': '{status}'}}"
    assert found[f"spark_core_http_requests_total{labels}"] == 1
    answers = f"{{'outcome': '{outcome}', 'priority': 'question'}}"
    assert found[f"spark_core_answers_total{answers}"] == 1


async def test_an_answer_that_nobody_waits_for_counts_with_its_tokens():
    gate = asyncio.Event()
    scripted = ScriptedEngine([*pieces("a", "b"), gate, ended()])
    metrics = Metrics()
    engine = MeasuredEngine(scripted, metrics)
    events = engine.generate(GenerationRequest(TextPrompt("p")))
    for _ in range(3):
        await anext(events)
    await events.aclose()
    found = samples(metrics.text().decode())
    assert found["spark_core_answers_total{'outcome': 'cancelled', 'priority': 'question'}"] == 1
    assert found["spark_core_tokens_total{'kind': 'generated'}"] == 2
    assert scripted.open == 0


async def test_the_clock_says_how_long_the_first_token_took():
    times = iter([10.0, 10.4, 12.0])
    metrics = Metrics()
    engine = MeasuredEngine(ScriptedEngine([*pieces("a"), ended()]), metrics, lambda: next(times))
    async for _ in engine.generate(GenerationRequest(TextPrompt("p"))):
        continue
    found = samples(metrics.text().decode())
    first = "spark_core_time_to_first_token_seconds_sum{'priority': 'question'}"
    whole = "spark_core_answer_duration_seconds_sum{'priority': 'question'}"
    assert (found[first], found[whole]) == (pytest.approx(0.4), pytest.approx(2.0))


async def test_no_label_is_a_clients_word():
    async with asking(ScriptedEngine([])) as client:
        for number in range(20):
            await client.get(f"/nowhere/{number}")
            await client.get(f"/v1/models/unknown-{number}")
            await client.request(f"METHOD{number}", "/slots")
        text = (await client.get("/metrics")).text
        found = samples(text)
    for word in ("nowhere", "unknown", "METHOD", TOKEN):
        assert word not in text
    requests = "spark_core_http_requests_total{'method': 'GET', 'route': "
    assert found[f"{requests}'none', 'status': '404'}}"] == 20
    assert found[f"{requests}'/v1/models/{{model:path}}', 'status': '404'}}"] == 20


async def test_who_is_turned_away_at_the_door_is_counted():
    async with asking(ScriptedEngine([])) as client:
        await client.get("/slots", headers={"Authorization": "Bearer wrong"})
        await client.get("/slots", headers={"Host": "evil.example"})
        found = await told(client)
    requests = "spark_core_http_requests_total{'method': 'GET', 'route': '/slots', 'status': "
    assert (found[f"{requests}'401'}}"], found[f"{requests}'403'}}"]) == (1, 1)


async def test_slots_connections_and_the_process_are_told_as_they_are():
    class Busy(ScriptedEngine):
        def slots(self):
            phases = (SlotPhase.DECODE, SlotPhase.PREFILL, SlotPhase.DECODE)
            return [SlotState(n, phase, 7, 0, 0, 100, 1) for n, phase in enumerate(phases)]

    async with asking(Busy([])) as client:
        found = await told(client)
    assert found["spark_core_slots{'state': 'decode'}"] == 2
    assert found["spark_core_slots{'state': 'free'}"] == 0
    assert found["spark_core_queued_requests"] == 7
    assert found["spark_core_engine_prompt_tokens_total"] == 300
    assert found["spark_core_requests_active"] == 1
    assert found["spark_core_connections"] == 0
    assert found["process_resident_memory_bytes"] > 1e6
    assert found["process_open_fds"] > 0


async def test_the_figures_are_for_who_holds_the_token():
    async with asking(ScriptedEngine([])) as client:
        response = await client.get("/metrics", headers={"Authorization": ""})
    assert response.status_code == 401
