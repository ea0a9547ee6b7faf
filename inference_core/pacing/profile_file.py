"""A profile's TOML file, read and checked key by key."""

import re
import tomllib
from pathlib import Path

from inference_core.pacing.errors import BadProfileError
from inference_core.pacing.figures import Absent, Figure, Kind, Stated
from inference_core.pacing.physics import Derivation, PerLayer, Prefill, Ratio, Roofline
from inference_core.pacing.profile import FIGURES, Profile, Shape
from inference_core.plumbing.toml_table import TomlTable

# Also a file's name and a word of the command line.
IS_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")

_ERROR_LIMIT = 10.0
_MAX_BYTES = 1_000_000


def read_profile(path: Path, own: bool = False) -> Profile:
    """Return the profile of a file. Raises BadProfileError, naming the file and the key."""
    try:
        if path.exists() and not path.is_file():
            # A pipe would be waited for, for ever.
            raise BadProfileError(path, "it is no file")
        with path.open("rb") as stream:
            data = stream.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            raise BadProfileError(path, f"it is larger than {_MAX_BYTES} bytes")
        return parse_profile(data.decode("utf-8"), own)
    except OSError as error:
        raise BadProfileError(path, error.strerror or str(error)) from error
    except RecursionError as error:
        raise BadProfileError(path, "it is nested too deeply") from error
    except ValueError as error:
        # TOMLDecodeError, UnicodeDecodeError and the table's own complaints are ValueErrors.
        raise BadProfileError(path, str(error)) from error


def parse_profile(text: str, own: bool = False) -> Profile:
    """Return the profile of a TOML text. Raises ValueError, starting with the key's path."""
    root = TomlTable(tomllib.loads(text))
    profile = Profile(
        id=root.matching("id", IS_ID, "lower-case letters, digits, '.' and '-'"),
        title=root.line("title"),
        hardware=root.line("hardware"),
        model=root.line("model"),
        decode_tps=_figure(root, "decode_tps"),
        first_token_s=_figure(root, "first_token_s"),
        per_prompt_token_s=_figure(root, "per_prompt_token_s"),
        decode_context=_stated(root, "decode_context"),
        slowdown_per_token=_stated(root, "slowdown_per_token"),
        jitter=_stated(root, "jitter"),
        jitter_shape=_shape(root),
        accepted_per_step=_stated(root, "accepted_per_step"),
        tokens_per_chunk=_stated(root, "tokens_per_chunk"),
        queue_s=_stated(root, "queue_s"),
        queue_per_request_s=_stated(root, "queue_per_request_s"),
        context=_stated(root, "context"),
        price_in=_stated(root, "price_in"),
        price_cached=_stated(root, "price_cached"),
        price_out=_stated(root, "price_out"),
        derivation=_derivation(root.table("derivation")),
        own=own,
    )
    root.done()
    return profile


def _shape(root: TomlTable) -> Shape:
    if not root.has("jitter_shape"):
        return Shape.NORMAL
    word = root.line("jitter_shape")
    if word not in set(Shape):
        raise root.wrong("jitter_shape", f"one of {', '.join(Shape)}", word)
    return Shape(word)


def _figure(root: TomlTable, key: str) -> Figure:
    stated = _stated(root, key)
    if isinstance(stated, Absent):
        raise ValueError(f"{key}: must be a figure, since no answer can be paced without it")
    return stated


def _stated(root: TomlTable, key: str) -> Stated:
    table, limits = root.table(key), FIGURES[key]
    if table.has("absent"):
        absent = Absent(table.line("absent"))
        table.done()
        return absent
    word = table.line("kind")
    if word not in set(Kind):
        raise table.wrong("kind", f"one of {', '.join(Kind)}", word)
    figure = Figure(
        value=table.number("value", limits.low, limits.high, limits.whole),
        source=table.line("source"),
        date=table.date("date"),
        kind=Kind(word),
        error=table.number("error", 0, _ERROR_LIMIT) if table.has("error") else None,
    )
    table.done()
    return figure


def _derivation(table: TomlTable) -> Derivation | Absent:
    if table.has("absent"):
        found: Derivation | Absent = Absent(table.line("absent"))
    else:
        models = {"roofline": _roofline, "per_layer": _per_layer, "ratio": _ratio}
        word = table.line("model")
        if word not in models:
            raise table.wrong("model", f"one of {', '.join(models)}", word)
        found = models[word](table)
    table.done()
    return found


def _roofline(table: TomlTable) -> Derivation:
    return Roofline(
        bandwidth=table.number("bandwidth", 1, 1e18),
        weights=table.number("weights", 1, 1e15),
        kv_per_token=table.number("kv_per_token", 0, 1e12),
        utilisation=table.number("utilisation", 0.001, 1),
        inputs=table.line("inputs"),
        error=table.number("error", 0, _ERROR_LIMIT),
        context=table.number("context", 0, 1e8) if table.has("context") else 0.0,
        accepted=_accepted(table),
        prefill=_prefill(table.table("prefill")) if table.has("prefill") else None,
    )


def _prefill(table: TomlTable) -> Prefill:
    prefill = Prefill(
        parameters=table.number("parameters", 1, 1e15),
        operations_per_s=table.number("operations_per_s", 1, 1e21),
        utilisation=table.number("utilisation", 0.001, 1),
    )
    table.done()
    return prefill


def _per_layer(table: TomlTable) -> Derivation:
    return PerLayer(
        layers=int(table.number("layers", 1, 10_000, whole=True)),
        seconds_per_layer=table.number("microseconds_per_layer", 0.001, 1e6) / 1e6,
        inputs=table.line("inputs"),
        error=table.number("error", 0, _ERROR_LIMIT),
        accepted=_accepted(table),
    )


def _ratio(table: TomlTable) -> Derivation:
    return Ratio(
        base_tps=table.number("base_tps", 0.01, 1e6),
        factor=table.number("factor", 1e-4, 1e4),
        inputs=table.line("inputs"),
        error=table.number("error", 0, _ERROR_LIMIT),
    )


def _accepted(table: TomlTable) -> float:
    return table.number("accepted", 1, 64) if table.has("accepted") else 1.0
