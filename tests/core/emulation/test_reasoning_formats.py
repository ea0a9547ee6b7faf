"""Where the reasoning of an emulated answer goes: ``reasoning_format``."""

import pytest
from generating import data_of, ended, pieces

URL = "/v1/chat/completions"
ASK = {"messages": [{"role": "user", "content": "Count."}]}
ANSWER = [*pieces("<think>", "so ", "be it", "</think>", "yes ", "sir"), ended(predicted_n=6)]
CUT = [*pieces("<think>", "so ", "be it"), ended(predicted_n=3)]
RAW = "<think>\nso be it\n</think>\n\nyes sir"


async def message_of(asking_with, answer=ANSWER, **fields):
    client, _ = asking_with(answer)
    response = await client.post(URL, json=ASK | fields)
    assert response.status_code == 200, response.text
    return response.json()["choices"][0]["message"]


async def deltas_of(asking_with, answer=ANSWER, **fields):
    client, _ = asking_with(answer)
    response = await client.post(URL, json=ASK | fields | {"stream": True})
    chunks = [chunk for chunk in data_of(response) if chunk != "[DONE]"]
    return [choice["delta"] for chunk in chunks for choice in chunk["choices"]]


def joined(deltas, name):
    return "".join(delta.get(name) or "" for delta in deltas)


@pytest.mark.parametrize("word", [None, "none", "parsed", "text_parsed"])
async def test_reasoning_has_a_field_of_its_own(asking_with, word):
    message = await message_of(asking_with, reasoning_format=word)
    assert (message["reasoning"], message["content"]) == ("so be it", "yes sir")
    deltas = await deltas_of(asking_with, reasoning_format=word)
    assert (joined(deltas, "reasoning"), joined(deltas, "content")) == ("so be it", "yes sir")
    assert "reasoning_content" not in message
    assert not any("reasoning_content" in delta for delta in deltas)


async def test_raw_reasoning_stands_in_the_text_between_its_tags(asking_with):
    message = await message_of(asking_with, reasoning_format="raw")
    assert message["content"] == RAW
    assert "reasoning" not in message
    deltas = await deltas_of(asking_with, reasoning_format="raw")
    assert joined(deltas, "content") == RAW
    assert not any("reasoning" in delta for delta in deltas)


async def test_raw_reasoning_that_was_cut_off_is_not_closed(asking_with):
    message = await message_of(asking_with, CUT, reasoning_format="raw")
    assert message["content"] == "<think>\nso be it"
    deltas = await deltas_of(asking_with, CUT, reasoning_format="raw")
    assert joined(deltas, "content") == "<think>\nso be it"


async def test_raw_reasoning_is_closed_before_a_call(asking_with):
    call = '<tool_call>\n{"name": "look", "arguments": {}}\n</tool_call>'
    answer = [*pieces("<think>", "so", "</think>", call), ended(predicted_n=4)]
    tools = [{"type": "function", "function": {"name": "look"}}]
    message = await message_of(asking_with, answer, reasoning_format="raw", tools=tools)
    assert message["content"] == "<think>\nso\n</think>\n\n"
    assert message["tool_calls"][0]["function"]["name"] == "look"
    deltas = await deltas_of(asking_with, answer, reasoning_format="raw", tools=tools)
    assert joined(deltas, "content") == "<think>\nso\n</think>\n\n"
    assert any("tool_calls" in delta for delta in deltas)


async def test_hidden_reasoning_is_nowhere_and_counted_all_the_same(asking_with):
    client, _ = asking_with(ANSWER)
    response = await client.post(URL, json=ASK | {"reasoning_format": "hidden"})
    assert "so be it" not in response.text
    usage = response.json()["usage"]
    assert usage["completion_tokens"] == 6
    assert usage["completion_tokens_details"]["reasoning_tokens"] > 0
    deltas = await deltas_of(asking_with, reasoning_format="hidden")
    assert joined(deltas, "content") == "yes sir"
    assert not any("reasoning" in delta for delta in deltas)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("reasoning_format", "loud"),
        ("reasoning_effort", "most"),
        ("disable_reasoning", "yes"),
        ("clear_thinking", 1),
        ("service_tier", "scale"),
        ("return_raw_tokens", True),
    ],
)
async def test_words_that_the_service_does_not_know_are_refused(asking_with, name, value):
    client, engine = asking_with(ANSWER)
    response = await client.post(URL, json=ASK | {name: value})
    assert (response.status_code, response.json()["param"]) == (400, name)
    assert not engine.asked


async def test_completions_are_checked_too(asking_with):
    client, _ = asking_with(ANSWER)
    response = await client.post("/v1/completions", json={"prompt": "x", "service_tier": "fast"})
    assert (response.status_code, response.json()["param"]) == (400, "service_tier")
