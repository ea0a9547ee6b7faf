"""What Cerebras' service refuses and the core by itself would take."""

from inference_core.domain.errors import RequestError
from inference_core.server.fields import Fields

# Of the API's reference.
_STOPS = 4
_TIERS = ("auto", "default", "flex", "priority")
_EFFORTS = ("none", "low", "medium", "high")


def check_request(fields: Fields) -> None:
    """Raise RequestError for what the service answers with 400."""
    fields.choice("service_tier", _TIERS, "auto")
    if fields.flag("return_raw_tokens"):
        raise RequestError(
            "'return_raw_tokens' is not emulated: answers are text.",
            param="return_raw_tokens",
            code="not_emulated",
            next_step="Leave it out.",
        )
    stops = fields.texts("stop")
    if len(stops) > _STOPS:
        raise fields.wrong("stop", f"must have at most {_STOPS} entries, not {len(stops)}")
    fields.choice("reasoning_effort", _EFFORTS, "medium")
    for name in ("disable_reasoning", "clear_thinking"):
        fields.flag(name)
    wanted = fields.child("response_format")
    if fields.flag("stream") and wanted.data.get("type") == "json_object":
        raise RequestError(
            "'response_format' of the type 'json_object' cannot be streamed.",
            param="response_format",
            code="wrong_api_format",
            next_step="Leave 'stream' out, or use the type 'json_schema'.",
        )
