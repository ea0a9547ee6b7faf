"""Whether a documentation tells what is returned and raised, where that was asked for. Pure."""

import ast
import re

from spark_desktop.domain.asked_points import is_english
from spark_desktop.domain.documented_functions import DocumentedFunction
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text import split_lines

_RETURNED = regex(r"\breturn(?:s|ed)\b", re.IGNORECASE)
_RETURNS = regex(r"\b(?:return|yield|result|give)", re.IGNORECASE)
# "The shares of each": what it is that is returned, without the word.
_IS_RESULT = regex(
    r"[\s/*!#]*(?:the|an?|what|whether|how|which|all|those|each)\b(?!\s+(?:function|method|helper)\b)",
    re.IGNORECASE,
)
_RAISED = regex(r"\b(?:raise[sd]?|throws?|thrown|panics?)\b", re.IGNORECASE)
# What is only raised if anything is: a part of a list, or a question.
_RAISES_IT = regex(
    r"\b(?:that|when|if|how)\s+(?:(?:it|this|the\s+\w+|`?\w+`?)\s+)?(?:is\s+)?"
    r"(?:raise[sd]?|throws?|thrown|panics?)\b(?!\W+if\b)|\b\w+(?:Error|Exception)\b"
    r"|\b[A-Z]\w+\s+(?:is|are)\s+(?:raised|thrown)",
)
_RAISING = regex(
    r"\b(?:raise|throw|throws|abort|assert\w*|reject)\b|\bpanic|\bErr\b|\berrors\.|\bErrorf\b"
    r"|\.(?:unwrap|expect)\(|\?\s*[;)]|\bResult<"
)
_RAISES = regex(r"\b(?:rais|throw|panic|error|exception|fail)", re.IGNORECASE)
# A result that is told by its value.
_VALUE = regex(r"\b(?:None|null|nil|undefined|Some|Ok|Err|[Tt]rue|[Ff]alse)\b")
_COMMENT = regex(r"\s*(?://|/\*|\*|#(?!\s*(?:include|define|if|pragma|!\[|\[)))")


def tells_result(instruction: str, text: str) -> bool:
    """Return whether a text says what is returned, or was not asked to."""
    return (
        _RETURNED.search(instruction) is None
        or _RETURNS.search(text) is not None
        or _IS_RESULT.match(text) is not None
        or _VALUE.search(text) is not None
        or not is_english(text)
    )


def tells_errors(
    instruction: str, text: str, region: str, function: DocumentedFunction | None
) -> bool:
    """Return whether a text says what is raised, or need not.

    A function that raises nothing has nothing to say of that, where the request names no error.
    """
    if _RAISED.search(instruction) is None or _RAISES.search(text) or not is_english(text):
        return True
    raises = _RAISING.search(_code(region, function)) is not None
    return not raises and _RAISES_IT.search(instruction) is None


def comments_of(text: str) -> str:
    """Return the lines of a text that are comments."""
    return "".join(line for line in split_lines(text) if _COMMENT.match(line))


def _code(region: str, function: DocumentedFunction | None) -> str:
    if function is not None and function.node is not None:
        body = function.node.body[1:] if function.comment else function.node.body
        return "\n".join(map(ast.unparse, body))
    return "".join(line for line in split_lines(region) if not _COMMENT.match(line))
