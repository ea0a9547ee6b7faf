"""What a request says that a documentation is to tell, and whether its text tells it. Pure.

"Says what is returned for a step of 0" asks for a word about 0. Words are compared by their
beginnings and with those that mean the same, and a point is missed where less than two thirds of
its words are there: people say the same thing in other words. Texts in other languages than English
are not read.
"""

import re
from collections.abc import Collection, Iterator

from spark_desktop.domain.regex import regex
from spark_desktop.domain.units import tells_unit
from spark_desktop.domain.words import Said, say

_SAYS = regex(
    r"\b(?:says?|saying|explain(?:s|ing)?|tell(?:s|ing)?|describ(?:e|es|ing)|mention(?:s|ing)?"
    r"|stat(?:e|es|ing)|includ(?:e|es|ing)|incl)\b([^.;]*)",
    re.IGNORECASE,
)
# What follows is about the signature, not the text.
_TYPES = regex(
    r",?\s*\band\s+(?:\w+\s+)?(?:types?|annotat\w+|declar\w+|type\s+hints?)\b.*", re.IGNORECASE
)
_QUESTION = (
    r"(?:(?:what|when|where|which|who|whose|how|that|why|if|whether)"
    r"|(?:in|to|from|by|for|at|of|with)\s+(?:which|what|whom|whose))\b"
)
_SHORT = regex(r"\bincl\.", re.IGNORECASE)
# A list of points, as people jot it down: "a docstring please - what it gives, what `n` means".
_LISTED = regex(rf"(?:\s[-\u2013\u2014]\s+|:\s+|\()(?={_QUESTION})([^.;]*)", re.IGNORECASE)
_UNIT = regex(r"\bunits?\b(?![\s-]*tests?\b)", re.IGNORECASE)
_BETWEEN = regex(rf"(?:,\s*(?:and\s+)?|\s+and\s+)(?={_QUESTION})", re.IGNORECASE)
_IS_QUESTION = regex(rf"\s*{_QUESTION}", re.IGNORECASE)
# Names that stand there without the marks of code.
_NAMED = regex(
    r"\bnam(?:e|es|ing)\b([^.;:()]*?)(?=\b(?:says?|saying|types?|that|explains?|describes?)\b"
    r"|[.;:()]|$)",
    re.IGNORECASE | re.DOTALL,
)
_WORD = regex(r"[A-Za-z]{3,}")
_NUMBER = regex(r"(?<![\w.])\d{1,6}(?![\w.])")
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
# Values by the words that tell them, too.
_VALUES = {
    "None": r"\bNone\b|\bnothing\b|\bno\b|\bnot\b|\bmissing\b",
    "null": r"\bnull\b|\bundefined\b|\bnothing\b|\bno\b|\bnot\b",
    "undefined": r"\bundefined\b|\bnull\b|\bnothing\b|\bno\b|\bnot\b",
    "nil": r"\bnil\b|\bnothing\b|\bno\b|\bnot\b",
    "True": r"\btrue\b|\bwhether\b|\bif\b",
    "False": r"\bfalse\b|\bwhether\b|\bif\b|\bnot\b",
    "true": r"\btrue\b|\bwhether\b|\bif\b",
    "false": r"\bfalse\b|\bwhether\b|\bif\b|\bnot\b",
}
_VALUE = regex(rf"\b(?:{'|'.join(_VALUES)})\b")
# A value of 0 is told by the bounds around it, too.
_ZERO = (
    r"0|zero|empty|negative|(?:not|non)[\s-]?positive|positive|(?:at\s+least|below|under|<=?"
    r"|(?:less|smaller|lower)\s+than|minimum(?:\s+of)?)\s+(?:1|one)"
)
# Words for the same thing, by their beginnings.
_ALIKE = tuple(
    frozenset(one.split())
    for one in (
        "last final end remai rest left",
        "first start begin initi",
        "short small fewer less lower below under low least minim never",
        "limit bound capped cap clamp betwe least most minim maxim highe lowes never",
        "long large bigge great more highe above over longe",
        "group split divid cut batch chunk share slice parti piece list part",
        "evenl equal even exact multi same",
        "empty zero blank missi absen none",
        "middl betwe halfw half tie centr cente",
        "tie draw equal same both sever",
        "copes cope handl allow deal survi",
        "round neare close",
        "fail error inval wrong bad refus rejec",
        "other rest remai",
        "order sort seque posit",
        "keep kept stay prese retai uncha",
        "ignor skip drop omit leave discar disca",
        "repea again retry retri twice",
        "wait delay pause sleep",
        "run exhau gone spent",
        "calle call user",
        "all every each whole entir",
        "find found match searc look",
        "count numbe amoun many",
        "unit secon milli byte metre meter",
    )
)
_DEFAULT = regex(r"(\w+)\s*(?::[^=,()]*)?=(?![=>])\s*([^,()\n]+)")
_DEFAULTS = regex(r"\bdefaults?\b", re.IGNORECASE)
_TELLS_DEFAULT = regex(
    r"\bdefault|\bomit|\bleft\s+out|\bnot\s+(?:given|passed|set)|\bwithout\b|\bunless\b",
    re.IGNORECASE,
)
# "@returns with the unit, its limits": each is to be told, where one word is all there is.
_WITH = regex(r"@\w+\s+with\s+([^.;@()]*)")
_ABOUT = regex(r"what\b.*\b(?:does|do|changes?|is\s+for|are\s+for)$", re.IGNORECASE)
_RANGE = regex(r"\bfrom\s+[\w.`-]+\s+to\b|\d\s?[-\u2013]\s?\d", re.IGNORECASE)
_SENTENCE = regex(r"[.;\n]")
# Says nothing of what a parameter is.
_EMPTY = regex(
    r"int|str|bool|float|list|dict|tuple|set|type|string|integer|number|boolean|optional|flag|"
    r"indicat(?:e|es|ing)|whether|determines|specifies|represents|denotes|used?|uses|defaults?|"
    r"params?|args?|returns"
)
_ERRORS = regex(r"\b(?:error|exception|rais|throw|panic|fail)", re.IGNORECASE)
_ENGLISH = regex(
    r"\b(?:the|of|is|are|to|and|for|if|that|or|with|it|this|be|by|from|at|not|an|as|than|each|all"
    r"|which|when|returns?|raises?)\b",
    re.IGNORECASE,
)
_LETTERS = regex(r"[^\W\d_]{2,}")
_FOREIGN = regex(r"[^\W\d_a-zA-Z]")
# A text of fewer words may well have none that only English has.
_MANY_WORDS = 6
# Words that every documentation has, and those that only hold a sentence together.
_COMMON = regex(
    r"what|when|where|which|who|whose|how|that|why|whether|the|and|for|with|both|two|three|this|"
    r"these|those|there|they|their|them|not|cannot|can|could|may|might|must|should|will|"
    r"would|does|done|has|have|had|get|gets|goes|given|gives|give|name|names|naming|"
    r"parameter|parameters|argument|arguments|function|functions|method|methods|class|"
    r"value|values|result|results|return|returns|returned|raise|raises|raised|throw|throws|"
    r"thrown|yield|yields|happen|happens|each|all|every|any|some|are|was|were|been|being|"
    r"its|case|cases|then|than|into|from|only|else|did|say|says|error|errors|exception|"
    r"exceptions|comment|docstring|documentation|none|true|false|null|nil|undefined|"
    r"comes|come|back|you|mean|means|meaning|look|looks|looking|like|exactly|please|it|also|"
    r"thing|things|one|ones|unit|units|anything|nothing|something|wins"
)
_STEM = 5
# So many of so many words of a point are to be there.
_NEEDED, _OF = 2, 3


def unsaid_value(instruction: str, text: str) -> Said | None:
    """Return the first point with a number or a value such as None that a text lacks."""
    for point in _points(instruction) if is_english(text) else ():
        if not _holds_values(point, text):
            return say("The documentation does not say {point}.", point=point)
    if _UNIT.search(instruction) and not tells_unit(_UNIT.sub("", text)):
        return say("The documentation tells no unit.")
    return None


def unsaid_words(instruction: str, text: str, names: Collection[str]) -> Said | None:
    """Return the first point that a text has too few words about; None where there is none.

    ``names`` are those of the code, which are in the text anyway.
    """
    known = {one.lower() for one in names}
    known |= {one.removesuffix("s") for one in known}
    stems = _stems(text)
    for point in _points(instruction) if is_english(text) else ():
        if _ERRORS.search(point) and _ERRORS.search(text):
            continue
        if not _is_spoken_of(point, stems, known):
            return say("The documentation does not say {point}.", point=point)
    return None


def unsaid_details(
    instruction: str, text: str, signature: str, parameters: Collection[str]
) -> Said | None:
    """Return what is told so that nobody learns anything of it; None where all is.

    ``signature`` is the code with its ``parameters``, whose defaults stand there.
    """
    if not is_english(text):
        return None
    defaults = [(name, value.strip()) for name, value in _DEFAULT.findall(signature)]
    defaults = [one for one in defaults if one[0] in parameters]
    is_told = _TELLS_DEFAULT.search(text) or all(value in text for _, value in defaults)
    if defaults and _DEFAULTS.search(instruction) and not is_told:
        return say("The documentation does not tell the defaults.")
    stems = _stems(text)
    known = {one.lower() for one in parameters}
    for listed in _WITH.findall(" ".join(instruction.split())):
        for one in re.split(r",|\band\b", listed):
            if not _is_spoken_of(one, stems, known):
                return say("The documentation does not say {point}.", point=one.strip())
    return _empty_name(instruction, text, parameters)


def _empty_name(instruction: str, text: str, parameters: Collection[str]) -> Said | None:
    """Return the first of the names that were asked about of which nothing is said but the name."""
    sentences = [one for one in _SENTENCE.split(text) if one.strip()]
    summary = _content(sentences[0]) if sentences else set()
    for point in _points(instruction):
        asked = [one for one in parameters if holds(point, one)] if _ABOUT.match(point) else []
        for name in asked:
            about = [one for one in sentences[1:] if holds(one, name)] or sentences[:1]
            told = set().union(*(_content(one) for one in about))
            if len(sentences) > 1 and not told - summary - {_stem(name.lower())}:
                return say("The documentation says no more of {name} than its name.", name=name)
    return None


def _content(sentence: str) -> set[str]:
    words = (one.lower() for one in _WORD.findall(sentence))
    return {_stem(one) for one in words if not (_COMMON.fullmatch(one) or _EMPTY.fullmatch(one))}


def holds(text: str, name: str) -> bool:
    """Return whether a text has a name, and not only as a part of another."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def is_english(text: str) -> bool:
    """Return whether the words of a text can be read here: none of a few is English, too."""
    if _FOREIGN.search(text):
        return False
    return len(_LETTERS.findall(text)) < _MANY_WORDS or _ENGLISH.search(text) is not None


def names_to_tell(instruction: str, names: Collection[str]) -> list[str]:
    """Return those of the code's ``names`` that the text is to have, in so many words."""
    told = " ".join(_NAMED.findall(instruction))
    return [one for one in names if holds(told, one)]


def _points(instruction: str) -> Iterator[str]:
    told = _SHORT.sub("including", " ".join(instruction.split()))
    for match in (*_SAYS.finditer(told), *_LISTED.finditer(told)):
        said = _TYPES.sub("", match[1])
        for one in _BETWEEN.split(said):
            if _IS_QUESTION.match(one):
                yield re.split(r"\)|,?\s+(?:plus|and\s+(?:the|its|his))\s+", one.strip())[0].strip(
                    " ,("
                )


def _holds_values(point: str, text: str) -> bool:
    for number in _NUMBER.findall(point):
        word = _NUMBERS[int(number)] if int(number) < len(_NUMBERS) else number
        told = _ZERO if int(number) == 0 else f"{number}|{word}"
        if re.search(rf"(?<![\w.])(?:{told})(?!\w)", text, re.IGNORECASE) is None:
            return False
    return all(
        re.search(_VALUES[one], text, re.IGNORECASE) is not None for one in _VALUE.findall(point)
    )


def _is_spoken_of(point: str, stems: Collection[str], known: Collection[str]) -> bool:
    said = {word.lower() for word in _WORD.findall(point)}
    words = {one for one in said if not _COMMON.fullmatch(one)}
    words = {one for one in words if one not in known and one.removesuffix("s") not in known}
    told = sum(bool(_alike(_stem(one)) & set(stems)) for one in words)
    # One word of three may be there for another point.
    return told * _OF >= len(words) * _NEEDED


def _stems(text: str) -> set[str]:
    """Return the beginnings of the words of a text, and of what a range tells without a word."""
    found = {_stem(word) for word in _WORD.findall(text.lower())}
    return found | {"limit", "range"} if _RANGE.search(text) else found


def _stem(word: str) -> str:
    return word.removesuffix("s")[:_STEM]


def _alike(stem: str) -> set[str]:
    """Return the beginnings of the words that mean the same as one."""
    return {stem}.union(*(one for one in _ALIKE if stem in one))
