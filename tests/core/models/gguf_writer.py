"""Writes GGUF files: sound ones, and ones with a single thing wrong."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

U8, I8, U16, I16, U32, I32, F32, BOOL, TEXT, ARRAY, U64, I64, F64 = range(13)
_CODES = {U8: "B", I8: "b", U16: "H", I16: "h", U32: "I", I32: "i", F32: "f", BOOL: "?"}
_CODES |= {U64: "Q", I64: "q", F64: "d"}

Q8_0, F16 = 8, 1


def text(value: str | bytes) -> bytes:
    """A text with its length before it."""
    data = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(data)) + data


def scalar(kind: int, value: object) -> bytes:
    """A value with its type before it."""
    if kind == TEXT:
        assert isinstance(value, str | bytes)
        return struct.pack("<I", TEXT) + text(value)
    return struct.pack(f"<I{_CODES[kind]}", kind, value)


def array(kind: int, values: list[object], count: int | None = None) -> bytes:
    """An array; ``count`` lies about its length."""
    head = struct.pack("<IIQ", ARRAY, kind, len(values) if count is None else count)
    if kind == TEXT:
        return head + b"".join(text(str(value)) for value in values)
    return head + b"".join(struct.pack(f"<{_CODES[kind]}", value) for value in values)


@dataclass
class Tensor:
    """One entry of the list, and as many bytes of data as ``size``."""

    name: str | bytes
    shape: tuple[int, ...] = (32, 2)
    kind: int = Q8_0
    offset: int = 0
    size: int = 68
    dimensions: int | None = None

    def entry(self) -> bytes:
        """The bytes of the list's entry."""
        count = len(self.shape) if self.dimensions is None else self.dimensions
        shape = struct.pack(f"<{len(self.shape)}Q", *self.shape)
        tail = struct.pack("<IQ", self.kind, self.offset)
        return text(self.name) + struct.pack("<I", count) + shape + tail


def sound_keys() -> dict[str | bytes, bytes]:
    """The keys of a tiny model, each with the bytes of its type and value."""
    return {
        "general.architecture": scalar(TEXT, "qwen2"),
        "general.name": scalar(TEXT, "Tiny"),
        "qwen2.context_length": scalar(U32, 2048),
        "qwen2.block_count": scalar(U32, 2),
        "qwen2.embedding_length": scalar(U32, 32),
        "qwen2.rope.freq_base": scalar(F32, 10000.0),
        "tokenizer.ggml.model": scalar(TEXT, "gpt2"),
        "tokenizer.ggml.tokens": array(TEXT, ["a", "b", "ab"]),
        "tokenizer.ggml.token_type": array(I32, [1, 1, 1]),
        "tokenizer.ggml.merges": array(TEXT, ["a b"]),
        "tokenizer.ggml.add_bos_token": scalar(BOOL, False),
        "tokenizer.chat_template": scalar(TEXT, "{{ messages }}" * 40),
    }


@dataclass
class GgufFile:
    """A whole file, sound as it is; a test changes what it is about."""

    magic: bytes = b"GGUF"
    version: int = 3
    keys: dict[str | bytes, bytes] = field(default_factory=sound_keys)
    tensors: list[Tensor] = field(
        default_factory=lambda: [
            Tensor("token_embd.weight"),
            Tensor("output.weight", shape=(2,), kind=F16, offset=96, size=4),
        ]
    )
    key_count: int | None = None
    tensor_count: int | None = None
    alignment: int = 32
    after: bytes = b""

    def header(self) -> bytes:
        """Everything before the tensors' data, without padding."""
        keys = len(self.keys) if self.key_count is None else self.key_count
        tensors = len(self.tensors) if self.tensor_count is None else self.tensor_count
        head = self.magic + struct.pack("<IQQ", self.version, tensors, keys)
        pairs = b"".join(text(key) + value for key, value in self.keys.items())
        return head + pairs + b"".join(tensor.entry() for tensor in self.tensors)

    def content(self) -> bytes:
        """The file's bytes."""
        content = self.header()
        for tensor in self.tensors:
            content += bytes(-len(content) % self.alignment) + bytes(tensor.size)
        return content + self.after


Change = Callable[[GgufFile], object]


def with_key(key: str | bytes, value: bytes) -> Change:
    """Set a key."""
    return lambda file: file.keys.update({key: value})


def without_key(key: str) -> Change:
    """Leave a key out."""
    return lambda file: file.keys.pop(key)


def with_tensor(number: int, **fields: object) -> Change:
    """Change an entry of the list of tensors."""

    def change(file: GgufFile) -> None:
        for name, value in fields.items():
            setattr(file.tensors[number], name, value)

    return change


def with_(**fields: object) -> Change:
    """Change the file itself."""

    def change(file: GgufFile) -> None:
        for name, value in fields.items():
            setattr(file, name, value)

    return change


def written(*changes: Change) -> bytes:
    """The bytes of a sound file after these changes."""
    file = GgufFile()
    for change in changes:
        change(file)
    return file.content()
