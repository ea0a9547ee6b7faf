"""Whatever the fields hold, a request is read or refused, and never a fault."""

import json
from contextlib import suppress

import pytest
from generating import MODEL
from hypothesis import given
from hypothesis import strategies as st

from inference_core.domain.errors import RequestError
from inference_core.server.chat_requests import read_chat
from inference_core.server.completion_requests import read_completion, read_infill
from inference_core.server.fields import Fields

# Values of every kind, among them those that a field may have somewhere.
WORDS = st.sampled_from(
    ["user", "assistant", "tool", "function", "text", "auto", "required", "json_schema", "content",
     "flex", "allowed_tools", "\ud800", "f", ""]
)  # fmt: skip
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(-10, 10) | WORDS | st.text(max_size=5)
KEYS = st.sampled_from(
    ["role", "content", "type", "text", "name", "function", "arguments", "tool_calls", "parameters",
     "json_schema", "schema", "allowed_tools", "tools", "id", "tool_call_id", "refusal", "1", "x"]
)  # fmt: skip
ANY = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4)
)
NAMES = st.sampled_from(
    ["model", "n", "stop", "seed", "tools", "tool_choice", "functions", "function_call", "logprobs",
     "top_logprobs", "logit_bias", "prediction", "response_format", "service_tier", "priority",
     "stream", "stream_options", "max_tokens", "max_completion_tokens", "min_tokens", "top_k",
     "temperature", "suffix", "echo", "best_of", "input_extra", "n_predict", "t_max_predict_ms",
     "parallel_tool_calls", "prompt", "messages", "input_prefix"]
)  # fmt: skip
HI = {"messages": [{"role": "user", "content": "hi"}], "prompt": "once"}


@pytest.mark.parametrize("read", [read_chat, read_completion, read_infill])
@given(st.dictionaries(NAMES, ANY, max_size=4))
def test_a_body_is_read_or_refused(read, body):
    with suppress(RequestError):
        generation, _ = read(Fields(HI | body), MODEL, 100)
        assert 1 <= len(generation.questions) <= 8


@given(st.lists(ANY, max_size=3))
def test_messages_are_read_or_refused_and_what_is_read_can_be_sent(messages):
    with suppress(RequestError):
        generation, _ = read_chat(Fields({"messages": messages}), MODEL)
        for message in generation.questions[0].messages:
            said = [message.content, *(call.arguments for call in message.tool_calls)]
            json.dumps(said, ensure_ascii=False).encode("utf-8")
