"""Errors as OpenAI's followers word them, in whatever shape, to the most specific of ours. No I/O.

Gateways, llama-server, vLLM, Ollama, Cerebras, Google and Azure each have a shape of their own.
"""

import json
import re
import time
from collections.abc import Callable
from typing import Any

from spark_desktop.adapters.context_sizes import context_sizes
from spark_desktop.adapters.rate_headers import seconds_in
from spark_desktop.adapters.redaction import REDACTION
from spark_desktop.domain.endpoints import EndpointSpec
from spark_desktop.domain.errors import (
    AccessRefusedError,
    ContextExceededError,
    EndpointBusyError,
    EndpointError,
    EndpointRejectedError,
    EndpointUnreachableError,
    EngineDownError,
    LimitError,
)
from spark_desktop.domain.regex import regex
from spark_desktop.domain.words import Said, say

Json = dict[str, Any]

# What our core says when its engine's process is gone.
_ENGINE_DOWN = "engine_down"
# Codes and types, as they come with a status and, in the middle of a stream, without one.
_BUSY = {
    "too_many_connections",
    "too_many_requests_error",
    "rate_limit_exceeded",
    "rate_limit_error",
    "overloaded_error",
    "engine_overloaded",
    "server_overloaded",
}
_NO_MONEY = {
    "insufficient_quota",
    "billing_not_active",
    "billing_hard_limit_reached",
    "insufficient_balance",
    "exceeded_current_quota_error",
    "payment_required",
}
_NO_ACCESS = {
    "invalid_api_key",
    "wrong_api_key",
    "authentication_error",
    "permission_error",
}
_FILTERED = {"content_filter", "content_policy_violation", "responsibleaipolicyviolation"}
_TOO_MANY_REQUESTS, _PAYMENT = 429, 402
_UNAVAILABLE = (503, 529)
# What llama-server says to whoever asks a model for what it cannot do, as to fill in.
_NOT_MADE = 501
# Of gateways whose server did not answer; 520 to 524 are Cloudflare's.
_GATEWAY = (408, 502, 504, 520, 521, 522, 523, 524)
_AGAIN = say("Try again in a moment.")
# OpenAI and Google say in words what others say in a header.
_IN_WORDS = regex(r"(?:try again|retry) in (\d[\d.hms]*)", re.IGNORECASE)
# Servers put HTML pages and whole prompts into errors; a person reads the beginning.
_MESSAGE_LIMIT = 500
_PAGE_LIMIT = 20_000
_TITLE = regex(r"<title[^<>]*>([^<>]*)<", re.IGNORECASE)
_TAG = regex(r"<[^<>]*>")
_UNSEEN = regex(r"<(style|script)\b[^<>]*>[^<]*</\1>", re.IGNORECASE)


def error_of_response(status: int, body: str, retry_after: str | None = None) -> EndpointError:
    """Return the error that a response of status 400 and above tells, in whatever shape.

    ``retry_after`` is the header of that name, or the seconds as text.
    """
    problem = problem_of_body(body)
    return error_of(status, problem, seconds_in(retry_after, time.time()))


def errors_of(spec: EndpointSpec) -> Callable[[int, str, str | None], EndpointError]:
    """Return ``error_of_response`` for an endpoint: what was not found there is named."""

    def error_for(status: int, body: str, retry_after: str | None) -> EndpointError:
        if status != 404:
            return error_of_response(status, body, retry_after)
        problem = problem_of_body(body)
        message = _message(problem, status)
        if "model" in f"{problem.get('code')} {message}".lower():
            return EndpointRejectedError(
                say(
                    "{title} does not have the model {model}: {message}",
                    title=spec.title,
                    model=spec.model or "?",
                    message=message,
                ),
                say("Choose another model of it in the settings, under Endpoints."),
            )
        return EndpointRejectedError(
            say(
                "{title} has nothing at this address: {message}", title=spec.title, message=message
            ),
            say("Check the endpoint's address; for many servers it ends in /v1."),
        )

    return error_for


def error_of(status: int, problem: Json, retry_after: float | None = None) -> EndpointError:
    """Return the most specific error for an HTTP status and an error object.

    ``retry_after`` is in seconds, None where the server did not say. A server that repeats the key
    in its words gets it shown nowhere.
    """
    message = _message(problem, status)
    sizes = context_sizes(problem, message)
    if sizes is not None:
        return ContextExceededError(*sizes)
    next_step = REDACTION.redacted(str(problem.get("next_step") or ""))
    codes = _codes(problem)
    if _ENGINE_DOWN in codes:
        return EngineDownError(message, next_step or _AGAIN, retry_after)
    if status == _PAYMENT or codes & _NO_MONEY:
        return LimitError(
            say("The account has nothing left to pay with: {message}", message=message),
            next_step or say("Look at its balance and limits with the vendor."),
        )
    if codes & _FILTERED:
        return EndpointRejectedError(
            say("The vendor's content filter stopped the request: {message}", message=message),
            next_step or say("Word it differently, or choose another endpoint."),
        )
    if status == _TOO_MANY_REQUESTS or status in _UNAVAILABLE or codes & _BUSY:
        return _busy(message, next_step, _soonest(retry_after, message))
    if status in (401, 403) or codes & _NO_ACCESS:
        return AccessRefusedError(
            say("The model's server refused the access: {message}", message=message),
            next_step or say("Check the token or the key of this endpoint."),
        )
    if status in _GATEWAY:
        return EndpointUnreachableError(
            say("A gateway got no answer from the model's server: {message}", message=message),
            next_step or _AGAIN,
        )
    if 400 <= status < 500 or status == _NOT_MADE:
        return EndpointRejectedError(
            say("The model's server refused the request: {message}", message=message), next_step
        )
    return EndpointError(
        say("The model's server failed: {message}", message=message), next_step or _AGAIN
    )


def problem_in(event: Json) -> Json | None:
    """Return the error object that an event is or holds; None for an event without one."""
    error = event.get("error")
    if isinstance(error, dict):
        return error or {"message": say("It did not say why.")}
    if isinstance(error, str) and error:
        return {"message": error}
    if event.get("object") == "error" or (
        "choices" not in event and isinstance(event.get("message"), str)
    ):
        return event
    return {"message": _detail(event["detail"])} if "detail" in event else None


def problem_of_body(body: str) -> Json:
    """Return the error object in a refused response's body, also of a page of HTML."""
    problem = problem_in(object_in(body) or {})
    if problem is not None:
        return problem
    return {"message": _plain(body)} if body.strip() else {}


def status_in(event: Json) -> int:
    """Return the HTTP status that an error in the middle of a stream would have had."""
    error = event.get("error")
    details = error if isinstance(error, dict) else event
    for told in (event.get("status_code"), details.get("status"), details.get("code")):
        number = int(told) if isinstance(told, str) and told.isdecimal() else told
        if isinstance(number, int) and 400 <= number < 600:
            return number
    # Mid-stream there is no HTTP status; OpenAI's type tells whose fault it was.
    return 400 if details.get("type") == "invalid_request_error" else 500


def object_in(text: str) -> Json | None:
    """Return the JSON object that a text is, the first of a list as Google sends it; else None."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, dict) else None


def _busy(message: str, next_step: str, seconds: float | None) -> EndpointBusyError:
    return EndpointBusyError(
        say("The model's server has too much to do: {message}", message=message),
        next_step or _again_in(seconds),
        seconds,
    )


def _soonest(seconds: float | None, message: str) -> float | None:
    match = _IN_WORDS.search(message)
    if seconds is not None or match is None:
        return seconds
    return seconds_in(match[1].rstrip("."), 0.0)


def _message(problem: Json, status: int) -> str:
    told = problem.get("message")
    if isinstance(told, dict):
        # Mistral lists there what is wrong with the request.
        told = _detail(told.get("detail", told))
    if not told:
        return say("HTTP status {status}", status=status)
    if isinstance(told, Said):
        return told
    # Before it is cut, which could leave the half of a key that nobody recognises.
    text = REDACTION.redacted(str(told)[:_PAGE_LIMIT])[:_MESSAGE_LIMIT]
    name = problem.get("param")
    if status in (400, 422) and isinstance(name, str) and name not in text:
        return f"{text} ({REDACTION.redacted(name[:_PAGE_LIMIT])[:80]})"
    return text


def _detail(detail: object) -> str:
    """Return what FastAPI says of a request: a text, or a list with a place and a message each."""
    if not isinstance(detail, list):
        return str(detail)
    told = []
    for one in detail:
        if isinstance(one, dict) and isinstance(one.get("loc"), list):
            told.append(f"{'.'.join(map(str, one['loc']))}: {one.get('msg', '')}")
        else:
            told.append(str(one))
    return "; ".join(told)


def _codes(problem: Json) -> set[str]:
    inner = problem.get("innererror")
    inner = inner if isinstance(inner, dict) else {}
    found = (problem.get("code"), problem.get("type"), inner.get("code"))
    return {code.lower() for code in found if isinstance(code, str)}


def _plain(body: str) -> str:
    """Return what a person would read of a page: its title, else its text."""
    page = body[:_PAGE_LIMIT]
    if "<" in page:
        title = _TITLE.search(page)
        page = title[1] if title and title[1].strip() else _TAG.sub(" ", _UNSEEN.sub(" ", page))
    return " ".join(page.split())


def _again_in(seconds: float | None) -> str:
    if not seconds:
        return say("Ask again in a moment.")
    return say("Ask again in {seconds:g} s.", seconds=seconds)
