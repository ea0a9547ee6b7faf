"""Reads of a Windows program or library (PE32+) which others it loads, and what it exports.

The layout is that of Microsoft's "PE Format" document; only what is asked for here is read.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

from spark_dist.facts import DistError

_DOS_HEADER = 0x3C  # where the place of the PE header is told
_COFF_BYTES = 20
_PE32_PLUS = 0x20B
_DIRECTORIES_AT = 112  # within the optional header of a PE32+
_SECTION_BYTES = 40
_EXPORTS, _IMPORTS, _DELAYED = 0, 1, 13
_IMPORT_BYTES, _IMPORT_NAME_AT = 20, 12
_DELAYED_BYTES, _DELAYED_NAME_AT = 32, 4
_LONGEST_NAME = 512
_MOST_ENTRIES = 65_536


class PeError(DistError):
    """A file is no Windows program or library, or is damaged."""


@dataclass(frozen=True, slots=True)
class PeFile:
    """What a file imports at its start, what later (delayed), and the names that it exports.

    Names of libraries are in lower case: Windows compares them so.
    """

    imports: tuple[str, ...]
    delayed: tuple[str, ...]
    exports: tuple[str, ...]


def read_pe(path: Path) -> PeFile:
    """Read one file. Raises PeError naming it where it is no 64-bit PE file, and OSError."""
    try:
        image = _Image(path.read_bytes())
        return PeFile(
            imports=image.libraries(_IMPORTS, _IMPORT_BYTES, _IMPORT_NAME_AT),
            delayed=image.libraries(_DELAYED, _DELAYED_BYTES, _DELAYED_NAME_AT),
            exports=image.exported(),
        )
    except (struct.error, ValueError) as error:
        raise PeError(f"{path} is no 64-bit Windows program or library: {error}") from error


class _Image:
    def __init__(self, data: bytes) -> None:
        self._data = data
        if data[:2] != b"MZ":
            raise ValueError("it does not begin with MZ")
        header = self._numbers("<I", _DOS_HEADER)[0]
        if data[header : header + 4] != b"PE\0\0":
            raise ValueError("it has no PE header")
        sections, optional_bytes = self._numbers("<2xH12xH", header + 4)
        optional = header + 4 + _COFF_BYTES
        if self._numbers("<H", optional)[0] != _PE32_PLUS:
            raise ValueError("it is for 32-bit Windows")
        (count,) = self._numbers("<I", optional + _DIRECTORIES_AT - 4)
        self._directories = [
            self._numbers("<I", optional + _DIRECTORIES_AT + 8 * number)[0]
            for number in range(count)
        ]
        table = optional + optional_bytes
        # Each: size in memory, address in memory, size in the file, place in the file.
        self._sections = [
            self._numbers("<8xIIII", table + _SECTION_BYTES * number) for number in range(sections)
        ]

    def libraries(self, directory: int, step: int, name_at: int) -> tuple[str, ...]:
        """Return the names of a table of imports, which ends with an entry without a name."""
        table = self._directory(directory)
        if not table:
            return ()
        names: list[str] = []
        for number in range(_MOST_ENTRIES):
            (name,) = self._numbers("<I", self._place(table) + step * number + name_at)
            if not name:
                return tuple(names)
            names.append(self._text(name).lower())
        raise ValueError("its table of imports does not end")

    def exported(self) -> tuple[str, ...]:
        """Return the names in the table of exports."""
        table = self._directory(_EXPORTS)
        if not table:
            return ()
        count, _, names = self._numbers("<24xIII", self._place(table))
        if count > _MOST_ENTRIES:
            raise ValueError("it exports too many names")
        if not count:
            return ()
        first = self._place(names)
        return tuple(
            self._text(self._numbers("<I", first + 4 * number)[0]) for number in range(count)
        )

    def _directory(self, number: int) -> int:
        return self._directories[number] if number < len(self._directories) else 0

    def _place(self, address: int) -> int:
        """Return where in the file an address in memory is."""
        for size, start, file_size, place in self._sections:
            if start <= address < start + max(size, file_size):
                return place + address - start
        raise ValueError(f"the address {address:#x} is in none of its sections")

    def _text(self, address: int) -> str:
        place = self._place(address)
        text, end, _ = self._data[place : place + _LONGEST_NAME].partition(b"\0")
        if not end:
            raise ValueError("a name in it does not end")
        return text.decode("ascii")

    def _numbers(self, layout: str, place: int) -> tuple[int, ...]:
        return struct.unpack_from(layout, self._data, place)
