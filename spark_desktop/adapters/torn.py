"""Tells a file that a crash left half written from one that somebody else has changed."""

# The least that disks write at once, in bytes.
_SECTOR = 512


def is_torn(data: bytes, old: bytes, new: bytes) -> bool:
    """Return whether ``data`` is what a cut write of ``new`` over ``old`` may leave.

    After a power cut each sector may hold the old bytes, the new ones, or zeros where there were
    none before; after a kill one of them may be new up to some byte and old from there. What
    somebody typed is neither.
    """
    if not min(len(old), len(new)) <= len(data) <= max(len(old), len(new)):
        return False
    return all(
        _is_mixed(data[at : at + _SECTOR], old[at : at + _SECTOR], new[at : at + _SECTOR])
        for at in range(0, len(data), _SECTOR)
    )


def _is_mixed(data: bytes, old: bytes, new: bytes) -> bool:
    same = 0
    for got, wanted in zip(data, new, strict=False):
        if got != wanted:
            break
        same += 1
    rest = data[same:]
    return rest == old[same : len(data)].ljust(len(rest), b"\0")
