"""The bodies that the routes read."""

from inference_core.server.openapi.shapes import (
    ANY_OBJECT,
    FLAG,
    Schema,
    either,
    fields,
    integer,
    listed,
    maybe_text,
    named,
    number,
    text,
    word,
)

_INT32_MAX = 2**31 - 1
_STOPS = either(text(), listed(text(maxLength=512), 16), what="Texts that end the answer.")
_TOKEN_LIST = listed(named("TokenNumber"), least=1)

_SAMPLING: dict[str, Schema] = {
    "model": maybe_text("The loaded model, by its id or another of its names."),
    "stream": FLAG,
    "stream_options": either(fields(include_usage=FLAG)),
    "temperature": number(0, 2),
    "top_p": number(0, 1),
    "top_k": integer(0, _INT32_MAX),
    "min_p": number(0, 1),
    "presence_penalty": number(-2, 2),
    "frequency_penalty": number(-2, 2),
    "seed": integer(-1),
    "stop": _STOPS,
    "logit_bias": {
        "type": ["object", "null"],
        "propertyNames": {"pattern": "^[0-9]{1,9}$"},
        "additionalProperties": number(-100, 100),
        "maxProperties": 1024,
    },
    "min_tokens": integer(0),
    "priority": word("question", "suggestion", "warmup", what="Who goes first."),
    "service_tier": word("auto", "default", "flex", "priority", "scale", "fast"),
    "return_progress": FLAG,
}

_TOOL_NAME = text(pattern="^[A-Za-z0-9_.-]{1,128}$")
_FUNCTION = fields(
    ("name",), name=_TOOL_NAME, description=maybe_text(), parameters=ANY_OBJECT, strict=FLAG
)
_CALLED = fields(("name",), name=text(), arguments=maybe_text("JSON."))


def request_schemas() -> dict[str, Schema]:
    """Return the schemas of all bodies, and of what they share, by name."""
    return {
        "TokenNumber": {"type": "integer", "minimum": 0, "maximum": _INT32_MAX},
        "TextPart": fields(("text",), type={"const": "text"}, text=text()),
        "ChatMessage": _chat_message(),
        "ChatTool": fields(("type", "function"), type={"const": "function"}, function=_FUNCTION),
        "ChatRequest": _chat(),
        "CompletionRequest": _completion(),
        "InfillRequest": _infill(),
        "ResponseItem": _item(),
        "ResponseTool": _response_tool(),
        "ResponseRequest": _response(),
        "TokenizeRequest": _tokenize(),
        "DetokenizeRequest": fields(("tokens",), tokens=listed(named("TokenNumber"), 1_000_000)),
    }


def _chat_message() -> Schema:
    call = fields(
        ("function",),
        id=maybe_text(),
        type=word("function"),
        function=_CALLED,
    )
    content: Schema = {"anyOf": [text(), listed(named("TextPart"), 256)]}
    said = fields(
        ("role", "content"),
        role={"enum": ["system", "developer", "user"]},
        content=content,
        name=maybe_text(),
    )
    answered = fields(
        ("role",),
        role={"const": "assistant"},
        content=either(content),
        refusal=maybe_text(),
        tool_calls=either(listed(call, 128)),
        function_call=either(_CALLED),
    )
    result = fields(
        ("role", "content"),
        role={"const": "tool"},
        content=content,
        tool_call_id=maybe_text(),
    )
    legacy = fields(("role", "name"), role={"const": "function"}, name=text(), content=maybe_text())
    return {"anyOf": [said, answered, result, legacy]}


def _chat() -> Schema:
    limit = integer(0, what="Tokens of the answer; 0 only processes the prompt.")
    form = fields(
        type=word("text", "json_object", "json_schema"),
        json_schema=either(fields(name=maybe_text(), schema=ANY_OBJECT, strict=FLAG)),
    )
    named_tool = fields(
        ("type", "function"),
        type={"const": "function"},
        function=fields(("name",), name=_TOOL_NAME),
    )
    predicted = fields(
        ("content",),
        type=word("content"),
        content={"anyOf": [text(), listed(named("TextPart"), 256)]},
    )
    return fields(
        ("messages",),
        messages=listed(named("ChatMessage"), 4096, least=1),
        max_completion_tokens=limit,
        max_tokens=limit,
        n=integer(1, 8),
        logprobs=FLAG,
        top_logprobs=integer(0, 20),
        tools=either(listed(named("ChatTool"), 128)),
        tool_choice=either({"enum": ["none", "auto", "required"]}, named_tool),
        parallel_tool_calls=FLAG,
        response_format=either(form),
        prediction=either(predicted, what="Text that the answer is expected to resemble."),
        min_completion_tokens=integer(0),
        **_SAMPLING,
    )


def _completion() -> Schema:
    prompt: Schema = {
        "anyOf": [text(), _TOKEN_LIST, listed(text(), 8, least=1), listed(_TOKEN_LIST, 8, least=1)]
    }
    return fields(
        ("prompt",),
        prompt=prompt,
        suffix=maybe_text("What follows the place to fill in."),
        max_tokens=integer(0),
        n=integer(1, 8),
        best_of=integer(1, 8),
        echo=FLAG,
        logprobs=integer(0, 5),
        **_SAMPLING,
    )


def _infill() -> Schema:
    extra = fields(("text",), filename=maybe_text(), text=text())
    return fields(
        input_prefix=maybe_text(),
        input_suffix=maybe_text(),
        prompt=maybe_text("What the answer begins with."),
        input_extra=either(listed(extra, 1024)),
        n_predict=integer(-1),
        max_tokens=integer(-1),
        t_max_predict_ms=integer(-1, _INT32_MAX),
        **_SAMPLING,
    )


def _item() -> Schema:
    spoken = fields(("type", "text"), type={"enum": ["input_text", "output_text"]}, text=text())
    refused = fields(("type", "refusal"), type={"const": "refusal"}, refusal=text())
    part: Schema = {"anyOf": [spoken, refused]}
    content: Schema = {"anyOf": [text(), listed(part, 256)]}
    about = {
        "id": maybe_text(),
        "status": word("in_progress", "completed", "incomplete"),
    }
    message = fields(
        ("role", "content"),
        type=word("message"),
        role={"enum": ["user", "assistant", "system", "developer"]},
        content=content,
        **about,
    )
    call = fields(
        ("type", "call_id", "name", "arguments"),
        type={"const": "function_call"},
        call_id=text(),
        name=text(),
        arguments=text("JSON."),
        **about,
    )
    output = fields(
        ("type", "call_id", "output"),
        type={"const": "function_call_output"},
        call_id=text("The one of a call before it."),
        output=content,
        **about,
    )
    reasoning = fields(("type",), type={"const": "reasoning"}, **about)
    return {"anyOf": [message, call, output, reasoning]}


def _response_tool() -> Schema:
    return fields(
        ("type", "name"),
        type={"const": "function"},
        name=_TOOL_NAME,
        description=maybe_text(),
        parameters=ANY_OBJECT,
        strict=FLAG,
    )


def _response() -> Schema:
    form = fields(
        type=word("text", "json_object", "json_schema"), name=maybe_text(), schema=ANY_OBJECT
    )
    metadata: Schema = {
        "type": ["object", "null"],
        "maxProperties": 16,
        "propertyNames": {"maxLength": 64},
        "additionalProperties": text(maxLength=512),
    }
    needed = {"anyOf": [{"required": ["input"]}, {"required": ["previous_response_id"]}]}
    return needed | fields(
        input={"anyOf": [text(), listed(named("ResponseItem"), 4096, least=1)]},
        instructions=maybe_text(),
        previous_response_id=maybe_text(),
        max_output_tokens=integer(1),
        generate=FLAG,
        store=FLAG,
        tools=either(listed(named("ResponseTool"), 128)),
        tool_choice=either({"enum": ["none", "auto", "required"]}, ANY_OBJECT),
        parallel_tool_calls=FLAG,
        text=either(fields(format=either(form))),
        metadata=metadata,
        reasoning=ANY_OBJECT,
        truncation=word("auto", "disabled"),
        include=either(listed(text())),
        top_logprobs=integer(0, 20),
        user=maybe_text(),
        prompt_cache_key=maybe_text(),
        safety_identifier=maybe_text(),
        **_SAMPLING,
    )


def _tokenize() -> Schema:
    return fields(
        ("content",),
        content=text(),
        special=FLAG,
        add_special=FLAG,
        parse_special=FLAG,
        with_pieces=FLAG,
    )
