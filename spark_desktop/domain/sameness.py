"""Whether two answers are the same code, however they are laid out and name what is theirs."""

import re
from pathlib import PurePosixPath

from spark_desktop.domain.same_python import python_shape

# Strings first, so that what looks like a comment in one stays.
_TOKEN = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)"""
    r"""|(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<word>\w+)|(?P<sign>[^\s\w])""",
    re.DOTALL,
)
_HASHES = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
    r"""|(?P<comment>\#[^\n]*)|(?P<word>\w+)|(?P<sign>[^\s\w])"""
)
_WITH_HASHES = frozenset({".rb", ".sh", ".bash", ".py", ".pyi", ".toml", ".yaml", ".yml"})
# Needless in front of a bracket that closes.
_CLOSING = frozenset(")]}")


def shape_of(path: str, text: str) -> str:
    """Return a text that is equal for answers that are the same code.

    Comments and layout do not count; in Python neither does what ``same_python`` evens out.
    """
    if path.endswith((".py", ".pyi")):
        shape = python_shape(text)
        if shape is not None:
            return shape
    pattern = _HASHES if PurePosixPath(path).suffix in _WITH_HASHES else _TOKEN
    tokens = [match[0] for match in pattern.finditer(text) if not match["comment"]]
    kept = [
        token
        for token, following in zip(tokens, [*tokens[1:], ""], strict=True)
        if token != ";" and not (token == "," and following in _CLOSING)
    ]
    return " ".join("'" + one[1:-1] + "'" if one[0] in "\"'" else one for one in kept)
