"""Clauses of a request: which asks for documentation, and which is about its text. Pure."""

import re
from collections.abc import Sequence
from itertools import pairwise

from spark_desktop.domain.documentation_words import (
    ABOUT_TEXT,
    CODE_VERBS,
    DATA,
    FOLLOWS,
    GAP,
    LOOSE_NOUN,
    NEW_CODE,
    SAYS,
    SURE_NOUN,
    words_of,
)
from spark_desktop.domain.regex import regex

_ADDS = r"(?:add?|write|put|insert|provide|include|generate|create|give)"
_GAP = rf"(?:(?:{'|'.join(sorted(GAP))}|[\w']+-style)\s+)*"
_GIVEN = (
    r"(?:(?:it|them|this|that|the|both|all|each|every|its|these)\s+)?"
    r"(?:(?:functions?|methods?|class(?:es)?|parameters?|params?|arguments?|\w*_\w+)\s+)?"
)
_NOUN = rf"(?:(?P<sure>{SURE_NOUN})|{LOOSE_NOUN})(?![\w-])"
_OPENINGS = tuple(
    regex(one, re.IGNORECASE)
    for one in (
        rf"(?:{_ADDS}\s+)?{_GAP}{_NOUN}",
        # "Give the parameters types", "give it a docstring".
        rf"give\s+{_GIVEN}{_GAP}{_NOUN}",
        # "Declare the types of a and b": the clause ends behind the first name.
        rf"(?:declare|specify)\s+{_GAP}(?P<sure>types?)\s+of\s+(?:the\s+)?\w+$",
        # "Explain what it does in a comment".
        rf"(?:explain|describe)\s[^,]{{0,80}}?\b(?:in|as|with)\s+{_GAP}{_NOUN}$",
    )
)
_VERB = regex(r"(?P<verb>document|annotate|comment)(?:\s+(?P<rest>.*)|$)", re.IGNORECASE)
_WITH_TEXT = regex(rf"\bwith\s+(?!{_GAP}(?:{SURE_NOUN}|{LOOSE_NOUN}|typing\b|@))")
_AT_DATA = regex(rf"\s*(?:to|on|in|into|for)\s+{_GAP}(?:{'|'.join(sorted(DATA))})\b", re.IGNORECASE)
_RESULTS = regex(r"(?:the\s+|its\s+)?results?\b", re.IGNORECASE)
_SAYS = regex(rf"(?:that\s+|which\s+|it\s+|including\s+)?{SAYS}\b", re.IGNORECASE)
_QUESTION = regex(r"(?:what|how|why|which|where|who|whose)\b", re.IGNORECASE)
_CONDITION = regex(r"(?:when|if|whether|that|unless|because|since)\b", re.IGNORECASE)
# What is said or named elsewhere is no documentation.
_ELSEWHERE = regex(
    r"\b(?:in|into|to|on)\s+(?:the\s+|an?\s+)?(?:logs?|error\s+messages?|console|screen|user|file"
    r"|output\s+file|response|ui)\b"
    r"|^name\s+(?:it|this|that|the\s+(?:function|method|class|file))\b",
    re.IGNORECASE,
)
_RETURNS_SO = regex(r"(?<!to )\b(?:return|raise|throw)\b(?!\s+(?:values?|types?)\b)")
_RESULT = regex(
    r"\breturn(?:ed|s)?[\s-](?:values?|types?|sections?)\b|^(?:the\s|its\s)?return$",
    re.IGNORECASE,
)
_STAYS = regex(
    r"(?:don'?t|do\s+not|never|no|without|not)\s+(?:\w+\s+)?"
    r"(?:chang\w+|touch\w*|modify\w*|edit\w*|alter\w*)\b|leave\s+(?:the\s+)?"
    r"(?:code|rest|body|signature|implementation|everything)\b|keep\s+(?:it|them|(?:the\s+)?(?:"
    r"code|rest|body|text|docstrings?|comments?|signature|implementation|types|everything))\b"
    r"|(?:the\s+)?(?:code|rest|body|signature|implementation|everything)\s+(?:stays?|remains?)\b"
    r"|make\s+(?:it|them|the\s+(?:docstring|comment|text))\s+(?:short|brief|clear|concise|detailed)"
    r"|use\s+(?:the\s+)?(?:[\w-]+\s+)?(?:style|syntax|markdown|english|german|google|numpy"
    r"|sphinx|typing|mood)\b|(?:include|show|put|add|with)\s+(?:an?\s+|some\s+|usage\s+|short\s+)*"
    r"(?:examples?|doctests?|usage|notes?|summary)$",
    re.IGNORECASE,
)
# "See tests/a.py for how it is used": where to look.
_REFERS = regex(
    r"(?:see|cf|look\s+at|compare)\s+(?:also\s+)?(?:the\s+)?[\w/.-]+(?:\s+for\s+.*)?$"
    r"|[\w/-]+\.[a-z]{1,4}(?:\s+for\s+(?:how|what|where|who|examples?|usage)\b.*)?$",
    re.IGNORECASE,
)
# "The docstring has to mention x": an order, and about the text.
_HAS_TO_TELL = regex(
    rf"(?:the|its|that|each|every)\s+(?:{SURE_NOUN})\s+(?:has\s+to|must|should|needs?\s+to)\s+"
    rf"(?:also\s+)?{SAYS}\b",
    re.IGNORECASE,
)
# "It should say what it returns" is about the text; "it should say 'none'", "which file failed" and
# "what is missing in the error" are about the code.
_IT_HAS_TO_TELL = regex(
    r"(?:it|that|this|they|both)\s+(?:has\s+to|have\s+to|must|should|needs?\s+to)\s+(?:also\s+)?"
    rf"{SAYS}\s+(?:what|how|why|which|where|who|whose|when)\b"
    r"(?!.*\b(?:was|were|went|did|had|has|failed|failing|wrong|missing|skipped|left|lost|broken?)\b)"
    r"(?!.*\b(?:is|are)\s+\w+ing\b)(?!.*\bin\s+(?:the\s+|its?\s+|an?\s+)?(?:errors?|exceptions?"
    r"|messages?|results?|outputs?|title|header)\b)",
    re.IGNORECASE,
)
# "When it throws": what a documentation tells, whether or not something was said to be told.
_FAILS_WHEN = regex(
    r"(?:when|if|whether)\s+(?:it|this|that|`?\w+)\s+(?:(?:is|are|gets)\s+)?"
    r"(?:throws?|thrown|raises?|raised|panics?|fails?|errors?)$",
    re.IGNORECASE,
)
# "mypy --strict is on": why types are wanted. A tool by its name alone may have to be run.
_TOOL = r"(?:mypy|pyright|pyre|pylint|ruff|tsc|eslint|clippy)"
_CHECKED_BY = regex(
    rf"we\s+(?:run|use|have)\s+{_TOOL}(?:\s+(?:--?)?strict)?(?:\s+(?:on|mode))*$"
    rf"|(?:we\s+(?:run|use|have)\s+)?{_TOOL}\s+(?:(?:runs\s+)?in\s+)?(?:--?)?strict(?:\s+mode)?"
    r"(?:\s+(?:is|runs)\s+on)?$"
    rf"|(?:{_TOOL}|strict\s+mode)\s+(?:is|runs)\s+(?:on|strict)$",
    re.IGNORECASE,
)
_TELLING = (_SAYS, _QUESTION, _HAS_TO_TELL, _IT_HAS_TO_TELL)
# "Folder is a Path": what a type is said to be.
_IS = regex(
    r"(?:[Tt]he\s+)?[\w@]+\s+(?:is|are|(?:may|can)\s+be)\s+(?!.*\b(?:now|to|default|longer|wrong"
    r"|broken|missing)\b)(?:an?|any|some|either|always|[a-z]+s|[A-Z]\w+|int|str|bool|float|text)\b"
    # "Lengths may have fractions": what values there are.
    r"|(?:[Tt]he\s+)?[\w@]+\s+(?:may|can)\s+(?:have|hold|contain)\s+(?:no\s+|an?\s+|any\s+)?\w+$"
)
# "What ladder and sill are" goes on behind the "and".
_BOTH_ARE = regex(r"[\w@]+\s+(?:are|is|means?|do|does|stands?\s+for|holds?)(?:\s+in\s+it)?\s*")
_COMMANDED = regex(r"\b(?:should|must|needs?\s+to|ha(?:ve|s)\s+to|instead|rather)\b", re.IGNORECASE)
# A sentence goes on with these, and no order begins so.
_GOES_ON = words_of(
    "the its their both each every any some this that these those no it they them there of for "
    "in with between outside within to from at by on under below above without per as after "
    "before otherwise else only not never always usually even still nor so"
)
# Forms of a verb that no order has.
_FORM = regex(
    r"(?!(?:need|speed|feed|embed|seed|bring|string|ping|bias|focus|alias|yes)$)\w+(?:[^\Ws]s|ed|ing)"
)
# What a function or a parameter is hardly called.
_NO_NAMES = words_of("fix refactor simplify optimize optimise rename test tests cleanup")
_CODE_NAME = regex(r"@\w+|\w*_\w*|[A-Za-z]?[a-z]+[A-Z]\w*|[A-Z]\w+|\d+")
_WORD = regex(r"@?\w[\w'-]*")
_PLAIN = regex(r"[A-Za-z]\w*")
_OBJECTS = words_of("it them this that these those the its all each every both")
_LED = words_of("to for of on above function method class")


def opens(clause: str) -> tuple[bool, bool]:
    """Return whether a clause asks for documentation, and whether it says what that is to tell."""
    for opening in _OPENINGS:
        if found := opening.match(clause):
            rest = clause[found.end() :]
            is_sure = found.groupdict().get("sure") is not None
            if not rest.strip():
                return True, False
            is_begun = _first(rest) in FOLLOWS or _is_telling(rest.strip())
            if is_begun and (is_sure or not _AT_DATA.match(rest)):
                fits, tells = _is_known_text(rest, has_names=is_sure)
                if fits:
                    return True, tells
    found = _VERB.match(clause)
    if found is None:
        return False, False
    return _is_of_verb(found["verb"].lower(), found["rest"] or "")


def is_about_text(clause: str, *, is_told: bool, is_list: bool, ends: bool) -> bool:
    """Return whether a further clause only says what a documentation is to be.

    Where something was said to be ``told`` the sentence may go on, in a ``list`` of names with one.
    One that ``ends`` the sentence says nothing of what is to be done.
    """
    if _ELSEWHERE.search(clause):
        return False
    clause = _RESULT.sub("result", clause)
    if _STAYS.match(clause) or _is_telling(clause) or _REFERS.match(clause):
        return True
    # "When it fails, None" does.
    if _CHECKED_BY.match(clause) or (ends and _FAILS_WHEN.match(clause)):
        return True
    if _CONDITION.match(clause):
        return is_told and not _RETURNS_SO.search(clause)
    if _IS.match(clause) and not _COMMANDED.search(clause):
        return True
    if is_told and _BOTH_ARE.fullmatch(clause):
        return True
    words = _WORD.findall(clause)
    if is_list and len(words) == 1 and words[0].lower() not in _NO_NAMES:
        return True
    # "And gap each"; "sort each" is an order.
    if is_list and words[1:] == ["each"] and words[0].lower() not in _NO_NAMES | CODE_VERBS:
        return True
    if not NEW_CODE.search(clause) and _is_known_text(clause, has_names=False)[0]:
        return True
    if not is_told or not words or _COMMANDED.search(clause):
        return False
    first = words[0]
    return first.lower() in _GOES_ON or any(one.fullmatch(first) for one in (_FORM, _CODE_NAME))


def leads(clause: str) -> bool:
    """Return whether a clause tells something, so that the sentence may go on about that."""
    return _is_telling(clause)


def is_commanded(text: str) -> bool:
    """Return whether a text says how something has to be."""
    return _COMMANDED.search(text) is not None


def is_elsewhere(clause: str) -> bool:
    """Return whether something is to be said where no documentation is."""
    return _ELSEWHERE.search(clause) is not None


def is_order(clause: str) -> bool:
    """Return whether a further clause may order something that is not about documentation."""
    if opens(clause)[0] or _STAYS.match(clause) or _is_telling(clause):
        return False
    if is_elsewhere(clause) or NEW_CODE.search(clause) or not clause.isascii():
        return True
    # The result of a function is told, "return None" is an order.
    words = [word.lower() for word in _WORD.findall(_RESULT.sub("result", clause))]
    if not words or words[0] in CODE_VERBS | _NO_NAMES:
        return bool(words)
    # "And a cache"; "memoize it", "format the file".
    is_new = words[0] in ("a", "an", "another") and not _is_known_text(clause, has_names=False)[0]
    is_verb = not _is_known(words[0]) and words[0] not in _GOES_ON and not _FORM.fullmatch(words[0])
    is_said = is_verb and _CONDITION.match(clause) is None
    return (
        is_new
        or (is_said and _is_done_to(words[0], words))
        or any(_is_done_to(word, words) for word in CODE_VERBS)
    )


def _is_done_to(verb: str, words: Sequence[str]) -> bool:
    return any(one == verb and next_ in _OBJECTS for one, next_ in pairwise(words))


def unknown_words(clause: str) -> list[str]:
    """Return the words of a clause that are not about documentation, nor names as code has them."""
    return [word for word in _WORD.findall(clause) if not _is_known(word)]


def _is_of_verb(verb: str, rest: str) -> tuple[bool, bool]:
    is_document = verb == "document"
    if not rest:
        return True, is_document
    if _is_telling(rest) or (is_document and _CONDITION.match(rest)):
        return is_document, is_document
    # The result of a function has a type, which is annotated.
    is_data = _AT_DATA.match(f"to {rest}") is not None and not _RESULTS.match(rest)
    if verb == "annotate" and (is_data or _WITH_TEXT.search(rest)):
        return False, False
    words = rest.split()
    if _PLAIN.fullmatch(words[0]) and not _is_known(words[0]):
        if verb == "comment" and len(words) > 1:
            return False, False
        rest = " ".join(words[1:])
        if rest and _first(rest) not in FOLLOWS and not _is_telling(rest):
            return False, False
    fits, tells = _is_known_text(rest, has_names=is_document)
    return fits, fits and (tells or is_document)


def _is_telling(text: str) -> bool:
    return any(one.match(text) is not None for one in _TELLING)


def _is_known_text(text: str, *, has_names: bool) -> tuple[bool, bool]:
    """Return whether all is known up to where something is told, and whether that is there."""
    before = ""
    for found in _WORD.finditer(text):
        word = found[0]
        if _is_telling(text[found.start() :]):
            return True, True
        is_name = has_names and before in _LED and _PLAIN.fullmatch(word) is not None
        if not is_name and not _is_known(word):
            # "About when it fails", "in English that says": what tells begins later.
            return _CONDITION.match(word) is not None and before in ("about", "on"), True
        before = word.lower()
    return True, False


def _first(text: str) -> str:
    found = _WORD.search(text)
    return found[0].lower() if found else ""


def _is_known(word: str) -> bool:
    return (
        word.lower() in ABOUT_TEXT
        or word.lower().endswith("-style")
        or _CODE_NAME.fullmatch(word) is not None
    )
