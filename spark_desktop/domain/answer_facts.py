"""What a short answer claims, so that two answers to one question can be compared. Pure."""

import re
from collections.abc import Sequence

from spark_desktop.domain.ai_comment import without_marks
from spark_desktop.domain.regex import regex

# With `1,000` and `1_000`, of other bases, and directly before a unit: `5s`, `64KB`.
_NUMBER = regex(
    r"(?<![\w.])([-\u2212]?)"
    r"(0x[\da-f][\da-f_]*|0b[01][01_]*|0o[0-7][0-7_]*"
    r"|[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|\d[\d_]*(?:[.,]\d+)?)"
    r"(?:[mun\u00b5]?s|min|[hdx]|[kmgt]?i?b|[kmgt]|px|r?em|pt|[kmg]?hz)?(?!\w)",
    re.IGNORECASE,
)
_THOUSANDS = regex(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_CODE = regex(
    r"`([^`\n]{1,80})`|\b([A-Za-z_]\w*(?:_\w+|[a-z][A-Z]\w*)|[A-Z]\w*(?:Error|Exception))\b"
)
_QUOTED = regex(r"[\"\u201c]([^\"\u201c\u201d\n]{1,60})[\"\u201d]|(?<!\w)'([^'\n]{1,60})'(?!\w)")
_FENCE = regex(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {
    **{word: number for number, word in enumerate(_ONES)},
    **{word: 10 * number for number, word in enumerate(_TENS, 2)},
    **{"twice": 2, "thrice": 3},
}
_NUMBER_WORD = regex(
    rf"\b(?:({'|'.join(_TENS)})[- ]({'|'.join(_ONES[1:10])})|({'|'.join(_WORDS)}))\b",
    re.IGNORECASE,
)
# What says how many or how often and is, as a claim, too often something else.
_AS_A_NUMBER = regex(
    r"\b(?:none|never|once(?!\s+(?:the|an?|it|this|that|all|you)\b)|unlimited"
    r"|no\s+(?:limit|maximum|bound))\b",
    re.IGNORECASE,
)
# What an answer names as code or in plain words, as it likes.
_CONSTANTS = frozenset(("None", "True", "False", "null", "nil", "undefined", "nullptr"))
# A part of a line that is so long is no fact that happens to stand there; characters.
_SENTENCE = 16
_EXPLAIN = regex(
    r"(?:(?:can|could|would|will)\s+you\s+)?(?:please\s+)?(?:tell\s+(?:me|us)\s+)?"
    r"(?:why|explain|describe|suggest"
    r"|how(?:'d|\s+(?:does|do|did|is|are|can|could|should|would|might|to|come))"
    r"|what\s+(?:does|do)\b.{1,60}\bdo"
    r"|warum|wieso|weshalb|erkl\u00e4r\w*"
    r"|\u043f\u043e\u0447\u0435\u043c\u0443|\u0437\u0430\u0447\u0435\u043c"
    r"|\u043e\u0431\u044a\u044f\u0441\u043d\u0438\w*)\b",
    re.IGNORECASE,
)
_ASKS_FOR_LINES = regex(
    r"\b(?:which|what)(?:\s+(?:of|the|these|those|two|three|other|code))*\s+lines?\b",
    re.IGNORECASE,
)
_ASKS_FOR_NUMBER = regex(
    r"\b(?:how\s+(?:many|much)|(?:what|which)\s+number|(?:the|a|just\s+the|as\s+a)\s+number\s*\))",
    re.IGNORECASE,
)
# What is asked so has one answer, however long the way to it that is told.
_ASKS_FOR_FACT = regex(
    r"\b(?:how\s+(?:many|much|often|long|far|big|large|high|deep|old)|which|when|where|whose|who"
    r"|what(?:'s|\s+(?:is|are|was|were))\s+the\s+(?:\w+\s+){0,2}(?:value|number|name|type|result"
    r"|output|length|size|default|limit|maximum|minimum|order|count|index|key|unit)s?"
    r"|what\s+(?:value|number|name|type|size|key|unit)s?"
    r"|what(?:'s|\s+\w+)(?=[^?]*\d)"
    r"|what\s+(?:does|do|did|will|would)\s.{1,80}?\b(?:return|give|print|hold|become|raise|throw)"
    r"|wie\s*(?:viele?|oft|lange?|weit|gro\u00df|hoch)|welche[rsmn]?|wann|wo|wer"
    r"|\u0441\u043a\u043e\u043b\u044c\u043a\u043e|\u043a\u043e\u0433\u0434\u0430|\u0433\u0434\u0435|\u043a\u0442\u043e"
    r"|\u043a\u0430\u043a(?:\u043e\u0439|\u0430\u044f|\u043e\u0435|\u0438\u0435|\u043e\u0433\u043e))\b",
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
    first, *others = answers
    claimed = claims(question, first)
    if not claimed or not others:
        return False
    return not any(_claims_too(claimed, question, other) for other in others)


def tells_a_fact(question: str, answer: str) -> bool:
    """Return whether an answer tells something that is so or is not.

    What explains how or why, and what is told at length, may be of use though a part is wrong; not
    where how many, which or when was asked, since only the end of that counts.
    """
    asked = " ".join(without_marks(question).split()).lstrip(" #/*-;%")
    if _EXPLAIN.match(asked) is not None:
        return False
    return claims(question, answer) is not None or _ASKS_FOR_FACT.search(asked) is not None


def lacks_number(question: str, answer: str) -> bool:
    """Return whether a number was asked for, and a short answer gives none."""
    asked = " ".join(without_marks(question).split())
    if _ASKS_FOR_NUMBER.search(asked) is None or claims(question, answer) is None:
        return False
    return not any(one.search(answer) for one in (_NUMBER, _NUMBER_WORD, _AS_A_NUMBER))


def says_nothing(answer: str) -> bool:
    """Return whether an answer is empty, or only the mark of the comment that asks."""
    return not _said(answer)


def only_repeats(question: str, answer: str, shown: str) -> bool:
    """Return whether an answer is nothing but the question, or some lines of what was shown.

    One line of code may be what was asked for, and several where lines were.
    """
    known = {" ".join(line.split()) for line in shown.splitlines()}
    whole = "\n".join(known)
    asked = {_bare(question), *(_bare(line) for line in question.splitlines())}
    said = _said(answer)
    of_question = [line for line in said if _bare(line) in asked]
    of_code = [line for line in said if line in known or (len(line) >= _SENTENCE and line in whole)]
    is_all = all(line in of_question or line in of_code for line in said)
    are_wanted = len(said) < 2 or _ASKS_FOR_LINES.search(question) is not None
    return is_all and (not are_wanted or bool(of_question))


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


def _claims_too(claimed: frozenset[str], question: str, other: str) -> bool:
    """Return whether another answer claims the same, or says it in plain words."""
    found = claims(question, other)
    if found is None:
        return False
    if _agree(claimed, found):
        return True
    # Where it claims something else, a word like `in` stands there by chance.
    plain = claimed & _CONSTANTS if found else claimed
    return any(re.search(rf"(?<![\w-]){re.escape(one)}(?!\w)", other) for one in plain)


def _agree(first: frozenset[str], other: frozenset[str]) -> bool:
    numbers = {one for one in first if one.lstrip("-")[:1].isdigit()}
    if numbers:
        # Of a sum with its parts the sum has to be the same, which stands last or alone.
        return bool(numbers & other) and (first <= other or other <= first or numbers <= other)
    return any(_is_same_name(one, two) for one in first for two in other)


def _is_same_name(one: str, two: str) -> bool:
    """Return whether two names are one, of which one may stand alone: `dict[str, int]`, `dict`."""
    heads = [re.split(r"[\[(]", name, maxsplit=1)[0] for name in (one, two)]
    return one == two or (heads[0] == heads[1] != "" and heads[0] in (one, two))


def _sentences(text: str) -> list[str]:
    return [one for one in re.split(r"(?<=[.!?])\s+|\n+", text) if one.strip()]


def _facts(text: str) -> frozenset[str]:
    numbers = {_plain(one) for one in _NUMBER.finditer(text)}
    names = set()
    for quoted, name in _CODE.findall(text):
        word = (quoted or name).strip()
        if number := _NUMBER.fullmatch(word):
            numbers.add(_plain(number))
        else:
            names.add(word.strip("\"'").rstrip("().,;:"))
    names |= {(one or other).strip() for one, other in _QUOTED.findall(text)}
    names.discard("")  # of `""`, or of quotes around a space
    words = list(_NUMBER_WORD.finditer(text))
    if names or numbers:
        words = [one for one in words if one[0].lower() != "one"]  # more often a pronoun
    numbers |= {str(_counted(one)) for one in words}
    return frozenset(numbers or names)


def _counted(words: re.Match[str]) -> int:
    return sum(_WORDS[one.lower()] for one in words.groups() if one)


def _plain(found: re.Match[str]) -> str:
    """Return a number without its unit and needless zeros: 6.00 is 6, and 1,000 is 1000."""
    sign, text = found[1], found[2].replace("_", "").lower()
    if text[:2] in ("0x", "0b", "0o"):
        text = str(int(text, 0))
    text = text.replace(",", "" if _THOUSANDS.fullmatch(text) else ".")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"-{text}" if sign and text != "0" else text
