"""Makes small Windows libraries, byte by byte: what a linker would write of their tables."""

import struct
from collections.abc import Sequence

_HEADERS = 0x200
_SECTION_AT = 0x1000  # in memory; in the file it follows the headers
_MACHINE = 0x8664


class _Section:
    """Bytes that know where they will be in memory."""

    def __init__(self) -> None:
        self.data = bytearray()

    def add(self, data: bytes) -> int:
        at = _SECTION_AT + len(self.data)
        self.data += data
        return at

    def text(self, text: str) -> int:
        return self.add(text.encode() + b"\0")


def pe_bytes(
    imports: Sequence[str] = (), delayed: Sequence[str] = (), exports: Sequence[str] = ()
) -> bytes:
    """Return a 64-bit library that imports these libraries and exports these names."""
    section = _Section()
    directories = [0] * 16
    if exports:
        directories[0] = _exports(section, exports)
    if imports:
        directories[1] = _table(section, imports, "<IIIII", 3)
    if delayed:
        directories[13] = _table(section, delayed, "<IIIIIIII", 1)
    return _headers(directories, len(section.data)) + bytes(section.data)


def _table(section: _Section, names: Sequence[str], layout: str, name_at: int) -> int:
    rows = []
    for name in names:
        row = [0] * (len(layout) - 1)
        row[name_at] = section.text(name)
        rows.append(struct.pack(layout, *row))
    return section.add(b"".join(rows) + bytes(struct.calcsize(layout)))


def _exports(section: _Section, names: Sequence[str]) -> int:
    places = struct.pack(f"<{len(names)}I", *(section.text(name) for name in names))
    table = section.add(places)
    return section.add(struct.pack("<24xIII4x", len(names), 0, table))


def _headers(directories: Sequence[int], size: int) -> bytes:
    optional = struct.pack("<H106xI", 0x20B, len(directories))
    optional += b"".join(struct.pack("<II", address, 0) for address in directories)
    headers = b"MZ" + bytes(0x3A) + struct.pack("<I", 0x40) + b"PE\0\0"
    headers += struct.pack("<HHIIIHH", _MACHINE, 1, 0, 0, 0, len(optional), 0) + optional
    headers += struct.pack("<8sIIII16x", b".rdata", size, _SECTION_AT, size, _HEADERS)
    return headers + bytes(_HEADERS - len(headers))
