"""The routes that generate, over the replay engine, as a plain HTTP client sees them."""

import json

import pytest
from generating import MODEL, asking, data_of

from inference_core.engine.replay import ReplayEngine, ScriptedAnswer
from inference_core.server.completion_requests import read_completion, read_infill
from inference_core.server.fields import Fields
from inference_core.server.served_model import ServedModel

SCRIPT = (
    ScriptedAnswer("BREAK", "one two three four", fail_after=2),
    ScriptedAnswer("<|fim_prefix|>def add", "return a + b"),
    ScriptedAnswer("user: hi", "hello there friend"),
    ScriptedAnswer("once upon", " a time"),
)
CHAT, TEXT, FILL = "/v1/chat/completions", "/v1/completions", "/infill"


def core(script=SCRIPT, model=MODEL):
    return asking(ReplayEngine(script, context=64), model)


def chat(content="hi", **more):
    return {"messages": [{"role": "user", "content": content}], **more}


async def test_a_chat_is_answered_with_usage_and_timings():
    async with core() as client:
        answer = (await client.post("/v1/chat/completions", json=chat())).json()
    assert answer["object"] == "chat.completion"
    assert answer["choices"][0]["message"] == {
        "role": "assistant",
        "content": "hello there friend",
        "refusal": None,
    }
    assert answer["choices"][0]["finish_reason"] == "stop"
    assert answer["usage"]["completion_tokens"] == answer["timings"]["predicted_n"] == 3
    assert answer["usage"]["prompt_tokens"] == answer["timings"]["prompt_n"]


async def test_a_streamed_chat_says_the_role_the_pieces_the_reason_and_the_usage():
    async with core() as client:
        options = {"include_usage": True}
        response = await client.post(
            "/v1/chat/completions", json=chat(stream=True, stream_options=options)
        )
    *chunks, done = data_of(response)
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert done == "[DONE]"
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks if chunk["choices"]]
    assert deltas[0] == {"role": "assistant", "content": ""}
    assert "".join(delta.get("content", "") for delta in deltas) == "hello there friend"
    assert chunks[-2]["choices"][0]["finish_reason"] == "stop"
    assert chunks[-1]["usage"]["completion_tokens"] == 3
    assert chunks[-1]["timings"]["predicted_n"] == 3


async def test_without_include_usage_the_timings_are_on_the_chunk_with_the_reason():
    async with core() as client:
        response = await client.post("/v1/chat/completions", json=chat(stream=True))
    last = data_of(response)[-2]
    assert last["choices"][0]["finish_reason"] == "stop"
    assert "usage" not in last
    assert last["timings"]["predicted_n"] == 3


async def test_the_progress_of_the_prompt_is_streamed_where_it_is_asked_for():
    async with core() as client:
        response = await client.post(
            "/v1/chat/completions", json=chat(stream=True, return_progress=True)
        )
    progress = [c["prompt_progress"] for c in data_of(response)[:-1] if "prompt_progress" in c]
    assert progress[-1]["processed"] == progress[-1]["total"] > 0


async def test_token_numbers_are_taken_as_a_prompt():
    async with core((ScriptedAnswer("7 8 9", "ten"),)) as client:
        answer = (await client.post("/v1/completions", json={"prompt": [7, 8, 9]})).json()
    assert answer["choices"][0]["text"] == "ten"


async def test_a_fill_in_lays_out_prefix_and_suffix_with_the_catalogues_tokens():
    script = (ScriptedAnswer("<|fim_prefix|>A<|fim_suffix|>B<|fim_middle|>", "mid"),)
    async with core(script) as client:
        body = {"input_prefix": "A", "input_suffix": "B"}
        answer = (await client.post("/infill", json=body)).json()
    assert (answer["content"], answer["stop"], answer["stop_type"]) == ("mid", True, "eos")


async def test_extra_files_come_before_the_prefix_with_their_names():
    wanted = (
        "<|repo_name|>workspace\n<|file_sep|>a.py\nx = 1\n<|file_sep|>"
        "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>M"
    )
    async with core((ScriptedAnswer(wanted, "ok"),)) as client:
        extra = [{"filename": "a.py", "text": "x = 1"}]
        body = {"input_prefix": "P", "input_suffix": "S", "input_extra": extra, "prompt": "M"}
        answer = (await client.post("/infill", json=body)).json()
    assert answer["content"] == "ok"


async def test_a_streamed_fill_in_has_llama_servers_shape_and_the_progress_on_request():
    async with core() as client:
        body = {"input_prefix": "def add", "stream": True, "return_progress": True}
        *chunks, done = data_of(await client.post("/infill", json=body))
    assert "prompt_progress" in chunks[0]
    assert "".join(chunk["content"] for chunk in chunks) == "return a + b"
    assert [chunk["stop"] for chunk in chunks[-2:]] == [False, True]
    assert done == "[DONE]"


async def test_a_limit_of_a_fill_in_is_told_as_its_stop_type():
    async with core() as client:
        body = {"input_prefix": "def add", "n_predict": 1}
        answer = (await client.post("/infill", json=body)).json()
    assert (answer["content"], answer["stop_type"]) == ("return", "limit")


async def test_a_completion_with_a_suffix_is_a_fill_in():
    async with core() as client:
        body = {"prompt": "def add", "suffix": "\n"}
        answer = (await client.post("/v1/completions", json=body)).json()
    assert answer["choices"][0]["text"] == "return a + b"


async def test_max_tokens_cuts_the_answer_and_says_so():
    async with core() as client:
        answer = (await client.post("/v1/chat/completions", json=chat(max_tokens=2))).json()
    assert answer["choices"][0]["message"]["content"] == "hello there"
    assert answer["choices"][0]["finish_reason"] == "length"


async def test_the_newer_name_of_max_tokens_counts_where_both_are_sent():
    async with core() as client:
        body = chat(max_tokens=3, max_completion_tokens=1)
        answer = (await client.post("/v1/chat/completions", json=body)).json()
    assert answer["choices"][0]["message"]["content"] == "hello"


@pytest.mark.parametrize("stop", [" there", ["nothing", " there"]])
async def test_a_stop_string_ends_the_answer(stop):
    async with core() as client:
        answer = (await client.post("/v1/chat/completions", json=chat(stop=stop))).json()
    assert answer["choices"][0]["message"]["content"] == "hello"


async def test_a_repeated_prompt_is_reused_and_reported_as_cached():
    async with core() as client:
        await client.post("/v1/chat/completions", json=chat())
        answer = (await client.post("/v1/chat/completions", json=chat())).json()
    cached = answer["usage"]["prompt_tokens_details"]["cached_tokens"]
    assert cached == answer["usage"]["prompt_tokens"] - 1
    assert answer["timings"]["prompt_n"] == 1


@pytest.mark.parametrize(
    ("path", "body", "param", "says"),
    [
        (CHAT, {}, "messages", "is required"),
        (CHAT, {"messages": "hi"}, "messages", "must be a list, not a string"),
        (CHAT, {"messages": []}, "messages", "at least one message"),
        (CHAT, {"messages": ["hi"]}, "messages[0]", "must be an object, not a string"),
        (CHAT, {"messages": [{"content": "x"}]}, "messages[0].role", "is required"),
        (CHAT, {"messages": [{"role": "user"}]}, "messages[0].content", "is required"),
        (
            CHAT,
            {"messages": [{"role": "user", "content": 3}]},
            "messages[0].content",
            "must be a string, not a number",
        ),
        (
            CHAT,
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            "messages[0].content[0].type",
            "cannot read 'image_url'",
        ),
        (CHAT, chat(max_tokens="many"), "max_tokens", "must be an integer, not a string"),
        (CHAT, chat(max_tokens=1.5), "max_tokens", "must be an integer"),
        (CHAT, chat(max_tokens=True), "max_tokens", "must be an integer, not a boolean"),
        (CHAT, chat(max_tokens=-1), "max_tokens", "at least 0, not -1"),
        (CHAT, chat(max_completion_tokens=-1), "max_completion_tokens", "at least 0"),
        (CHAT, chat(temperature=3), "temperature", "from 0 to 2, not 3"),
        (CHAT, chat(temperature=True), "temperature", "must be a number, not a boolean"),
        (CHAT, chat(top_p="high"), "top_p", "must be a number"),
        (CHAT, chat(stream="yes"), "stream", "must be a boolean, not a string"),
        (CHAT, chat(stream_options=[]), "stream_options", "must be an object, not a list"),
        (
            CHAT,
            chat(stream_options={"include_usage": 1}),
            "stream_options.include_usage",
            "must be a boolean, not a number",
        ),
        (CHAT, chat(stop=5), "stop", "a string or a list of strings"),
        (CHAT, chat(stop=["a", {}]), "stop[1]", "must be a string, not an object"),
        (CHAT, chat(n=9), "n", "must be at most 8, not 9"),
        (CHAT, chat(model=5), "model", "must be a string"),
        (TEXT, {}, "prompt", "is required"),
        (TEXT, {"prompt": []}, "prompt", "must not be empty"),
        (TEXT, {"prompt": [1, "x"]}, "prompt[1]", "must be a token number, not a string"),
        (TEXT, {"prompt": 5}, "prompt", "must be a string, not a number"),
        (TEXT, {"prompt": "a", "suffix": 1}, "suffix", "must be a string"),
        (FILL, {"input_prefix": 1}, "input_prefix", "must be a string, not a number"),
        (FILL, {"input_extra": [{"filename": "a"}]}, "input_extra[0].text", "is required"),
        (FILL, {"n_predict": -2}, "n_predict", "at least -1"),
        ("/tokenize", {}, "content", "is required"),
        (CHAT, chat("\ud83d"), "messages[0].content", "half a surrogate pair at character 0"),
        (CHAT, chat(model="\ud800"), "model", "half a surrogate pair"),
        (CHAT, chat(stop="\ud800"), "stop", "half a surrogate pair"),
        (CHAT, chat(stop=["a", "b\udc00"]), "stop[1]", "half a surrogate pair at character 1"),
        (CHAT, chat(temperature=10**400), "temperature", "from 0 to 2, not inf"),
        (CHAT, chat(temperature=-(10**400)), "temperature", "from 0 to 2, not -inf"),
        (CHAT, chat(top_k=2**31), "top_k", "at most 2147483647, not 2147483648"),
        (TEXT, {"prompt": [1, 2**40]}, "prompt[1]", "is no token number"),
        (TEXT, {"prompt": [-1]}, "prompt[0]", "is no token number"),
    ],
)
async def test_a_wrong_field_is_named(path, body, param, says):
    async with core() as client:
        # Not json=body: the client refuses to send half a surrogate pair.
        response = await client.post(path, content=json.dumps(body))
    error = response.json()["error"]
    assert response.status_code == 400
    assert error["param"] == param
    assert param in error["message"]
    assert says in error["message"]
    assert error["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("asked", "limit"), [(2**31, 2**31 - 1), (2**63, 2**31 - 1), (1e300, 2**31 - 1), (7, 7)]
)
def test_a_limit_that_the_engine_cannot_count_to_means_no_limit(asked, limit):
    text, _ = read_completion(Fields({"prompt": "a", "max_tokens": asked}), MODEL)
    fill_in, _ = read_infill(Fields({"n_predict": asked}), MODEL)
    limits = [each.questions[0].sampling.max_tokens for each in (text, fill_in)]
    assert limits == [limit, limit]


@pytest.mark.parametrize(("asked", "seed"), [(-1, -1), (42, 42), (2**31, 0), (2**63 + 9, 9)])
def test_a_seed_keeps_the_bits_that_the_engine_has(asked, seed):
    generation, _ = read_completion(Fields({"prompt": "a", "seed": asked}), MODEL)
    assert generation.questions[0].sampling.seed == seed


@pytest.mark.parametrize("stream", [False, True])
async def test_a_prompt_over_the_context_is_refused_with_both_numbers(stream):
    async with core() as client:
        response = await client.post(TEXT, json={"prompt": "word " * 100, "stream": stream})
    error = response.json()["error"]
    assert response.status_code == 400
    assert error["code"] == "context_length_exceeded"
    assert "101 tokens, but the context holds 64" in error["message"]


async def test_a_model_without_fill_in_tokens_refuses_to_fill_in():
    async with core(model=ServedModel("plain")) as client:
        response = await client.post(FILL, json={"input_prefix": "a"})
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "fim_not_supported"


async def test_a_prompt_that_the_script_does_not_know_is_refused():
    async with core() as client:
        response = await client.post(CHAT, json=chat("who are you"))
    assert response.json()["error"]["code"] == "no_replay"


async def test_an_answer_that_breaks_off_is_a_500_when_it_is_not_streamed():
    async with core() as client:
        response = await client.post(CHAT, json=chat("BREAK"))
    assert response.status_code == 500
    assert response.json()["error"]["type"] == "server_error"


async def test_a_stream_that_breaks_off_ends_with_the_error_and_without_done():
    async with core() as client:
        response = await client.post(CHAT, json=chat("BREAK", stream=True))
    last = data_of(response)[-1]
    assert response.status_code == 200
    assert last["error"]["code"] == "engine_failed"
    assert [c["choices"][0]["delta"].get("content") for c in data_of(response)[1:3]] == [
        "one",
        " two",
    ]
