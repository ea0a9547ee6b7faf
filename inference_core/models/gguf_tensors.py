"""The list of tensors in a GGUF file: where each lies, and that all of them are there."""

from inference_core.models.gguf_cursor import Cursor

TENSORS_LIMIT = 16_384
# llama.cpp's names have 64 bytes with the zero at the end.
NAME_LIMIT_BYTES = 63
DIMENSIONS_LIMIT = 4
# Numbers of elements and bytes are signed 64-bit numbers in the engine.
_COUNT_LIMIT = 2**63 - 1

# Elements in a block, and its bytes, by the type's number: ggml.h and ggml-common.h of llama.cpp
# as of 2026-11. Numbers that are missing were given up and have no size any more.
_BLOCKS = {
    0: (1, 4),  # F32
    1: (1, 2),  # F16
    2: (32, 18),  # Q4_0
    3: (32, 20),  # Q4_1
    6: (32, 22),  # Q5_0
    7: (32, 24),  # Q5_1
    8: (32, 34),  # Q8_0
    9: (32, 36),  # Q8_1
    10: (256, 84),  # Q2_K
    11: (256, 110),  # Q3_K
    12: (256, 144),  # Q4_K
    13: (256, 176),  # Q5_K
    14: (256, 210),  # Q6_K
    15: (256, 292),  # Q8_K
    16: (256, 66),  # IQ2_XXS
    17: (256, 74),  # IQ2_XS
    18: (256, 98),  # IQ3_XXS
    19: (256, 50),  # IQ1_S
    20: (32, 18),  # IQ4_NL
    21: (256, 110),  # IQ3_S
    22: (256, 82),  # IQ2_S
    23: (256, 136),  # IQ4_XS
    24: (1, 1),  # I8
    25: (1, 2),  # I16
    26: (1, 4),  # I32
    27: (1, 8),  # I64
    28: (1, 8),  # F64
    29: (256, 56),  # IQ1_M
    30: (1, 2),  # BF16
    34: (256, 54),  # TQ1_0
    35: (256, 66),  # TQ2_0
    39: (32, 17),  # MXFP4
    40: (64, 36),  # NVFP4
    41: (128, 18),  # Q1_0
    42: (64, 18),  # Q2_0
}


def read_tensors(cursor: Cursor, count: int, alignment: int) -> int:
    """Return where the file must end, in bytes, after reading the list of ``count`` tensors.

    Tensors lie in the order of the list, each begins at the next multiple of ``alignment`` after
    the one before it: what the engine asks for, and what makes overlaps impossible. Raises
    BadGgufError and OSError.
    """
    names: set[str] = set()
    begin = end = 0
    for number in range(count):
        begun = cursor.position
        name = cursor.plain_text(NAME_LIMIT_BYTES, f"the name of tensor {number}")
        if name in names:
            cursor.fail(f"the tensor {name!r} occurs twice", begun)
        names.add(name)
        size = _bytes_of(cursor, name)
        at = cursor.position
        offset = cursor.u64(f"the offset of {name!r}")
        _check_offset(cursor, name, offset, begin, alignment, at)
        end = begin + size
        begin = _aligned(end, alignment)
        if begin > _COUNT_LIMIT:
            cursor.fail(f"the tensors up to {name!r} have {begin:,} bytes", begun)
    data = _aligned(cursor.position, alignment)
    _check_size(cursor, data + end, data + begin)
    return data + end


def _bytes_of(cursor: Cursor, name: str) -> int:
    begun = cursor.position
    dimensions = cursor.u32(f"the dimensions of {name!r}")
    if not 1 <= dimensions <= DIMENSIONS_LIMIT:
        cursor.fail(f"the tensor {name!r} has {dimensions:,} dimensions, not 1 to 4", begun)
    shape = [cursor.u64(f"the shape of {name!r}") for _ in range(dimensions)]
    elements = 1
    for length in shape:
        elements *= length
    if not 1 <= elements <= _COUNT_LIMIT:
        cursor.fail(f"the tensor {name!r} has the impossible shape {shape}", begun)
    begun = cursor.position
    kind = cursor.u32(f"the type of {name!r}")
    if kind not in _BLOCKS:
        cursor.fail(f"the tensor {name!r} has the unknown type {kind}", begun)
    per_block, block_bytes = _BLOCKS[kind]
    if shape[0] % per_block:
        said = f"the tensor {name!r} has rows of {shape[0]:,}, no multiple of {per_block}"
        cursor.fail(said, begun)
    return elements // per_block * block_bytes


def _check_offset(
    cursor: Cursor, name: str, offset: int, expected: int, alignment: int, at: int
) -> None:
    if offset == expected:
        return
    if offset % alignment:
        reason = f"is no multiple of {alignment}"
    elif offset < expected:
        reason = "is inside of another tensor"
    else:
        reason = f"leaves a gap of {offset - expected:,} bytes before it"
    cursor.fail(f"the offset of {name!r}, {offset:,}, {reason}", at)


def _check_size(cursor: Cursor, end: int, padded_end: int) -> None:
    if cursor.size < end:
        cursor.fail(f"it is cut short: it has {cursor.size:,} bytes of {end:,}", cursor.size)
    if cursor.size > padded_end:
        extra = cursor.size - padded_end
        cursor.fail(f"{extra:,} bytes follow that belong to no tensor", padded_end)


def _aligned(position: int, alignment: int) -> int:
    return -(-position // alignment) * alignment
