"""Whether a documentation says what was asked for, and nothing that is not so. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from spark_desktop.domain.asked_amounts import unsaid_amounts
from spark_desktop.domain.asked_points import (
    holds,
    names_to_tell,
    unsaid_details,
    unsaid_value,
    unsaid_words,
)
from spark_desktop.domain.asked_types import other_than_asked
from spark_desktop.domain.documented_functions import DocumentedFunction, documented_functions
from spark_desktop.domain.plain_types import misfit
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.python_scopes import NO_FILE, FileNames, file_names
from spark_desktop.domain.regex import regex
from spark_desktop.domain.script_types import lacks_result_type
from spark_desktop.domain.signatures import is_defined
from spark_desktop.domain.told_results import comments_of, tells_errors, tells_result
from spark_desktop.domain.units import invented_unit
from spark_desktop.domain.words import Said, joined, say

_PYTHON = (".py", ".pyi")
_DOCSTRING = regex(r"\bdoc[\s-]?strings?\b|\bdocument\b", re.IGNORECASE)
_PARAMETERS = regex(r"\b(?:parameters?|arguments?)\b", re.IGNORECASE)
# "Which types of events" are no annotations.
_TYPES = regex(
    r"\b(?:annotat\w+|type\s+hints?|types(?!\s+of\s+(?!(?:the|its|all|both|each)\b)))\b",
    re.IGNORECASE,
)
# A type in the signature, and not one in the comment.
_RESULT_TYPE = regex(
    r"\b(?:return|result)s?\s+types?\b"
    r"|\b(?:annotat\w+|declar\w+|type\s+hints?)\b[^.;]{0,60}\b(?:return|result)",
    re.IGNORECASE,
)
# Types of the parameters in the signature, and not in the comment.
_PARAMETER_TYPES = regex(
    r"\b(?:annotat\w+|declar\w+|type\s+hints?)\b[^.;]{0,60}\b(?:parameters?|arguments?)\b"
    r"|\bgive\b[^.;]{0,30}\b(?:parameters?|arguments?)\b[^.;]{0,30}\btypes?\b",
    re.IGNORECASE,
)
_EACH = regex(
    r"\bits\s+(?:public\s+)?methods\b|\b(?:both|each|every|all)\s+(?:of\s+)?(?:the\s+)?(?:(?!of\b)\w+\s+)?(?:functions?|methods?)\b",
    re.IGNORECASE,
)
# A part of a documentation that is about the result alone; it may say that there is none.
_NOTHING = r"(?:None|nothing|void|undefined|unit|\(\)|no(?:t|\s+value)\b|-{3})"
_RETURNS_SECTION = regex(
    r"^[\s/*!#]*(?:#\s*Returns?\b|Returns?:?[ \t]*$|:returns?:|@returns?\b)"
    rf"(?![\s/*!{{`:]*{_NOTHING})",
    re.IGNORECASE | re.MULTILINE,
)
_ASKS_FOR_RESULT = regex(r"@returns?\b|\breturns?\s+section\b", re.IGNORECASE)
# The heading of a part of a documentation, where its first sentence should stand.
_SECTION = regex(r"(?:[/*!\s]*\n)*[/*!\s]*#{1,3}\s+\w")
_PYTHON_SECTION = regex(
    r"[\"'rRuU\s]*(?:(?:Args|Arguments|Parameters|Returns?|Raises|Yields)\s*:?\s*\n|:(?:param|returns?|raises)\b)"
)
_QUOTED = regex(r"`([A-Za-z_]\w*)`")
# A name as only code has it.
_AS_CODE = regex(r"(?<![`\w])([A-Za-z]+_\w+|[A-Z]?[a-z]+[A-Z]\w*)(?![`\w])")
# A value in quotes, as a list of those that may be given has it.
_VALUE_TOLD = regex(r"\"(\w{1,20})\"|(?<!\w)'(\w{1,20})'(?!\w)")
# A call, with what it passes.
_EXAMPLE = regex(r">>>[^\n]*(?:\n[ \t]*[^\s>][^\n]*)?|\w\([^()\n]*\)")
_TAG = regex(r"@\w+")
_TAGS = (
    frozenset({"@return", "@returns"}),
    frozenset({"@throws", "@throw", "@exception", "@raises"}),
    frozenset({"@param", "@arg", "@argument"}),
)
# "Types go in the docstring, not the signature."
_TYPES_IN_TEXT = regex(
    r"\btypes?\b[^.;]{0,120}\bin(?:to)?\s+(?:the\s+|its\s+)?(?:doc\w*|comments?|text|it)\b"
    r"|\b(?:not|never)\s+(?:in\s+|into\s+)?(?:the\s+)?signature"
    r"|\b(?:no|without|don't\s+\w+)\s+(?:type\s+)?(?:annotations|hints)\b",
    re.IGNORECASE,
)
# In front of what is not wanted: "remove the", "turn its", "without a".
_TAKES_OFF = regex(
    r"\b(?:no|not|never|without|\w+n't|remov\w+|drop\w*|delet\w+|strip\w*|skip\w*|omit\w*"
    r"|turn\w*|convert\w*|mov\w+|replac\w+|instead\s+of|from|rather\s+than)"
    r"(?:\s+(?!and\b|but\b|with\b|to\b|into\b|in\b|by\b)[\w'-]+){0,5}?\s+$",
    re.IGNORECASE,
)
_TYPES_OF_PARAMETERS = regex(
    r"\b(?:types?|annotat\w+|type\s+hints?)\b[^.;]*?\b(?:parameters?|arguments?)\b", re.IGNORECASE
)
_CLASS = regex(r"\bclass(?:es)?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Known:
    """The functions that there were, by their names, and the names that the file binds."""

    functions: Mapping[str, DocumentedFunction]
    file: FileNames


def unsaid(
    instruction: str,
    path: str,
    region: str,
    before: str = "",
    *,
    content: str = "",
    is_strict: bool = True,
) -> Check:
    """Return as evidence whether the documentation of a region has what was asked for.

    These are names between backticks or in the form of code, tags such as @param, all parameters
    where these are asked for, what is returned and raised, and types; of each function where each
    was meant, or where it is named. A result must not be told of a function that returns nothing,
    nor a type that the code refutes, unless it stood ``before``, which is what the region was;
    ``content`` is the file, which tells what the names in the code are.
    A point made of words only, which may be told in others, is an advice unless ``is_strict``.
    """
    functions = documented_functions(path, region)
    known = _Known(
        {one.name: one for one in documented_functions(path, before)},
        file_names(content) if path.endswith(_PYTHON) else NO_FILE,
    )
    if len(functions) > 1:
        reason = _of_several(instruction, path, region, functions, known)
    else:
        reason = _of_one(instruction, path, region, functions, known)
    text = _told(functions, region)
    is_advice = False
    had = any(one.comment for one in known.functions.values()) or bool(comments_of(before))
    if reason is None and _begins_with_section(path, text) and not had:
        reason = say("The documentation does not begin with what it is about.")
        is_advice = not is_strict
    if reason is None and text.strip():
        reason = unsaid_value(instruction, text)
    if reason is None and text.strip():
        names = [
            *known.functions,
            *(name for one in functions for name in (one.name, *one.parameters)),
        ]
        parameters = [name for one in functions for name in one.parameters]
        reason = unsaid_words(instruction, text, names) or unsaid_details(
            instruction, text, region, parameters
        )
        is_advice = reason is not None and not is_strict
    if reason is None and is_strict and before:
        reason = unsaid_amounts(instruction, text, before, content)
    if (
        reason is None
        and is_strict
        and (invented := _invented(text, f"{before}\n{instruction}", content))
    ):
        words = joined(invented, ", ")
        reason = say(
            "The documentation tells of {words}, which is nowhere in the file.", words=words
        )
    return Check(say("says what was asked"), reason is None, reason or "", is_advice)


def _told(functions: Sequence[DocumentedFunction], region: str) -> str:
    """Return what documents; comments within a function that has one above are for its authors."""
    text = "\n".join(one.comment for one in functions)
    is_one = len(functions) == 1 and bool(functions[0].comment.strip())
    return text if is_one and not functions[0].is_class else text + comments_of(region)


def _invented(text: str, before: str, content: str) -> list[str]:
    """Return values that a documentation lists beside those of the code, and the code has not.

    What a call in an example passes is no such list. Nor has a code that counts in one unit
    anything in another. ``before`` is what else tells values.
    """
    known = {*re.findall(r"\w+", f"{before}\n{content}")}
    text = _EXAMPLE.sub("", text)
    for sentence in re.split(r"[.\n]", text) if content else ():
        listed = [one or other for one, other in _VALUE_TOLD.findall(sentence)]
        if any(one in known for one in listed):
            found = [one for one in listed if one not in known]
            if found:
                return found
    unit = invented_unit(text, f"{before}\n{content}") if content else ""
    return [unit] if unit else []


def _begins_with_section(path: str, text: str) -> bool:
    """Return whether a documentation tells errors or parameters, and not first what is done."""
    pattern = _PYTHON_SECTION if path.endswith(_PYTHON) else _SECTION
    return path.endswith((*_PYTHON, ".rs")) and pattern.match(text.lstrip()) is not None


def undocumented(instruction: str, path: str, region: str, content: str = "") -> Check | None:
    """Return what an answer lacks of the documentation that was asked for beside other things.

    That is a docstring of a function of Python, or types, where the request speaks of these. None
    where nothing is missing, or nothing was asked for. ``content`` is the file.
    """
    functions = documented_functions(path, region) if path.endswith(_PYTHON) else []
    known = _Known({}, file_names(content))
    reason: Said | None = None
    for one in functions if len(functions) == 1 else ():
        if _asks_for(r"doc[\s-]?strings?", instruction) and not one.comment:
            reason = say("The answer has no docstring.")
        elif _asks_for(r"type\s+(?:hints?|annotations?)", instruction):
            reason = _untyped(instruction, path, region, one, known)
    return None if reason is None else Check(say("says what was asked"), False, reason)


def _asks_for(word: str, instruction: str) -> bool:
    """Return whether an instruction wants what a pattern stands for, and does not take it off."""
    return any(
        _TAKES_OFF.search(instruction[: match.start()]) is None
        for match in re.finditer(rf"\b{word}\b", instruction, re.IGNORECASE)
    )


def _of_several(
    instruction: str,
    path: str,
    region: str,
    functions: Sequence[DocumentedFunction],
    known: _Known,
) -> Said | None:
    is_each = _EACH.search(instruction) is not None
    asked = _names_in(instruction)
    meant = [
        one
        for one in functions
        if _is_meant(instruction, asked, one) or (is_each and not one.is_minor)
    ]
    if is_each or _DOCSTRING.search(instruction):
        bare = [one.name for one in meant if not one.comment]
        if bare:
            return say("{words} has no documentation.", words=joined(bare, ", "))
    text = "\n".join(one.comment for one in functions) + comments_of(region)
    own = {one.name for one in functions}
    missing = [one for one in asked if holds(region, one) and one not in own]
    missing = [one for one in missing if text.strip() and not holds(text, one)]
    if missing:
        return say("The documentation does not name {words}.", words=joined(missing, ", "))
    for one in meant:
        said = [name for name in asked if name in one.parameters]
        # What the signature does not tell, not each of them need have.
        is_sure = one.gives is not None
        about = _about(instruction, one, meant)
        reason = _missing(about, one.comment, said, one, region, is_sure) if one.comment else None
        reason = reason or _untyped(instruction, path, "", one, known)
        if reason is not None:
            return reason
    return None


def _of_one(
    instruction: str,
    path: str,
    region: str,
    functions: Sequence[DocumentedFunction],
    known: _Known,
) -> Said | None:
    is_python = path.endswith(_PYTHON)
    is_one = bool(functions) and is_defined(region, functions[0].name)
    function = functions[0] if is_one else None
    text = comments_of(region) if function is None else function.comment
    if is_python:
        text = function.comment if function is not None else region
        if function is not None and _DOCSTRING.search(instruction) and not text:
            return say("The answer has no docstring.")
    elif not text.strip() and function is not None and not asks_for_types(instruction):
        return say("The answer has no documentation.")
    # Nobody names a function in its own documentation.
    wanted = [
        one for one in _names_in(instruction) if holds(region, one) and not is_defined(region, one)
    ]
    # Where only types are asked for there is no text that could name anything.
    reason = _missing(instruction, text, wanted if text else (), function, region)
    return reason or _untyped(instruction, path, region, function, known)


def asks_for_types(instruction: str) -> bool:
    """Return whether types may be all that is asked for, which need no comment."""
    forms = (_TYPES, _RESULT_TYPE, _PARAMETER_TYPES)
    return any(one.search(instruction) is not None for one in forms)


def _about(instruction: str, one: DocumentedFunction, others: Sequence[DocumentedFunction]) -> str:
    """Return what is said of one function: from its name to that of the next, all where unnamed.

    What stands in front of the first name is said of each.
    """
    starts = {
        match.start(): each.name
        for each in others
        for match in re.finditer(rf"(?<!\w){re.escape(each.name)}(?!\w)", instruction)
    }
    if one.name not in starts.values():
        return instruction
    places = sorted(starts)
    ends = [*places[1:], len(instruction)]
    own = [
        instruction[place:end]
        for place, end in zip(places, ends, strict=True)
        if starts[place] == one.name
    ]
    return " ".join([instruction[: places[0]], *own])


def _is_meant(instruction: str, asked: Sequence[str], one: DocumentedFunction) -> bool:
    """Return whether a function or a class is named as what is to be documented."""
    if one.is_class:
        # That of methods may only be said to tell where they are.
        asked_for = rf"\b(?:for|to|document)\s+(?:the\s+)?`?{re.escape(one.name)}\b(?!`?[.(])"
        is_named = one.name in instruction and _CLASS.search(instruction) is not None
        return is_named or re.search(asked_for, instruction) is not None
    called = rf"\b{re.escape(one.name)}\s+(?:method|function)\b"
    return one.name in asked or re.search(called, instruction) is not None


def _names_in(instruction: str) -> list[str]:
    return list(dict.fromkeys([*_QUOTED.findall(instruction), *_AS_CODE.findall(instruction)]))


def _missing(
    instruction: str,
    text: str,
    names: Iterable[str],
    function: DocumentedFunction | None,
    region: str,
    is_result_sure: bool = True,
) -> Said | None:
    """Return what a documentation lacks, or says that is not so; None where it is as asked."""
    wanted = list(names)
    if text and function is not None:
        is_each = _asks_for_parameters(instruction)
        told = function.parameters
        wanted += told if is_each else names_to_tell(instruction, told)
    tags = dict.fromkeys(_TAG.findall(instruction))
    missing = [one for one in dict.fromkeys(wanted) if not holds(text, one)]
    missing += [one for one in tags if not _holds_tag(text, one)]
    if missing:
        return say("The documentation does not name {words}.", words=joined(missing, ", "))
    gives = None if function is None else function.gives
    if text and gives is not False and is_result_sure and not tells_result(instruction, text):
        return say("The documentation does not say what is returned.")
    if (
        gives is False
        and not _ASKS_FOR_RESULT.search(instruction)
        and _RETURNS_SECTION.search(text)
    ):
        return say("The documentation tells a result, and there is none.")
    if text and not tells_errors(instruction, text, region, function):
        return say("The documentation does not say what is raised.")
    return None


def _holds_tag(text: str, tag: str) -> bool:
    """Return whether a text has a tag, or another that means the same."""
    alike = next((one for one in _TAGS if tag in one), {tag})
    return any(holds(text.replace("\\", "@"), one) for one in alike)


def _asks_for_parameters(instruction: str) -> bool:
    """Return whether the text is to name the parameters: types of them are no text."""
    return _PARAMETERS.search(_TYPES_OF_PARAMETERS.sub("", instruction)) is not None


def _untyped(
    instruction: str, path: str, region: str, function: DocumentedFunction | None, known: _Known
) -> Said | None:
    """Return what has no type, or a wrong one, where types were asked for."""
    untyped: list[str] = []
    if _TYPES_IN_TEXT.search(instruction):
        return None
    if path.endswith(_PYTHON):
        if function is None or function.node is None or not _TYPES.search(instruction):
            return None
        untyped += function.untyped
        if function.node.returns is None and function.name != "__init__":
            untyped.append(say("the result"))
        wrong = misfit(function.node, known.file)
        was = known.functions.get(function.name)
        old = None if was is None or was.node is None else misfit(was.node, known.file)
        is_old = wrong is not None and old == wrong
        if not untyped and wrong is not None and not is_old:
            name, told, found = wrong
            return say(
                "{name} is {found} in the code, not {told}.",
                name=name or say("the result"),
                found=found,
                told=told,
            )
        if not untyped and (other := other_than_asked(instruction, function.node)) is not None:
            name, asked, told = other
            return say(
                "{name} was said to be {asked}, not {told}.", name=name, asked=asked, told=told
            )
    else:
        if function is not None and _PARAMETER_TYPES.search(instruction):
            untyped += function.untyped
        is_bare = path.endswith((".ts", ".tsx")) and lacks_result_type(region)
        if is_bare and _RESULT_TYPE.search(instruction):
            untyped.append(say("the result"))
    return say("There is no type for {words}.", words=joined(untyped, ", ")) if untyped else None
