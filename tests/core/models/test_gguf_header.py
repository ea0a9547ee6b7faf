"""A GGUF header: read, or refused with what is wrong and where."""

import io
import os
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from inference_core.domain.errors import ModelError
from inference_core.models.errors import BadGgufError, ModelFileError, SplitModelError
from inference_core.models.gguf import GgufHeader, parse_gguf, read_gguf
from inference_core.models.gguf_cursor import TEXTS_LIMIT, WINDOW_BYTES
from inference_core.models.gguf_tensors import TENSORS_LIMIT
from tests.core.models.gguf_writer import (
    ARRAY,
    BOOL,
    F32,
    I32,
    I64,
    TEXT,
    U8,
    U16,
    U32,
    U64,
    Change,
    GgufFile,
    Tensor,
    array,
    scalar,
    with_,
    with_key,
    with_tensor,
    without_key,
    written,
)


def parse(content: bytes) -> GgufHeader:
    return parse_gguf(io.BytesIO(content), len(content), "m.gguf")


def test_a_sound_header_is_read() -> None:
    content = written()
    assert parse(content) == GgufHeader(
        version=3,
        architecture="qwen2",
        name="Tiny",
        context=2048,
        layers=2,
        tokens=3,
        tensors=2,
        chat_template_bytes=560,
        bytes=len(content),
    )


SOUND: list[tuple[str, list[Change]]] = [
    ("version 2", [with_(version=2)]),
    ("no name", [without_key("general.name")]),
    ("no template", [without_key("tokenizer.chat_template")]),
    ("a short template", [with_key("tokenizer.chat_template", scalar(TEXT, "{{ m }}"))]),
    ("says that it is a model", [with_key("general.type", scalar(TEXT, "model"))]),
    ("was joined from parts", [with_key("split.count", scalar(U16, 0))]),
    ("floating scores", [with_key("tokenizer.ggml.scores", array(F32, [0.0] * 3))]),
    ("whole scores", [with_key("tokenizer.ggml.scores", array(I32, [0] * 3))]),
    ("a long array of numbers", [with_key("x.y", array(U8, [7] * 3 * WINDOW_BYTES))]),
    ("a text that is longer than the window", [with_key("x.y", scalar(TEXT, "a" * 10**6))]),
    ("texts that fill several windows", [with_key("x.y", array(TEXT, ["a" * 60_000] * 20))]),
    ("a wider context", [with_key("qwen2.context_length", scalar(U64, 2**20))]),
    ("a signed context", [with_key("qwen2.context_length", scalar(I64, 1))]),
    ("padding after the last tensor", [with_(after=bytes(28))]),
]


@pytest.mark.parametrize("changes", [row[1] for row in SOUND], ids=[row[0] for row in SOUND])
def test_unusual_files_are_read(changes: list[Change]) -> None:
    assert parse(written(*changes)).tokens == 3


def test_another_alignment_moves_the_tensors() -> None:
    changes = [
        with_key("general.alignment", scalar(U32, 4096)),
        with_tensor(1, offset=4096),
        with_(alignment=4096),
    ]
    content = written(*changes)
    assert parse(content).bytes == len(content)


def _lying_array(kind: int, count: int) -> bytes:
    return struct.pack("<IIQ", ARRAY, kind, count)


MANY = [Tensor("token_embd.weight")] * 2
FAULTS: list[tuple[str, list[Change]]] = [
    (r"begins with b'ABCD' instead of b'GGUF' \(at byte 0\)", [with_(magic=b"ABCD")]),
    (r"its version is 1; 2 and 3 can be read \(at byte 4\)", [with_(version=1)]),
    ("its version is 4", [with_(version=4)]),
    ("its version is 0", [with_(version=0)]),
    ("big-endian", [with_(version=3 << 24)]),
    (r"has 0 tensors, not from 1 .*\(at byte 8\)", [with_(tensor_count=0)]),
    (r"18,446,744,073,709,551,615 tensors", [with_(tensor_count=2**64 - 1)]),
    (r"16,385 tensors", [with_(tensor_count=TENSORS_LIMIT + 1)]),
    (r"has 0 keys", [with_(key_count=0)]),
    (r"has 4,097 keys, .*\(at byte 16\)", [with_(key_count=4097)]),
    (r"name of tensor 0 has [\d,]+ bytes, more than 63", [with_(key_count=13)]),
    (r"tensor 'tokenizer.chat_template' has 8 dimensions", [with_(key_count=11)]),
    # -- keys
    (r"key 12 has 513 bytes", [with_key("k" * 513, scalar(U8, 0))]),
    (r"key 12 is no plain text: ''", [with_key("", scalar(U8, 0))]),
    (r"key 12 is no plain text", [with_key(b"a\x00b", scalar(U8, 0))]),
    (r"key 12 is no plain text", [with_key("näme", scalar(U8, 0))]),
    (r"the key 'general.name' occurs twice", [lambda f: f.keys.update({b"general.name": b""})]),
    (r"'x.y' has the unknown type 13 \(at byte", [with_key("x.y", struct.pack("<I", 13))]),
    (r"'x.y' is an array of arrays", [with_key("x.y", _lying_array(ARRAY, 1))]),
    (r"'x.y' is an array of the unknown type 99", [with_key("x.y", _lying_array(99, 1))]),
    (r"ends within 'x.y'", [with_key("x.y", _lying_array(U64, 2**61))]),
    (r"ends within 'x.y'", [with_key("x.y", _lying_array(U8, 2**64 - 1))]),
    (r"'x.y' has 2,097,150 texts", [with_key("x.y", _lying_array(TEXT, TEXTS_LIMIT - 2))]),
    (r"the file ends within 'x.y'|a text of", [with_key("x.y", _lying_array(TEXT, 1000))]),
    (r"'x.y' has a text of 65,537 bytes", [with_key("x.y", array(TEXT, ["a" * 65_537]))]),
    (r"'x.y' has 67,108,865 bytes", [with_key("x.y", struct.pack("<IQ", TEXT, 2**26 + 1))]),
    (r"ends within 'x.y'", [with_key("x.y", struct.pack("<IQ", TEXT, 2**26))]),
    # -- what the keys say
    (r"'general.architecture' is missing", [without_key("general.architecture")]),
    (r"'general.architecture' is no short", [with_key("general.architecture", scalar(U8, 1))]),
    (r"is no name: '../x'", [with_key("general.architecture", scalar(TEXT, "../x"))]),
    (
        r"'llama.context_length' is missing",
        [with_key("general.architecture", scalar(TEXT, "llama"))],
    ),
    (r"'qwen2.context_length' is 0, not", [with_key("qwen2.context_length", scalar(U32, 0))]),
    (r"'qwen2.context_length' is no num", [with_key("qwen2.context_length", scalar(TEXT, "9"))]),
    (r"'qwen2.context_length' is True", [with_key("qwen2.context_length", scalar(BOOL, True))]),
    (r"'qwen2.context_length' is -1,", [with_key("qwen2.context_length", scalar(I64, -1))]),
    (r"'qwen2.block_count' is 513, not from 1", [with_key("qwen2.block_count", scalar(U32, 513))]),
    (r"'qwen2.block_count' is missing", [without_key("qwen2.block_count")]),
    (r"embedding_length' is 0", [with_key("qwen2.embedding_length", scalar(U32, 0))]),
    (r"no vocabulary", [without_key("tokenizer.ggml.tokens")]),
    (r"tokenizer.ggml.model' is missing", [without_key("tokenizer.ggml.model")]),
    (r"tokens' has 0 elements", [with_key("tokenizer.ggml.tokens", array(TEXT, []))]),
    (r"tokens' is not an array", [with_key("tokenizer.ggml.tokens", array(U32, [1, 2, 3]))]),
    (r"tokens' is not an array", [with_key("tokenizer.ggml.tokens", scalar(TEXT, "abc"))]),
    (
        r"scores' has 2 elements, fewer than 3",
        [with_key("tokenizer.ggml.scores", array(F32, [0, 0]))],
    ),
    (r"scores' is not an array", [with_key("tokenizer.ggml.scores", array(U8, [0, 0, 0]))]),
    (r"token_type' has 2 elements", [with_key("tokenizer.ggml.token_type", array(I32, [1, 1]))]),
    (r"token_type' is not an array", [with_key("tokenizer.ggml.token_type", scalar(U32, 1))]),
    (r"merges' is not an array", [with_key("tokenizer.ggml.merges", array(U32, [1]))]),
    (
        r"'tokenizer.chat_template' has 1,048,577 bytes",
        [with_key("tokenizer.chat_template", scalar(TEXT, "x" * (2**20 + 1)))],
    ),
    (r"chat_template' is no text", [with_key("tokenizer.chat_template", scalar(U8, 1))]),
    (r"holds no model, but says 'adapter'", [with_key("general.type", scalar(TEXT, "adapter"))]),
    (r"alignment is 0, not a power", [with_key("general.alignment", scalar(U32, 0))]),
    (r"alignment is 24", [with_key("general.alignment", scalar(U32, 24))]),
    (r"alignment is 2097152", [with_key("general.alignment", scalar(U32, 2**21))]),
    (r"alignment is 32, not", [with_key("general.alignment", scalar(U64, 32))]),
    (r"alignment is thirty", [with_key("general.alignment", scalar(TEXT, "thirty"))]),
    # -- tensors
    (r"the tensor 'token_embd.weight' occurs twice", [with_(tensors=MANY)]),
    (r"name of tensor 1 has 64 bytes", [with_tensor(1, name="n" * 64)]),
    (r"name of tensor 1 is no plain", [with_tensor(1, name="")]),
    (r"name of tensor 1 is no plain", [with_tensor(1, name=b"a\x00")]),
    (r"has 0 dimensions", [with_tensor(0, dimensions=0)]),
    (r"has 5 dimensions", [with_tensor(0, shape=(32, 1, 1, 1, 1))]),
    (r"4,294,967,295 dimensions", [with_tensor(0, dimensions=2**32 - 1)]),
    (r"impossible shape \[32, 0\]", [with_tensor(0, shape=(32, 0))]),
    (r"impossible shape", [with_tensor(0, shape=(2**63, 2))]),
    (r"impossible shape", [with_tensor(0, shape=(2**32, 2**32, 2**32, 2**32))]),
    (r"has the unknown type 4 ", [with_tensor(0, kind=4)]),
    (r"has the unknown type 4,?294", [with_tensor(0, kind=2**32 - 1)]),
    (r"has rows of 33, no multiple of 32", [with_tensor(0, shape=(33, 2))]),
    (r"'output.weight', 97, is no multiple of 32", [with_tensor(1, offset=97)]),
    (r"'output.weight', 64, is inside of another", [with_tensor(1, offset=64)]),
    (r"'output.weight', 128, leaves a gap of 32 bytes", [with_tensor(1, offset=128)]),
    (r"'token_embd.weight', 32, leaves a gap", [with_tensor(0, offset=32)]),
    (r"is no multiple of 32|leaves a gap", [with_tensor(1, offset=2**64 - 1)]),
    (r"the tensors up to 'token_embd.weight' have", [with_tensor(0, shape=(2**58, 31))]),
    (r"cut short: it has [\d,]+ bytes of", [with_tensor(1, shape=(2**40,))]),
    (r"cut short: it has [\d,]+ bytes of", [with_tensor(1, size=3)]),
    (r"4,000 bytes follow that belong to no tensor", [with_(after=bytes(4028))]),
]


@pytest.mark.parametrize(("said", "changes"), FAULTS, ids=[row[0] for row in FAULTS])
def test_a_fault_is_named_with_the_file_the_offset_and_the_next_step(
    said: str, changes: list[Change]
) -> None:
    with pytest.raises(BadGgufError, match=said) as caught:
        parse(written(*changes))
    assert caught.value.message.startswith("m.gguf is no usable model file: ")
    assert f"(at byte {caught.value.offset:,})" in caught.value.message
    assert "another one" in caught.value.next_step


def test_a_header_cut_anywhere_is_refused() -> None:
    content = written()
    for length in range(len(content)):
        with pytest.raises(BadGgufError):
            parse(content[:length])


def test_a_part_of_a_model_is_refused_by_its_number_of_parts() -> None:
    with pytest.raises(SplitModelError, match="one of 3 parts") as caught:
        parse(written(with_key("split.count", scalar(U16, 3))))
    assert caught.value.parts == 3
    assert "llama-gguf-split --merge" in caught.value.next_step


def test_a_file_that_shrinks_while_it_is_read_is_refused() -> None:
    content = written()
    with pytest.raises(BadGgufError, match="ends within"):
        parse_gguf(io.BytesIO(content[:100]), len(content), "m.gguf")


# -- what is at the path ------------------------------------------------------------------------


def _link_to_nothing(path: Path) -> None:
    path.symlink_to(path.parent / "gone.gguf")


def _link_to_itself(path: Path) -> None:
    path.symlink_to(path)


PLACES: list[tuple[str, Callable[[Path], object]]] = [
    ("There is no model file .*m.gguf", lambda path: None),
    ("m.gguf is a folder", Path.mkdir),
    ("m.gguf is no usable model file: it is empty", Path.touch),
    ("There is no model file .*m.gguf", _link_to_nothing),
    ("m.gguf cannot be read: Too many levels of symbolic links", _link_to_itself),
]


@pytest.mark.parametrize(("said", "make"), PLACES)
def test_what_is_no_file_is_said(said: str, make: Callable[[Path], object], tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    make(path)
    with pytest.raises(ModelFileError, match=said):
        read_gguf(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_is_refused_without_waiting_for_its_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "m.gguf")
    with pytest.raises(ModelFileError, match="a pipe or a device"):
        read_gguf(tmp_path / "m.gguf")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no such device")
def test_a_device_is_refused() -> None:
    with pytest.raises(ModelFileError, match="a pipe or a device"):
        read_gguf(Path("/dev/zero"))


def test_a_path_that_no_file_can_have_is_refused() -> None:
    with pytest.raises(ModelFileError, match="null"):
        read_gguf(Path("a\x00b.gguf"))


def test_a_file_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(written())

    def refused(*arguments: object) -> int:
        raise PermissionError(13, "Permission denied")

    # Root may read everything, so the system's refusal is put in its place.
    monkeypatch.setattr("inference_core.models.gguf.os.open", refused)
    with pytest.raises(ModelFileError, match=r"m\.gguf cannot be read: Permission denied"):
        read_gguf(path)


def test_a_link_to_a_model_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.gguf").write_bytes(written())
    (tmp_path / "m.gguf").symlink_to(tmp_path / "real.gguf")
    assert read_gguf(tmp_path / "m.gguf").architecture == "qwen2"


# -- cost ---------------------------------------------------------------------------------------


class Counting(io.BytesIO):
    """Counts what is read of it."""

    read_bytes = 0
    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.read_bytes += len(data)
        self.reads += 1
        return data


def test_a_vocabulary_of_usual_size_is_read_once_and_in_windows() -> None:
    tokens = [f"token{number}" for number in range(50_000)]
    file = GgufFile()
    file.keys["tokenizer.ggml.tokens"] = array(TEXT, tokens)
    file.keys["tokenizer.ggml.token_type"] = array(I32, [1] * len(tokens))
    content = file.content()
    stream = Counting(content)
    assert parse_gguf(stream, len(content), "m.gguf").tokens == 50_000
    assert stream.read_bytes < 2 * len(content)
    assert stream.reads < 3 + len(content) // (WINDOW_BYTES // 2)


class Zeros(io.RawIOBase):
    """A file of any size, in no memory: ``head``, then zeros."""

    def __init__(self, head: bytes) -> None:
        self.head = head
        self.at = 0

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self.at = offset
        return offset

    def read(self, size: int = -1, /) -> bytes:
        data = self.head[self.at : self.at + size]
        return data + bytes(size - len(data))


GREEDY: list[tuple[str, Change]] = [
    ("texts that are empty", with_key("x.y", _lying_array(TEXT, TEXTS_LIMIT))),
    ("a number of bytes", with_key("x.y", _lying_array(U8, 2**40))),
    ("a long text", with_key("x.y", struct.pack("<IQ", TEXT, 2**40))),
    ("more keys than there are", with_(key_count=4096)),
]


@pytest.mark.parametrize("change", [row[1] for row in GREEDY], ids=[row[0] for row in GREEDY])
def test_a_header_that_claims_much_is_refused_in_little_memory(change: Change) -> None:
    file = GgufFile(tensors=[])
    change(file)
    stream = Zeros(GgufFile.header(file))
    tracemalloc.start()
    try:
        with pytest.raises(ModelError):
            parse_gguf(stream, 2**44, "m.gguf")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * WINDOW_BYTES
