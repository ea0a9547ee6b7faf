"""Whether a request wants code explained and nothing else. Pure.

What is left of it beside the documentation has to be about its text: what it says, names, types,
style. A clause that is not asks for other code, and what only documents is no answer to that.
"""

import re
from dataclasses import dataclass, replace

from spark_desktop.domain.documentation_abroad import asks_abroad
from spark_desktop.domain.documentation_clauses import (
    is_about_text,
    is_commanded,
    is_elsewhere,
    is_order,
    leads,
    opens,
    unknown_words,
)
from spark_desktop.domain.documentation_words import CODE_VERBS, SURE_NOUN
from spark_desktop.domain.regex import regex
from spark_desktop.domain.trigger import Instruction, ProposalTrigger, QuickAction

_CODE = regex(
    r"`[^`]*`|(?<![\w.])\w{1,60}(?:\.\w{1,60}){0,4}\([^()]*\)"
    r"|(?<![\w.:/])(?:[A-Z]\w{0,60}(?:\.\w{1,60}){1,4}|\w{1,60}(?:::\w{1,60}){1,4})(?![\w/])"
)
# Stands for what was between backticks, or called.
_NAME = "a_name"
# A "# Errors" section.
_SECTION_NAMED = regex(r"[\"'`]\s*#*\s*(\w+)\s*[\"'`](?=\s+(?:sections?|headings?|parts?)\b)")
_COMMENT_MARKS = regex(r"(?<![\w:/])(?:///?!?|/\*\*?|\*/|#+)(?=[\s)]|$)|\"{3}")
_SHORT_FORMS = (
    (regex(r"\be\.g\.|\bi\.e\.|\betc\.|\bincl\.", re.IGNORECASE), "eg"),
    (regex(r"\bw/(?=\s)"), "with"),
    (regex(r"(?<=[a-z])\s?/\s?(?=[a-z])"), " and "),
    (regex(r"\(\s*\)"), ""),
    (regex(r"(?<=\w)\s+(?:format|convention)\b(?!\s+(?:the|it|all)\b)"), "-style"),
)
_SENTENCE = regex(r"[.!?;](?=\s|$)")
_BETWEEN = regex(
    r"\s*(,|:(?=\s|$)|[()]|(?<=\s)[-\u2013\u2014+&](?=\s)|\b(?:and|then|also|plus|but)\b)\s*",
    re.IGNORECASE,
)
_POLITE = regex(
    r"^(?:(?:please|pls|plz|kindly|hey|hi|ok|okay|just|quickly|now|maybe)\b[\s,]*"
    r"|(?:could|can|would|will)\s+(?:you|we)\s+|(?:i|we)(?:'d|\s+would)?\s+(?:need|want|like)\s+"
    r"|to\s+(?=add|document|have)|(?:have|get)\s+(?=an?\s)"
    r"|(?:(?:this|the)\s+)?[\w.]+\s+(?:needs|lacks|wants)\s+|let'?s\s+|missing\s+)+",
    re.IGNORECASE,
)
_THANKS = regex(r"\s*\b(?:please|pls|plz|thanks|thank\s+you|thx|bitte)$", re.IGNORECASE)
_LISTS = regex(r"\bnam(?:es?|ing)\b|\bfor\b|\bto\b|\btypes?\s+of\b", re.IGNORECASE)
# What is to be done beside, without a clause of its own.
_BESIDE = regex(
    r"\b(?:while|before|after)\s+(?:you\s+|also\s+|we\s+)?(?:add|fix|renam|refactor|remov|simplif"
    r"|mov|replac|chang|mak|cach)(?:e|es|y|ing|ying)?\b",
    re.IGNORECASE,
)
# Documentation in the languages of the app, in any form of the word.
_SPEAKS = regex(
    rf"\b(?:(?!types\b){SURE_NOUN}|document(?:ed|e|ing)?|dokument\w+|kommentier\w+"
    r"|документ\w+|прокоммент\w+|докстр\w+)\b",
    re.IGNORECASE,
)
# "A generator of documentation" is none.
_OF_TEXT = regex(r"\b(?:of|for|from|to)\s+(?:the\s+|an?\s+)?$", re.IGNORECASE)
# Words that may be in the way of a request that is understood only in part.
_MOST_UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class _Clause:
    """One that ``begins`` or ``ends`` a sentence, or stands behind a colon (``is_told``)."""

    text: str
    begins: bool
    is_told: bool
    ends: bool = False


def is_only_documentation(trigger: ProposalTrigger, instruction: str) -> bool:
    """Return whether code that does something else than before cannot be what is wanted.

    A quick action says so itself; the words of its ``instruction`` are ours, for a model.
    """
    if isinstance(trigger, Instruction) and trigger.action is not None:
        return trigger.action is QuickAction.DOCUMENT
    return asks_only_to_document(instruction)


def asks_only_to_document(instruction: str) -> bool:
    """Return whether the user's words ask for documentation and nothing else."""
    text = " ".join(instruction.split())
    if asks_abroad(_polite(text)):
        return True
    clauses = () if _BESIDE.search(text) else _clauses(text)
    is_told = is_list = False
    for place, one in enumerate(clauses):
        is_opened, tells = opens(one.text)
        is_told = one.is_told or (is_told and not one.begins)
        if not is_opened and not (
            place and is_about_text(one.text, is_told=is_told, is_list=is_list, ends=one.ends)
        ):
            return False
        is_told = is_told or tells or leads(one.text)
        is_list = (is_list and not one.begins) or _LISTS.search(one.text) is not None
    return bool(clauses)


def may_ask_to_document(instruction: str) -> bool:
    """Return whether documentation is spoken of, and nothing else is clearly asked for.

    An answer to such a request that only documents does what was meant; one that does something
    else may well be right, too.
    """
    if asks_only_to_document(instruction):
        return True
    if is_commanded(instruction) or _BESIDE.search(instruction):
        return False
    clauses = _clauses(" ".join(instruction.split()))
    if clauses and opens(clauses[0].text)[0] and not any(is_order(one.text) for one in clauses[1:]):
        return True
    if not _SPEAKS.search(instruction):
        return False
    is_told = False
    for place, one in enumerate(clauses):
        is_opened, tells = opens(one.text)
        is_told = one.is_told or (is_told and not one.begins)
        is_about = place and is_about_text(one.text, is_told=is_told, is_list=False, ends=one.ends)
        if not is_opened and not is_about and not _is_unclear(one.text, is_first=not place):
            return False
        is_told = is_told or tells or leads(one.text)
    return True


def _is_unclear(clause: str, *, is_first: bool) -> bool:
    """Return whether a clause speaks of documentation in words that are hardly more than that."""
    words = [word.lower() for word in unknown_words(clause)]
    if is_first and words[:1] == ["add"]:
        del words[0]
    is_data = any(
        _OF_TEXT.search(clause[: found.start()]) or unknown_words(_next(clause[found.end() :]))
        for found in _SPEAKS.finditer(clause)
    )
    return (
        _SPEAKS.search(clause) is not None
        and not is_data
        and not is_elsewhere(clause)
        and len(words) <= _MOST_UNKNOWN
        and not CODE_VERBS & set(words)
    )


def _next(text: str) -> str:
    return text.split()[0] if text.split() else ""


def _clauses(text: str) -> list[_Clause]:
    text = _SECTION_NAMED.sub(r"\1", text)
    text = _COMMENT_MARKS.sub(" ", _CODE.sub(_NAME, text))
    for form, word in _SHORT_FORMS:
        text = form.sub(word, text)
    found = []
    for sentence in _SENTENCE.split(text):
        parts = _BETWEEN.split(_polite(sentence))
        begins = True
        for place in range(0, len(parts), 2):
            clause = _polite(parts[place])
            if clause:
                # The capital of a sentence is not that of a name.
                clause = clause[0].lower() + clause[1:] if begins else clause
                found.append(_Clause(clause, begins, place > 0 and parts[place - 1] == ":"))
                begins = False
        if not begins:
            found[-1] = replace(found[-1], ends=True)
    return found


def _polite(text: str) -> str:
    """Return a clause without what only is polite."""
    return _THANKS.sub("", _POLITE.sub("", text.strip(" .!?\"'"), count=1).strip()).strip()
