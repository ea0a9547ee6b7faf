"""One version of a file's text, with all that is needed to write it back byte for byte.

The content keeps its line endings as they are on disk, so that lines that a patch does not touch
come back unchanged even where a file mixes styles.
"""

import codecs
import hashlib
from dataclasses import dataclass, replace

from spark_desktop.domain.errors import NotTextError
from spark_desktop.domain.regex import regex
from spark_desktop.domain.words import say

_NEWLINES = regex("\r\n|\n|\r")
# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# All but those that occur in text files: tab, line feed, form feed, carriage return, escape.
_CONTROLS = regex("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class SourceText:
    """A decoded file: ``encode()`` gives back the bytes that it was decoded from."""

    content: str
    newline: str = "\n"
    encoding: str = "utf-8"
    bom: bytes = b""

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the encoded bytes, in hexadecimal."""
        return digest_of(self.encode())

    def encode(self) -> bytes:
        """Return the bytes to write.

        Raises NotTextError where a character has no place in the file's encoding.
        """
        try:
            return self.bom + self.content.encode(self.encoding)
        except UnicodeEncodeError as error:
            character = self.content[error.start]
            raise NotTextError(
                say(
                    "The character {character!r} cannot be written in {encoding}.",
                    character=character,
                    encoding=self.encoding,
                ),
                say("Convert the file to UTF-8 in your editor, then try again."),
            ) from error

    def with_content(self, content: str) -> "SourceText":
        """Return the same file with another content, which is taken as it is."""
        return replace(self, content=content)

    def in_style(self, text: str) -> str:
        """Return ``text`` with every line ending in this file's dominant style."""
        return _NEWLINES.sub(lambda _match: self.newline, text)


def decode(data: bytes) -> SourceText:
    """Return the text in ``data``: by its byte-order mark, else UTF-8, else Latin-1.

    Raises NotTextError for binary data (NUL or other control characters), so that nothing binary is
    ever proposed on or written back.
    """
    bom, encoding = _mark_of(data)
    body = data[len(bom) :]
    if encoding is None:
        content, encoding = _decode_unmarked(body)
    else:
        try:
            content = body.decode(encoding)
        except UnicodeDecodeError as error:
            raise _not_text(
                say(
                    "its {encoding} is damaged at byte {place}",
                    encoding=encoding,
                    place=error.start,
                )
            ) from error
    if _CONTROLS.search(content):
        raise _not_text(say("it holds control characters"))
    return SourceText(content, dominant_newline(content), encoding, bom)


def dominant_newline(content: str) -> str:
    """Return the line ending that occurs most often; a line feed where there is none."""
    if "\r" not in content:
        return "\n"
    pairs = content.count("\r\n")
    counts = {
        "\r\n": pairs,
        "\r": content.count("\r") - pairs,
        "\n": content.count("\n") - pairs,
    }
    most = max(counts.values())
    often = {ending for ending, count in counts.items() if count == most}
    if len(often) == 1:
        return often.pop()
    # Of those that occur as often the first one.
    return next(found[0] for found in _NEWLINES.finditer(content) if found[0] in often)


def split_lines(content: str) -> list[str]:
    """Return the lines with their endings; only CR, LF and CRLF end a line.

    ``str.splitlines`` also cuts at form feeds and Unicode separators, which editors and ``git
    apply`` count as characters of a line.
    """
    if "\r" not in content:
        # Five times faster, which counts in a file of 30,000 lines.
        *whole, last = content.split("\n")
        return [f"{line}\n" for line in whole] + ([last] if last else [])
    lines = []
    start = 0
    for match in _NEWLINES.finditer(content):
        lines.append(content[start : match.end()])
        start = match.end()
    if start < len(content):
        lines.append(content[start:])
    return lines


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of the bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _mark_of(data: bytes) -> tuple[bytes, str | None]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return mark, encoding
    return b"", None


def _decode_unmarked(body: bytes) -> tuple[str, str]:
    if b"\0" in body:
        raise _not_text(say("it holds NUL bytes"))
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return body.decode("latin-1"), "latin-1"


def _not_text(reason: str) -> NotTextError:
    return NotTextError(
        say("The file is not text: {reason}.", reason=reason),
        say("Spark only proposes on text files."),
    )
