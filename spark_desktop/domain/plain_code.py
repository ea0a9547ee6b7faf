"""The code of a file without what its strings and comments say. Pure."""

import re

from spark_desktop.domain.regex import regex

_SLASHES = regex(r'"(?:\\.|[^"\\\n])*"|`[^`]*`|\'(?:\\.|[^\'\\\n])*\'|//[^\n]*|(?s:/\*.*?\*/)')
_HASHES = regex(
    r'(?s:""".*?""")|(?s:\'\'\'.*?\'\'\')|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|#[^\n]*'
)
# In Rust a quote may begin the name of a lifetime.
_RUST = regex(r'"(?:\\.|[^"\\])*"|//[^\n]*|(?s:/\*.*?\*/)')


def code_of(content: str, language: str) -> str:
    """Return the text with blanks for what is in strings and comments, so that places stay."""
    pattern = {"python": _HASHES, "rust": _RUST}.get(language, _SLASHES)
    return pattern.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), content)
