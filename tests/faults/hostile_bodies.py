"""Request bodies that a hostile or broken client could send, each made from its number alone."""

import copy
import gzip
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

TOOL = {
    "type": "function",
    "function": {
        "name": "read_file",
        "description": "Reads a file.",
        "parameters": {
            "type": "object",
            "properties": {"path": {"type": "string"}, "lines": {"$ref": "#/$defs/lines"}},
            "required": ["path"],
            "$defs": {"lines": {"type": "array", "items": {"type": "integer"}}},
        },
        "strict": True,
    },
}
SCHEMA = {
    "type": "json_schema",
    "json_schema": {
        "name": "point",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"x": {"type": "number", "minimum": 0}, "of": {"enum": ["a", None, 1]}},
            "required": ["x"],
            "additionalProperties": False,
        },
    },
}
SAMPLING: dict[str, Any] = {
    "model": "tiny",
    "temperature": 0.5,
    "top_p": 0.9,
    "top_k": 40,
    "min_p": 0.1,
    "seed": 7,
    "stop": ["END", "\n\n"],
    "presence_penalty": 0.1,
    "frequency_penalty": -0.1,
    "logit_bias": {"11": -100, "12": 5},
    "user": "somebody",
    "stream": False,
    "service_tier": "auto",
    "priority": "suggestion",
}
CALL = {"id": "c1", "type": "function", "function": {"name": "read_file", "arguments": "{}"}}
CHAT: dict[str, Any] = SAMPLING | {
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "hi"}], "name": "Ann"},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c1", "content": "text"},
        {"role": "user", "content": "go on"},
    ],
    "max_completion_tokens": 5,
    "max_tokens": 5,
    "n": 2,
    "logprobs": True,
    "top_logprobs": 3,
    "stream_options": {"include_usage": True},
    "tools": [TOOL],
    "tool_choice": "auto",
    "parallel_tool_calls": False,
    "response_format": SCHEMA,
    "prediction": {"type": "content", "content": "hello there"},
    "metadata": {"a": "b"},
    "store": False,
    "reasoning_effort": "low",
    "functions": [TOOL["function"]],
    "function_call": "none",
}
COMPLETION: dict[str, Any] = SAMPLING | {
    "prompt": ["once upon", "a time"],
    "suffix": "the end",
    "max_tokens": 5,
    "n": 1,
    "best_of": 1,
    "echo": True,
    "logprobs": 2,
    "stream_options": {"include_usage": False},
}
INFILL: dict[str, Any] = SAMPLING | {
    "input_prefix": "def add(a, b):\n    ",
    "input_suffix": "\n",
    "input_extra": [{"filename": "a.py", "text": "import os"}],
    "prompt": "return",
    "n_predict": 5,
    "cache_prompt": True,
    "t_max_predict_ms": 500,
    "samplers": ["top_k", "infill"],
}
RESPONSES: dict[str, Any] = SAMPLING | {
    "input": [
        {"role": "user", "content": [{"type": "input_text", "text": "hi"}]},
        {"type": "function_call", "call_id": "c1", "name": "read_file", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": "text"},
        {
            "type": "message",
            "role": "assistant",
            "id": "m1",
            "status": "completed",
            "content": [{"type": "output_text", "text": "hello", "annotations": []}],
        },
    ],
    "instructions": "Be brief.",
    "max_output_tokens": 16,
    "metadata": {"a": "b"},
    "tools": [{"type": "function", **TOOL["function"]}],
    "tool_choice": {"type": "function", "name": "read_file"},
    "text": {"format": {"type": "json_object"}},
    "reasoning": {"effort": "low"},
    "include": ["message.output_text.logprobs"],
    "top_logprobs": 2,
    "previous_response_id": None,
    "truncation": "auto",
    "store": True,
    "generate": True,
}
# A body that is right, for every route that takes one; "{id}" in a path is any word.
BODIES: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": CHAT,
    "/v1/completions": COMPLETION,
    "/infill": INFILL,
    "/v1/responses": RESPONSES,
    "/tokenize": {"content": "one two", "special": True, "add_special": True, "with_pieces": True},
    "/detokenize": {"tokens": [1, 2, 3]},
    "/v1/responses/resp_1/cancel": {},
}


# The more a body can say, the more of them are tried.
_SHARES = [len(body) + 1 for body in BODIES.values()]


@dataclass(frozen=True)
class Hostile:
    """One request: ``number`` makes it again."""

    number: int
    path: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


Tree = Any
_LONG = "a" * 20_000
_VALUES: tuple[Callable[[random.Random], Tree], ...] = (
    lambda chance: None,
    lambda chance: chance.choice((True, False)),
    lambda chance: chance.choice((0, 1, -1, 2, 5, 2**31, 2**32, 2**53, 2**63, 2**64, -(2**63))),
    lambda chance: chance.choice((0.0, -0.0, 1e308, -1e308, 1e-320, 0.1, 1.5, 3.0)),
    lambda chance: chance.choice(("", " ", "0", "null", "auto", "\x00", "\ufeff", "\u2028", "🙂")),
    lambda chance: chance.choice(("\ud800", "a\udfff", "\udc00\ud800", "é" * 99, "<|im_end|>")),
    lambda chance: chance.choice((_LONG, "[" * 500, "{{7*7}}{% for x in y %}", "%s%n", "../../x")),
    lambda chance: chance.choice(([], [[]], [None], [[[[1]]]], [0] * 300, [""] * 20, [{}])),
    lambda chance: chance.choice(({}, {"": ""}, {"type": "text"}, {"$ref": "#"}, {"\ud800": 1})),
    lambda chance: _deep(chance.choice((3, 63, 70)), chance.random() < 0.5),
    lambda chance: {
        "type": chance.choice(("image_url", "input_audio", "file", "\ud800", "x" * 99))
    },
    lambda chance: int("9" * chance.choice((20, 400, 4000))),
)


def _deep(levels: int, lists: bool) -> Tree:
    value: Tree = 1
    for _ in range(levels):
        value = [value] if lists else {"a": value}
    return value


def _places(tree: Tree) -> list[tuple[Any, Any]]:
    """Every (container, key) in the tree."""
    found: list[tuple[Any, Any]] = []
    todo = [tree]
    while todo:
        node = todo.pop()
        keys = list(node) if isinstance(node, dict) else range(len(node))
        for key in keys:
            found.append((node, key))
            if isinstance(node[key], dict | list):
                todo.append(node[key])
    return found


def _replace(chance: random.Random, tree: Tree) -> None:
    node, key = chance.choice(_places(tree) or [({}, "")])
    node[key] = chance.choice(_VALUES)(chance)


def _drop(chance: random.Random, tree: Tree) -> None:
    node, key = chance.choice(_places(tree) or [({"": 1}, "")])
    del node[key]


def _repeat(chance: random.Random, tree: Tree) -> None:
    node, key = chance.choice(_places(tree) or [([1], 0)])
    if isinstance(node, list):
        node.extend([copy.deepcopy(node[key]) for _ in range(chance.choice((1, 20, 400)))])
    else:
        node[str(key) + "x"] = copy.deepcopy(node[key])


def _exchange(chance: random.Random, tree: Tree) -> None:
    places = _places(tree) or [({"": 1}, "")]
    (one, key), (other, name) = chance.choice(places), chance.choice(places)
    one[key] = copy.deepcopy(other[name])


_CHANGES = (_replace, _replace, _replace, _drop, _repeat, _exchange)


def _text(chance: random.Random, tree: Tree) -> bytes:
    """The tree as JSON; half a character is written as an escape or, wrongly, as bytes."""
    if chance.random() < 0.8:
        return json.dumps(tree).encode()
    return json.dumps(tree, ensure_ascii=False).encode("utf-8", "surrogatepass")


_Damage = Callable[[random.Random, bytes], bytes]
_DAMAGES: tuple[_Damage, ...] = (
    lambda chance, body: body[: chance.randrange(len(body) + 1)],
    lambda chance, body: _flipped(chance, body),
    lambda chance, body: b"\xef\xbb\xbf" * chance.choice((1, 2)) + body,
    lambda chance, body: body.decode("utf-8", "replace").encode("utf-16"),
    lambda chance, body: body + chance.choice((b"\x00", b"}", b" \n", b"{}", b",")),
    lambda chance, body: body.replace(b"5", chance.choice((b"NaN", b"-Infinity", b"1e999"))),
    lambda chance, body: body.replace(b":", b":" + b"9" * chance.choice((30, 5000)), 1),
    lambda chance, body: body.replace(b"{", b'{"stream":true,"stream":1,"model":"a",', 1),
    lambda chance, body: b"[" * chance.choice((10, 1000, 100_000)) + body,
    lambda chance, body: b'{"a":' * chance.choice((63, 70, 50_000)) + body,
    lambda chance, body: chance.randbytes(chance.randrange(300)),
    lambda chance, body: gzip.compress(body),
    lambda chance, body: chance.choice((b"", b"null", b"1", b'"text"', b"[]", b"{}", b"true")),
    lambda chance, body: b"--x\r\nContent-Disposition: form-data\r\n\r\n" + body + b"\r\n--x--",
)
_HEADERS: tuple[dict[str, str], ...] = (
    {},
    {},
    {},
    {"content-type": "text/plain"},
    {"content-encoding": "gzip"},
    {"content-type": "application/json; charset=utf-16"},
    {"content-length": "99999999"},
    {"accept": "image/png", "x-request-id": "\u00e9" * 200},
)


def _flipped(chance: random.Random, body: bytes) -> bytes:
    data = bytearray(body or b"x")
    for _ in range(chance.choice((1, 3, 20))):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def hostile(number: int) -> Hostile:
    """Return the request of this number."""
    chance = random.Random(number)
    path = chance.choices(list(BODIES), _SHARES)[0]
    tree = _sparse(chance, copy.deepcopy(BODIES[path]))
    for _ in range(chance.randrange(0, 4)):
        chance.choice(_CHANGES)(chance, tree)
    if chance.random() < 0.3 and isinstance(tree, dict):
        tree["stream"] = True
    body = _text(chance, tree)
    if chance.random() < 0.25:
        body = chance.choice(_DAMAGES)(chance, body)
    return Hostile(number, path, body, chance.choice(_HEADERS))


def hostile_frame(number: int) -> str:
    """Return the WebSocket message of this number: a request for a response, or nearly."""
    chance = random.Random(-1 - number)
    tree = _sparse(chance, copy.deepcopy(RESPONSES))
    for _ in range(chance.randrange(0, 4)):
        chance.choice(_CHANGES)(chance, tree)
    if chance.random() < 0.3:
        tree["stream_id"] = chance.choice(
            ("a", "b", "", "\x00", "a b", "x" * 300, 1, None, "\ud800")
        )
    kinds = ("response.create",) * 9 + ("response.steer", "response.cancel", "", None, {}, 7)
    tree = {"type": chance.choice(kinds)} | tree
    body = _text(chance, tree)
    if chance.random() < 0.2:
        body = chance.choice(_DAMAGES)(chance, body)
    # A server's library has refused what is no UTF-8 before the application sees it.
    return body.decode("utf-8", "replace")


def _sparse(chance: random.Random, tree: dict[str, Any]) -> dict[str, Any]:
    """Leave some fields out, so that each is also met without the others that it conflicts with."""
    share = chance.choice((0.0, 0.5, 0.8, 0.9))
    kept = {"messages", "prompt", "input", "content", "tokens", "input_prefix"}
    return {key: tree[key] for key in tree if key in kept or chance.random() >= share}
