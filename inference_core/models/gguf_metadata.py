"""The keys and values of a GGUF file: read within bounds, then checked for what an engine trusts.

The engine reads lengths of one array by the length of another, and sizes its tables by numbers
that the file gives. What is refused here would at best be an error there, too.
"""

import re
import struct
from dataclasses import dataclass

from inference_core.models.errors import SplitModelError
from inference_core.models.gguf_cursor import Cursor

KEYS_LIMIT = 4096
KEY_LIMIT_BYTES = 512
# Licences and tokenizers are kept as texts of up to some megabytes.
TEXT_LIMIT_BYTES = 64 * 1024 * 1024
# Texts up to this many bytes are kept; of longer ones only the length is of interest.
KEPT_TEXT_BYTES = 256
TEMPLATE_LIMIT_BYTES = 1024 * 1024
TOKENS_LIMIT = 1024 * 1024
CONTEXT_LIMIT = 2**27
# llama.cpp's tables have room for so many layers.
LAYERS_LIMIT = 512
EMBEDDING_LIMIT = 2**20
ALIGNMENT_LIMIT = 1024 * 1024
DEFAULT_ALIGNMENT = 32

_TEXT, _ARRAY, _U32, _I32, _F32 = 8, 9, 4, 5, 6
_NUMBERS = {
    kind: struct.Struct(f"<{code}")
    for kind, code in {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?"}.items()
} | {10: struct.Struct("<Q"), 11: struct.Struct("<q"), 12: struct.Struct("<d")}

_TOKENS = "tokenizer.ggml.tokens"
_TEMPLATE = "tokenizer.chat_template"
_ARCHITECTURE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Array:
    """An array: its elements' type by GGUF's number, and how many there are."""

    kind: int
    count: int


@dataclass(frozen=True, slots=True)
class LongText:
    """A text that was not kept, with its length in bytes."""

    length: int


Value = int | float | str | Array | LongText


@dataclass(frozen=True, slots=True)
class Entry:
    """A value, the number of its type, and the offset where it begins, in bytes."""

    value: Value
    kind: int
    offset: int


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the keys say of a model; ``context`` in tokens, ``alignment`` in bytes."""

    architecture: str
    name: str
    context: int
    layers: int
    tokens: int
    chat_template_bytes: int
    alignment: int
    licence: str = ""


def read_metadata(cursor: Cursor, count: int) -> Metadata:
    """Return what ``count`` keys and values say. Raises BadGgufError, SplitModelError, OSError."""
    return _checked(_Keys(cursor, _entries(cursor, count)))


def _entries(cursor: Cursor, count: int) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for number in range(count):
        begun = cursor.position
        key = cursor.plain_text(KEY_LIMIT_BYTES, f"key {number}")
        if key in entries:
            cursor.fail(f"the key {key!r} occurs twice", begun)
        kind = cursor.u32(f"the type of {key!r}")
        begun = cursor.position
        entries[key] = Entry(_value(cursor, kind, repr(key)), kind, begun)
    return entries


def _value(cursor: Cursor, kind: int, key: str) -> Value:
    if kind == _TEXT:
        length = cursor.length(TEXT_LIMIT_BYTES, key)
        if length <= KEPT_TEXT_BYTES:
            return cursor.raw(length, key).decode(errors="replace")
        cursor.skip(length, key)
        return LongText(length)
    if kind == _ARRAY:
        return _array(cursor, key)
    if kind not in _NUMBERS:
        cursor.fail(f"{key} has the unknown type {kind}", cursor.position - 4)
    return cursor.number(_NUMBERS[kind], key)


def _array(cursor: Cursor, key: str) -> Array:
    begun = cursor.position
    array = Array(cursor.u32(f"the elements' type of {key}"), cursor.u64(f"the length of {key}"))
    if array.kind == _ARRAY:
        cursor.fail(f"{key} is an array of arrays, which no engine reads", begun)
    if array.kind == _TEXT:
        cursor.skip_texts(array.count, key)
    elif array.kind in _NUMBERS:
        cursor.skip(array.count * _NUMBERS[array.kind].size, key)
    else:
        cursor.fail(f"{key} is an array of the unknown type {array.kind}", begun)
    return array


class _Keys:
    """The entries by key, each with the check that it wants."""

    def __init__(self, cursor: Cursor, entries: dict[str, Entry]) -> None:
        self.cursor = cursor
        self._entries = entries

    def find(self, key: str) -> Entry | None:
        return self._entries.get(key)

    def text(self, key: str) -> str:
        """A short text that must be there."""
        entry = self._required(key)
        if not isinstance(entry.value, str):
            self.cursor.fail(f"{key!r} is no short text", entry.offset)
        return entry.value

    def count(self, key: str, limit: int) -> int:
        """A whole number from 1 to ``limit`` that must be there."""
        entry = self._required(key)
        value = entry.value
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= limit:
            said = value if isinstance(value, int | float) else "no number"
            self.cursor.fail(f"{key!r} is {said}, not from 1 to {limit:,}", entry.offset)
        return value

    def array(self, key: str, kinds: tuple[int, ...], least: int) -> Array | None:
        """An array of one of these types with at least so many elements, where there is one."""
        entry = self.find(key)
        if entry is None:
            return None
        if not isinstance(entry.value, Array) or entry.value.kind not in kinds:
            self.cursor.fail(f"{key!r} is not an array of the right type", entry.offset)
        if entry.value.count < least:
            said = f"{key!r} has {entry.value.count:,} elements, fewer than {least:,}"
            self.cursor.fail(said, entry.offset)
        return entry.value

    def _required(self, key: str) -> Entry:
        entry = self.find(key)
        if entry is None:
            self.cursor.fail(f"the key {key!r} is missing", 0)
        return entry


def _checked(keys: _Keys) -> Metadata:
    _refuse_other_kinds(keys)
    architecture = keys.text("general.architecture")
    if not _ARCHITECTURE.fullmatch(architecture):
        keys.cursor.fail(f"the architecture is no name: {architecture!r}", 0)
    if keys.find(f"{architecture}.embedding_length"):
        keys.count(f"{architecture}.embedding_length", EMBEDDING_LIMIT)
    return Metadata(
        architecture=architecture,
        name=_short(keys, "general.name"),
        context=keys.count(f"{architecture}.context_length", CONTEXT_LIMIT),
        layers=keys.count(f"{architecture}.block_count", LAYERS_LIMIT),
        tokens=_tokens(keys),
        chat_template_bytes=_template_bytes(keys),
        alignment=_alignment(keys),
        licence=_short(keys, "general.license"),
    )


def _short(keys: _Keys, key: str) -> str:
    """Return a short text where there is one; a whole licence is no name of one."""
    entry = keys.find(key)
    return entry.value if entry and isinstance(entry.value, str) else ""


def _refuse_other_kinds(keys: _Keys) -> None:
    """Adapters, projectors and parts of models are GGUF files, too."""
    kind = keys.find("general.type")
    if kind and kind.value != "model":
        keys.cursor.fail(f"it holds no model, but says {kind.value!r} of itself", kind.offset)
    # Absent in a model that was never split, 0 in one that was joined again.
    parts = keys.find("split.count")
    if parts and isinstance(parts.value, int) and parts.value > 1:
        raise SplitModelError(keys.cursor.name, parts.value)


def _tokens(keys: _Keys) -> int:
    keys.text("tokenizer.ggml.model")
    tokens = keys.array(_TOKENS, (_TEXT,), least=1)
    if tokens is None:
        keys.cursor.fail(f"it has no vocabulary: the key {_TOKENS!r} is missing", 0)
    if tokens.count > TOKENS_LIMIT:
        keys.cursor.fail(f"{_TOKENS!r} has {tokens.count:,} tokens, more than {TOKENS_LIMIT:,}", 0)
    # These two are read at every token's number.
    keys.array("tokenizer.ggml.scores", (_F32, _I32), tokens.count)
    keys.array("tokenizer.ggml.token_type", (_I32,), tokens.count)
    keys.array("tokenizer.ggml.merges", (_TEXT,), 0)
    return tokens.count


def _template_bytes(keys: _Keys) -> int:
    entry = keys.find(_TEMPLATE)
    if entry is None:
        return 0
    if not isinstance(entry.value, str | LongText):
        keys.cursor.fail(f"{_TEMPLATE!r} is no text", entry.offset)
    if isinstance(entry.value, str):
        return len(entry.value.encode())
    if entry.value.length > TEMPLATE_LIMIT_BYTES:
        said = f"{entry.value.length:,} bytes, more than {TEMPLATE_LIMIT_BYTES:,}"
        keys.cursor.fail(f"{_TEMPLATE!r} has {said}", entry.offset)
    return entry.value.length


def _alignment(keys: _Keys) -> int:
    entry = keys.find("general.alignment")
    if entry is None:
        return DEFAULT_ALIGNMENT
    value = entry.value
    fits = isinstance(value, int) and entry.kind == _U32 and 1 <= value <= ALIGNMENT_LIMIT
    if not isinstance(value, int) or not fits or value & (value - 1):
        said = f"the alignment is {value}, not a power of two up to {ALIGNMENT_LIMIT:,}"
        keys.cursor.fail(said, entry.offset)
    return value
