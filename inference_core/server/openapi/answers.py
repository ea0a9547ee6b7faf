"""The bodies that the routes answer with."""

from inference_core.domain.generation import Priority
from inference_core.engine.slot import SlotPhase
from inference_core.server.openapi.shapes import (
    Schema,
    constant,
    either,
    fields,
    listed,
    maybe_text,
    named,
    text,
    told,
)

_COUNT: Schema = {"type": "integer", "minimum": 0}
_AMOUNT: Schema = {"type": "number", "minimum": 0}
_YES: Schema = {"type": "boolean"}
_OBJECT: Schema = {"type": "object"}


def answer_schemas() -> dict[str, Schema]:
    """Return the schemas of all answers, and of what they share, by name."""
    return {
        "Error": told(error=named("ErrorDetail")),
        "ErrorDetail": told(
            message=text("What happened, and to what."),
            type=text(),
            param=maybe_text("The path of the field that is wrong."),
            code=maybe_text("A stable word for programs."),
            next_step=text("What can be done, or empty."),
        ),
        "Usage": _usage(),
        "Timings": _timings(),
        "ChatCompletion": _chat_completion(),
        "Completion": _completion(),
        "Infill": _infill(),
        "Response": _response(),
        "DeletedResponse": told(id=text(), object=constant("response"), deleted=_YES),
        "ItemList": told(
            object=constant("list"),
            data=listed(_OBJECT),
            first_id=maybe_text(),
            last_id=maybe_text(),
            has_more=_YES,
        ),
        "Model": _model(),
        "ModelList": told(object=constant("list"), data=listed(named("Model"))),
        "Slot": _slot(),
        "Health": told(status=constant("ok"), model=text()),
        "Warm": told(status=constant("ok")),
        "Props": _props(),
        "Tokens": _tokens(),
        "Text": told(content=text()),
    }


def _usage() -> Schema:
    return told(
        prompt_tokens=_COUNT,
        completion_tokens=_COUNT,
        total_tokens=_COUNT,
        prompt_tokens_details=told(cached_tokens=_COUNT),
        completion_tokens_details=told(
            accepted_prediction_tokens=_COUNT,
            rejected_prediction_tokens=_COUNT,
            reasoning_tokens=_COUNT,
        ),
    )


def _timings() -> Schema:
    return told(
        cache_n=_COUNT,
        prompt_n=_COUNT,
        prompt_ms=_AMOUNT,
        queue_ms=_AMOUNT,
        predicted_n=_COUNT,
        predicted_ms=_AMOUNT,
    )


def _chat_completion() -> Schema:
    message = fields(
        ("role", "content"),
        role=constant("assistant"),
        content=maybe_text(),
        refusal=maybe_text(),
        reasoning_content=maybe_text(),
        reasoning=maybe_text(),
        tool_calls=either(listed(_OBJECT)),
    )
    choice = told(
        index=_COUNT,
        message=message,
        logprobs=either(_OBJECT),
        finish_reason={"enum": ["stop", "length", "tool_calls", "function_call"]},
    )
    return told(
        id=text(),
        object=constant("chat.completion"),
        created=_COUNT,
        model=text(),
        choices=listed(choice, least=1),
        usage=named("Usage"),
        timings=named("Timings"),
    )


def _completion() -> Schema:
    choice = told(
        index=_COUNT,
        text=text(),
        logprobs=either(_OBJECT),
        finish_reason={"enum": ["stop", "length"]},
    )
    return told(
        id=text(),
        object=constant("text_completion"),
        created=_COUNT,
        model=text(),
        choices=listed(choice, least=1),
        usage=named("Usage"),
        timings=named("Timings"),
    )


def _infill() -> Schema:
    return told(
        content=text(),
        stop=_YES,
        stop_type={"enum": ["eos", "word", "limit"]},
        stopping_word=text(),
        model=text(),
        tokens_evaluated=_COUNT,
        tokens_predicted=_COUNT,
        tokens_cached=_COUNT,
        usage=named("Usage"),
        timings=named("Timings"),
    )


def _response() -> Schema:
    usage = told(
        input_tokens=_COUNT,
        input_tokens_details=told(cached_tokens=_COUNT),
        output_tokens=_COUNT,
        output_tokens_details=told(reasoning_tokens=_COUNT),
        total_tokens=_COUNT,
    )
    return told(
        id=text(),
        object=constant("response"),
        created_at=_COUNT,
        status={"enum": ["completed", "incomplete", "failed"]},
        model=text(),
        output=listed(_OBJECT),
        error=either(_OBJECT),
        incomplete_details=either(_OBJECT),
        usage=either(usage),
        previous_response_id=maybe_text(),
        tools=listed(_OBJECT),
        metadata=_OBJECT,
    )


def _model() -> Schema:
    words = [priority.name.lower() for priority in Priority]
    return told(
        id=text(),
        object=constant("model"),
        created=_COUNT,
        owned_by=text(),
        context_length=_COUNT,
        max_context_length=_COUNT,
        spark=told(
            context=_COUNT,
            trained_context=_COUNT,
            formats=listed(text()),
            fim=_YES,
            tools=_YES,
            json_schema=_YES,
            logprobs=_YES,
            prediction=_YES,
            memory_bytes=_COUNT,
            priorities=listed({"enum": words}),
        ),
    )


def _slot() -> Schema:
    return told(
        id=_COUNT,
        state={"enum": [phase.value for phase in SlotPhase]},
        is_processing=_YES,
        queued=_COUNT,
        prompt_tokens=_COUNT,
        prompt_tokens_done=_COUNT,
        prompt_tokens_processed=_COUNT,
        answers=_COUNT,
    )


def _props() -> Schema:
    return told(
        default_generation_settings=told(n_ctx=_COUNT),
        total_slots=_COUNT,
        model_alias=text(),
        model_path=text(),
        chat_template=text(),
        modalities=_OBJECT,
        build_info=text(),
    )


def _tokens() -> Schema:
    piece = told(id=_COUNT, piece=text())
    return fields(
        ("tokens",),
        count=_COUNT,
        tokens=listed({"anyOf": [_COUNT, piece]}),
    )
