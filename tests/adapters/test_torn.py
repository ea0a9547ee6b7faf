import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.adapters.torn import is_torn

LINES = b"".join(b"line %04d\n" % number for number in range(300))
OTHER = LINES.replace(b"line", b"LINE") + b"and more\n" * 200


@given(pair=st.tuples(st.binary(max_size=2_000), st.binary(max_size=2_000)), share=st.floats(0, 1))
def test_a_write_that_was_cut_anywhere_is_torn(pair: tuple[bytes, bytes], share: float) -> None:
    old, new = pair
    cut = round(len(new) * share)
    assert is_torn(new[:cut] + old[cut:], old, new)


@pytest.mark.parametrize(("old", "new"), [(LINES, OTHER), (OTHER, LINES)])
def test_sectors_in_any_order_and_ones_never_written_are_torn(old: bytes, new: bytes) -> None:
    size = max(len(old), len(new))
    sides = [old.ljust(size, b"\0"), new if len(new) == size else new.ljust(size, b"\0")]
    mixed = b"".join(sides[at // 512 % 2][at : at + 512] for at in range(0, size, 512))
    if len(new) == size:
        assert is_torn(mixed, old, new)
        assert is_torn(old + bytes(size - len(old)), old, new)
    assert is_torn(new + old[len(new) :], old, new)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(LINES + b"typed\n", id="a line more"),
        pytest.param(b"typed\n" + LINES, id="a line before"),
        pytest.param(LINES.replace(b"0100", b"typed"), id="a word"),
        pytest.param(b"typed\n", id="everything"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_what_somebody_typed_is_not_torn(data: bytes) -> None:
    assert not is_torn(data, LINES, OTHER)
