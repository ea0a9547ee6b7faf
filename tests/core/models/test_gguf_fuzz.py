"""Hostile headers: whatever the bytes are, the answer is a header or one clear error.

Every case is made from its number alone, so a failure names what to repeat.
"""

import io
import random
import struct
from pathlib import Path

import pytest

from inference_core.models.errors import ModelFileError
from inference_core.models.gguf import parse_gguf
from inference_core.models.gguf_cursor import TEXTS_LIMIT, WINDOW_BYTES
from tests.core.models.gguf_writer import written

HEADERS = 1000

# What overflows, wraps, is just over a limit, or looks like a sign.
NASTY = (0, 1, 2, 7, 8, 9, 13, 31, 63, 64, 255, 4096, 65_535, 2**31 - 1, 2**31, 2**32 - 1)
NASTY_LONG = (2**26 + 1, 2**40, 2**61, 2**62, 2**63 - 1, 2**63, 2**64 - 8, 2**64 - 1, TEXTS_LIMIT)


class Counting(io.BytesIO):
    """A stream that counts the bytes read: the measure of the work that was done."""

    read_bytes = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.read_bytes += len(data)
        return data


def _flip(chance: random.Random, data: bytearray) -> None:
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _number(chance: random.Random, data: bytearray) -> None:
    at = chance.randrange(len(data) - 8)
    data[at : at + 4] = struct.pack("<I", chance.choice(NASTY))


def _long_number(chance: random.Random, data: bytearray) -> None:
    at = chance.randrange(len(data) - 8)
    data[at : at + 8] = struct.pack("<Q", chance.choice(NASTY + NASTY_LONG))


def _count(chance: random.Random, data: bytearray) -> None:
    at = chance.choice((4, 8, 16))
    data[at : at + 8] = struct.pack("<Q", chance.choice(NASTY + NASTY_LONG))


def _cut(chance: random.Random, data: bytearray) -> None:
    del data[chance.randrange(len(data)) :]


def _remove(chance: random.Random, data: bytearray) -> None:
    at = chance.randrange(len(data))
    del data[at : at + chance.randrange(1, 64)]


def _repeat(chance: random.Random, data: bytearray) -> None:
    at = chance.randrange(len(data))
    data[at:at] = data[at : at + chance.randrange(1, 4096)]


def _noise(chance: random.Random, data: bytearray) -> None:
    at = chance.randrange(len(data))
    data[at:at] = chance.randbytes(chance.randrange(1, 256))


CHANGES = (_flip, _number, _long_number, _count, _cut, _remove, _repeat, _noise)


def hostile(sound: bytes, number: int) -> bytes:
    """The case of this number: a sound file after one to three changes."""
    chance = random.Random(number)
    data = bytearray(sound)
    for _ in range(chance.randrange(1, 4)):
        if len(data) > 32:
            chance.choice(CHANGES)(chance, data)
    return bytes(data)


def refused(content: bytes, size: int, number: int) -> bool:
    """Whether the case is refused; fails where it is neither refused nor read cheaply."""
    stream = Counting(content)
    try:
        parse_gguf(stream, size, "m.gguf")
    except ModelFileError as error:
        return bool(error.message and error.next_step)
    finally:
        # A window may be read anew for each long text, and is then used up to a quarter at least.
        assert stream.read_bytes <= 8 * len(content) + 2 * WINDOW_BYTES, number
    return False


def test_a_thousand_hostile_headers_are_refused_or_harmless() -> None:
    sound = written()
    cases = [hostile(sound, number) for number in range(HEADERS)]
    verdicts = [refused(case, len(case), number) for number, case in enumerate(cases)]
    # Some changes fall into texts or data, where nothing depends on them.
    assert verdicts.count(True) > HEADERS * 3 // 4


def test_random_bytes_after_the_magic_are_refused() -> None:
    for number in range(HEADERS):
        chance = random.Random(number)
        head = b"GGUF" + struct.pack("<IQQ", 3, chance.randrange(1, 99), chance.randrange(1, 99))
        content = head + chance.randbytes(chance.randrange(2000))
        assert refused(content, len(content), number)


@pytest.mark.model
def test_the_real_models_header_is_refused_or_harmless_after_changes(model_path: Path) -> None:
    size = model_path.stat().st_size
    with model_path.open("rb") as stream:
        head = stream.read(6_500_000)
    assert not refused(head, size, -1)
    # The numbers are in the first kilobytes and in the list of tensors after the vocabulary.
    places = (0, head.rindex(b"blk.") - 10_000)
    for number in range(40):
        chance = random.Random(number)
        data = bytearray(head)
        begin = chance.choice(places)
        part = data[begin : begin + 2000]
        for _ in range(chance.randrange(1, 4)):
            chance.choice(CHANGES if begin == 0 else CHANGES[:3])(chance, part)
        data[begin : begin + 2000] = part
        refused(bytes(data), size, number)
