"""By what a request is found again."""

import hashlib
import json

from inference_core.recording.exchange import Body, Json, JsonBody, RawBody

# They say who asks and what for, not what is asked, and differ between two runs of one program.
VOLATILE = frozenset({"user", "safety_identifier", "prompt_cache_key", "metadata"})


def parsed_json(body: bytes) -> Json:
    """Return the value of a JSON text.

    Raises ValueError where it is none, or one that cannot be written again.
    """
    try:
        value: Json = json.loads(body)
        # Python's reader takes NaN, and an infinity for 1e999; no other program reads them.
        json.dumps(value, allow_nan=False)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return value


def request_hash(method: str, path: str, body: Body, sent: bytes) -> str:
    """Return the SHA-256, in hexadecimal, over method, path and the body's canonical form.

    Keys must have been taken out of path and body. ``sent`` is hashed where the body was withheld.
    """
    match body:
        case JsonBody(value):
            kind, form = "json", canonical(value)
        case RawBody(data):
            kind, form = "bytes", data
        case _:
            kind, form = "withheld", hashlib.sha256(sent).hexdigest().encode("ascii")
    head = f"{method.upper()}\n{path}\n{kind}\n"
    return hashlib.sha256(head.encode("utf-8", "surrogatepass") + form).hexdigest()


def canonical(value: Json) -> bytes:
    """Return the one spelling of a JSON body: names in order, no blanks, no volatile fields.

    Numbers are the same where their values are: 0 and 0.0.
    """
    if isinstance(value, dict):
        value = {name: member for name, member in value.items() if name not in VOLATILE}
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":")).encode("ascii")


def _plain(value: Json) -> Json:
    match value:
        case float() if value.is_integer():
            return int(value)
        case list():
            return [_plain(each) for each in value]
        case dict():
            return {name: _plain(member) for name, member in value.items()}
        case _:
            return value
