"""Declarations of C and C++ apart from their definitions: both have the same parameters.

Where such a declaration has a body, as one that takes the place of a base's, it is only followed
if the body means the same with it: who reads a text cannot go on with what holds one.
"""

import re
from collections.abc import Iterator, Sequence

from spark_desktop.domain.defined import Defined, Parameter
from spark_desktop.domain.name_changes import NameChange, renamed_parameters
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit
from spark_desktop.domain.units import counts_otherwise

# What may stand before a result without being a part of it.
_SPECIFIERS = regex(r"\b(?:virtual|static|inline|constexpr|explicit|friend|extern)\b|\[\[.*?]]")
_QUALIFIERS = regex(r"\bconst\b|\bstd::|[&\s]")
# All of them turn into one another wherever they are used.
_NUMBER = regex(
    r"(?:std::)?(?:u?int(?:8|16|32|64)_t|size_t|ptrdiff_t)"
    r"|(?:(?:unsigned|signed|long|short|int|double|float)\b\s*)+"
)
_CHANGES = (
    r"\b{name}(?:\.\w+|\[[^\]]*\])*\s*(?:(?:[-+*/%&|^]|<<|>>)?=(?!=)|\+\+|--)|(?:\+\+|--)\s*{name}\b"
    r"|\b{name}\.(?:push_|emplace|pop_|erase|clear|insert|append|resize|assign|begin|swap)"
    r"|\b(?:swap|move|getline)\([^()]*\b{name}\b"
)


def are_others(old: Sequence[Parameter], new: Sequence[Parameter]) -> bool:
    """Return whether the parameters are others for a compiler, or are called otherwise."""
    return [(one.type, one.name) for one in old] != [(one.type, one.name) for one in new]


def declaration_edits(
    declared: Defined, change: NameChange, content: str
) -> tuple[TextEdit, ...] | None:
    """Return what a declaration has to follow; None where its body, or its defaults, forbid it.

    One that takes something else is another function.
    """
    old, new = change.old.parameters or (), change.new.parameters or ()
    if not is_declared_like(declared, old):
        return ()
    result = result_edits(declared, change.old, change.new, content)
    if not are_others(old, new):
        return result or ()
    is_other = needs_another_body(declared, old, new) or not ends_with_defaults(declared, old, new)
    if result is None or is_other:
        return None
    edit = prototype_edit(declared, old, new)
    return (*result, *((edit,) if edit is not None else ()))


def is_declared_like(declared: Defined, old: Sequence[Parameter]) -> bool:
    """Return whether a declaration takes what another one took; else it is an overload."""
    own = declared.parameters
    return own is not None and [one.type for one in own] == [one.type for one in old]


def prototype_edit(
    declared: Defined, old: Sequence[Parameter], new: Sequence[Parameter]
) -> TextEdit | None:
    """Return the edit that gives a declaration the new parameters; None where it needs none.

    What it says of those that stay is kept: their defaults, and the names that are its own.
    """
    texts = _texts(declared, old, new)
    own = declared.parameters or ()
    if texts == [" ".join(one.text.split()) for one in own]:
        return None
    start, end = declared.parameters_at
    return TextEdit(start, end, f"({', '.join(texts)})")


def ends_with_defaults(
    declared: Defined, old: Sequence[Parameter], new: Sequence[Parameter]
) -> bool:
    """Return whether all parameters behind one with a default would have one, as C++ wants it."""
    found = ["=" in text for text in _texts(declared, old, new)]
    return found == sorted(found)


def needs_another_body(
    declared: Defined, old: Sequence[Parameter], new: Sequence[Parameter]
) -> bool:
    """Return whether a body uses a parameter that is gone, or would hold something else."""
    if not _has_body(declared):
        return False
    now = {id(mine): one for one, mine in _kept(declared, old, new) if mine is not None}
    for mine in declared.parameters or ():
        body = _outside_of_parameters(declared, mine.name)
        if not body:
            continue
        one = now.get(id(mine))
        if one is None or not _stands_for(mine, one, body):
            return True
    return False


def gives_otherwise(old: Defined, new: Defined) -> bool:
    """Return whether what declares a function has to give another result than it did."""
    was, now = _result(old), _result(new)
    return bool(was and now) and was != now


def result_edits(
    declared: Defined, old: Defined, new: Defined, content: str
) -> tuple[TextEdit, ...] | None:
    """Return what gives a declaration the new result; None where its body has to be another."""
    was, now = _result(old), _result(new)
    if not gives_otherwise(old, new) or _result(declared) != was:
        return ()
    is_number = bool(_NUMBER.fullmatch(was) and _NUMBER.fullmatch(now))
    if _has_body(declared) and not is_number:
        return None
    # It may be broken into lines, or have other blanks.
    words = r"\s*".join(re.escape(one) for one in re.findall(r"\w+|\S", was))
    before = content[: declared.name_at]
    place = re.search(rf"(?<![\w:]){words}(?=\s*(?:\w+(?:<[^<>]*>)?::)*$)", before[-300:])
    if place is None:
        return None
    shift = max(0, len(before) - 300)
    start, end = place.start() + shift, place.end() + shift
    is_apart = content[end : end + 1].isspace() or now[-1] in "&*"
    return (TextEdit(start, end, now if is_apart else f"{now} "),)


def _has_body(declared: Defined) -> bool:
    return declared.text.rstrip().endswith("}")


def _result(one: Defined) -> str:
    """Return the result as it stands in front of the name; "" where that is not seen."""
    name = re.escape(one.name)
    head = re.match(rf"(.*?)(?:\b\w+(?:<[^<>]*>)?::)*\b{name} ?\(", one.definition.signature)
    if head is None or "template" in head[1] or "operator" in head[1]:
        return ""
    plain = " ".join(_SPECIFIERS.sub(" ", head[1]).split())
    return re.sub(r"\s+(?=[&*])", "", plain)


def _texts(declared: Defined, old: Sequence[Parameter], new: Sequence[Parameter]) -> list[str]:
    has_body = _has_body(declared)
    return [_text(one, mine, old, has_body) for one, mine in _kept(declared, old, new)]


def _text(one: Parameter, mine: Parameter | None, old: Sequence[Parameter], has_body: bool) -> str:
    """Return how a declaration writes a parameter of now."""
    if mine is None:
        text = " ".join(one.text.split())
        return text.partition("=")[0].rstrip() if has_body else text
    is_own = has_body or all(mine.name != other.name for other in old)
    head, sign, default = (" ".join(mine.text.split())).partition("=")
    if mine.type != one.type:
        head = " ".join(one.text.partition("=")[0].split())
        if not mine.name:
            head = one.type
        elif is_own:
            head = _with_name(head, one.name, mine.name)
        if not sign and not has_body:
            _, sign, default = one.text.partition("=")
    elif not is_own:
        head = _with_name(head.rstrip(), mine.name, one.name)
    return f"{head.rstrip()} = {default.strip()}" if sign else head.rstrip()


def _with_name(text: str, name: str, other: str) -> str:
    """Return how a parameter is written with another name, which stands behind its type."""
    if not name or not other or name == other:
        return text
    at = [match.start() for match in re.finditer(rf"\b{re.escape(name)}\b", text)]
    return f"{text[: at[-1]]}{other}{text[at[-1] + len(name) :]}" if at else text


def _kept(
    declared: Defined, old: Sequence[Parameter], new: Sequence[Parameter]
) -> Iterator[tuple[Parameter, Parameter | None]]:
    """Yield each new parameter, with the declaration's own where that stays."""
    own = declared.parameters or ()
    renamed = renamed_parameters(old, new) or _in_its_place(old, new)
    stays: dict[str, Parameter] = {}
    for was, mine in zip(old, own, strict=False):
        if was.name:
            stays[renamed.get(was.name, was.name)] = mine
    is_nameless = len(old) == len(new) and not all(one.name for one in (*old, *new))
    for place, one in enumerate(new):
        yield one, own[place] if is_nameless else stays.get(one.name)


def _in_its_place(old: Sequence[Parameter], new: Sequence[Parameter]) -> dict[str, str]:
    """Return the one parameter that has another name and another type, with its name of now."""
    here, there = [one.name for one in old], [one.name for one in new]
    pairs = {was: now for was, now in zip(here, there, strict=False) if was != now}
    is_one = len(here) == len(there) and len(pairs) == 1 and not set(pairs) & set(there)
    is_same = is_one and all(pairs) and not any(counts_otherwise(*pair) for pair in pairs.items())
    return pairs if is_same else {}


def _outside_of_parameters(declared: Defined, name: str) -> str:
    """Return the text of a definition in which a parameter's name stands beside its parameters."""
    if not name:
        return ""
    word = re.compile(rf"\b{re.escape(name)}\b")
    listed = sum(len(word.findall(one.text)) for one in declared.parameters or ())
    return declared.text if len(word.findall(declared.text)) > listed else ""


def _stands_for(mine: Parameter, one: Parameter, body: str) -> bool:
    """Return whether what a body does with a parameter can be done with the one of now."""
    if mine.type == one.type:
        return True
    if _NUMBER.fullmatch(mine.type) and _NUMBER.fullmatch(one.type):
        return True
    if _QUALIFIERS.sub("", mine.type) != _QUALIFIERS.sub("", one.type):
        return False
    is_changed = re.search(_CHANGES.replace("{name}", re.escape(mine.name)), body)
    was_const = re.search(r"\bconst\b", mine.type)
    return bool(was_const or not re.search(r"\bconst\b", one.type) or not is_changed)
