"""What a short answer claims, so that two answers to one question can be compared. Pure."""

import re
from collections.abc import Sequence

from spark_desktop.domain.ai_comment import without_marks

_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:[.,]\d+)?(?!\w)")
_CODE = re.compile(
    r"`([^`\n]{1,80})`|\b([A-Za-z_]\w*(?:_\w+|[a-z][A-Z]\w*)|[A-Z]\w*(?:Error|Exception))\b"
)
_QUOTED = re.compile(
    r"[\"\u201c]([^\"\u201c\u201d\n]{1,60})[\"\u201d]|(?<!\w)'([^'\n]{1,60})'(?!\w)"
)
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_WORDS = {
    word: str(number)
    for number, word in enumerate(
        (
            *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
            *("ten", "eleven", "twelve"),
        )
    )
}
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)
# A part of a line that is so long is no fact that happens to stand there; characters.
_SENTENCE = 16
_EXPLAIN = re.compile(
    r"(?:why|explain|describe|how\s+(?:does|do|is|are|can|should|would)"
    r"|what\s+(?:does|do)\b.{1,60}\bdo\b)\b",
    re.IGNORECASE,
)
_ASKS_FOR_NUMBER = re.compile(
    r"\b(?:how\s+(?:many|much)|(?:what|which)\s+number|(?:the|a|just\s+the|as\s+a)\s+number\s*\))",
    re.IGNORECASE,
)
# Longer answers explain; what they claim cannot be told from their words.
_LONGEST = 1200


def claims(question: str, answer: str) -> frozenset[str] | None:
    """Return the numbers, names and quoted texts that an answer ends in.

    None for an answer that explains at length. Those of the question say nothing, and neither do
    those of the way there: the last sentence that has any counts.
    """
    text = _FENCE.sub(" ", answer).strip()
    if len(text) > _LONGEST:
        return None
    asked = _facts(question)
    for sentence in reversed(_sentences(text or answer)):
        if found := _facts(sentence) - asked:
            return found
    return frozenset()


def contradict(question: str, answers: Sequence[str]) -> bool:
    """Return whether the first answer stands alone: no other one claims the same.

    False where the first claims nothing that could be compared, or explains at length.
    """
    first, *others = (claims(question, answer) for answer in answers)
    if not first or not others:
        return False
    return not any(other is not None and _agree(first, other) for other in others)


def tells_a_fact(question: str, answer: str) -> bool:
    """Return whether a short answer tells something that is so or is not.

    What explains how or why, and what is told at length, may be of use though a part is wrong.
    """
    asked = " ".join(without_marks(question).split()).lstrip(" #/*-;%")
    return _EXPLAIN.match(asked) is None and claims(question, answer) is not None


def lacks_number(question: str, answer: str) -> bool:
    """Return whether a number was asked for, and a short answer gives none."""
    asked = " ".join(without_marks(question).split())
    if _ASKS_FOR_NUMBER.search(asked) is None or claims(question, answer) is None:
        return False
    return _NUMBER.search(answer) is None and _NUMBER_WORD.search(answer) is None


def says_nothing(answer: str) -> bool:
    """Return whether an answer is empty, or only the mark of the comment that asks."""
    return not _said(answer)


def only_repeats(question: str, answer: str, shown: str) -> bool:
    """Return whether an answer is nothing but the question, or some lines of what was shown.

    One line of code may be what was asked for.
    """
    known = {" ".join(line.split()) for line in shown.splitlines()}
    whole = "\n".join(known)
    asked = {_bare(question), *(_bare(line) for line in question.splitlines())}
    said = _said(answer)
    of_question = [line for line in said if _bare(line) in asked]
    of_code = [line for line in said if line in known or (len(line) >= _SENTENCE and line in whole)]
    is_all = all(line in of_question or line in of_code for line in said)
    return is_all and (len(said) > 1 or bool(of_question))


def _said(answer: str) -> list[str]:
    """Return the lines of an answer without fences, empty ones and lone marks."""
    lines = (" ".join(line.split()) for line in answer.splitlines())
    return [
        line
        for line in lines
        if line
        and not line.startswith("```")
        and (without_marks(line) == line or re.search(r"\w", without_marks(line)))
    ]


def _bare(line: str) -> str:
    """Return a line of a comment without its mark and what opens and ends it."""
    return re.sub(r"^\W+|\W+$", "", " ".join(without_marks(line).split())).casefold()


def _agree(first: frozenset[str], other: frozenset[str]) -> bool:
    numbers = {one for one in first if one[0].isdigit()}
    if numbers:
        # Of a sum with its parts the sum has to be the same, which stands last or alone.
        return bool(numbers & other) and (first <= other or other <= first or numbers <= other)
    return bool(first & other)


def _sentences(text: str) -> list[str]:
    return [one for one in re.split(r"(?<=[.!?])\s+|\n+", text) if one.strip()]


def _facts(text: str) -> frozenset[str]:
    numbers = {_plain(one) for one in _NUMBER.findall(text)}
    names = set()
    for quoted, name in _CODE.findall(text):
        word = (quoted or name).strip()
        if _NUMBER.fullmatch(word):
            numbers.add(_plain(word))
        else:
            names.add(word.strip("\"'").rstrip("().,;:"))
    names |= {(one or other).strip() for one, other in _QUOTED.findall(text)}
    names.discard("")  # of `""`, or of quotes around a space
    words = {one.lower() for one in _NUMBER_WORD.findall(text)}
    if names or numbers:
        words.discard("one")  # more often a pronoun
    numbers |= {_WORDS[one] for one in words}
    return frozenset(numbers or names)


def _plain(number: str) -> str:
    """Return a number without its sign and needless zeros: 6.00 is 6."""
    text = number.replace(",", ".").lstrip("-")
    return text.rstrip("0").rstrip(".") if "." in text else text
