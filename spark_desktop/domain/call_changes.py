"""What a changed signature asks of a call: new arguments where they can be computed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from spark_desktop.domain.defined import Parameter
from spark_desktop.domain.file_names import Argument, Call
from spark_desktop.domain.name_changes import renamed_parameters
from spark_desktop.domain.regex import regex
from spark_desktop.domain.result_types import fits
from spark_desktop.domain.text_edits import TextEdit

_PYTHON = (".py", ".pyi")
_FUNCTION = regex(r"\bfunc\(|=>|\bCallable\[|\b[Ff]n(?:Mut|Once)?\(|\bfunction<")
# A parameter by which a function of C or Rust gives something back.
_WRITTEN = regex(r"^&mut\b|^(?!.*\bconst\b[^*]*[*&]).*(?:\*\s*(?:const)?|[^&\s]\s*&)\s*$")
# Names of a function type's parameters say nothing: "visit: (one: Item) => void".
_NAMES_IN = regex(r"\b\w+\??\s*:\s*(?=[^:])")


class Unclear(Enum):
    """Why the arguments of a call cannot be computed.

    A VALUE has to be chosen; it passes a list of arguments (SPREAD); it does not fit the signature
    before (UNFIT); an argument that goes calls something (EFFECT); which parameter became which is
    a GUESS; it cannot be written without naming arguments (FORM).
    """

    VALUE = "value"
    SPREAD = "spread"
    UNFIT = "unfit"
    EFFECT = "effect"
    GUESS = "guess"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class SignatureChange:
    """From the parameters ``old`` to ``new``; ``has_keywords`` says that a call may name them.

    ``path`` is the file's, whose language says what may be passed for what.
    """

    old: tuple[Parameter, ...]
    new: tuple[Parameter, ...]
    has_keywords: bool
    path: str = ""

    @property
    def asks(self) -> bool:
        """Return whether calls that were right may be wrong now."""
        if self.has_other_form or self.other_functions:
            return True
        # What annotations of Python say nobody has to keep to.
        return bool(self.path and self.other_types) and not self.path.endswith(_PYTHON)

    @property
    def has_other_form(self) -> bool:
        """Return whether a call may have to pass other arguments, whatever their types."""
        same = all(map(_takes_the_same, self.old, self.new))
        added = self.new[len(self.old) :]
        is_longer = len(self.new) >= len(self.old)
        return not (same and is_longer and all(one.has_default or one.takes_rest for one in added))

    @property
    def other_functions(self) -> frozenset[str]:
        """Return the parameters that take a function of another type now.

        Such a function gives or takes something else.
        """
        both = {one.name for one in (*self.old, *self.new) if _FUNCTION.search(one.type)}
        return self.other_types & both

    @property
    def other_types(self) -> frozenset[str]:
        """Return the parameters that may not be given any more what they were given."""
        before = {one.name: _nameless(one.type) for one in self.old}
        return frozenset(
            one.name
            for one in self.new
            if one.name in before and not fits(before[one.name], _nameless(one.type), self.path)
        )

    @property
    def is_reordered(self) -> bool:
        """Return whether a call may fit before and after, and mean something else."""
        kept = [one.name for one in self.old if one.name in {p.name for p in self.new}]
        moved = [one.name for one in self.new if one.name in {p.name for p in self.old}]
        return kept != moved


def changed_call(call: Call, change: SignatureChange) -> tuple[TextEdit, ...] | Unclear:
    """Return the edits that make the call fit the new signature, () where it does already.

    Arguments keep their words and their layout: one that goes takes its comma with it, those that
    change places are put into one another's places.
    """
    names = renamed_parameters(change.old, change.new)
    if names is None:
        return Unclear.GUESS
    if any(one.is_spread for one in call.arguments):
        return Unclear.SPREAD
    given = given_to(call.arguments, change.old)
    if given is None:
        return Unclear.UNFIT
    back = {there: here for here, there in names.items()}
    kept = {back.get(one.name, one.name) for one in change.new}
    if any(name in given for name in change.other_types):
        return Unclear.VALUE
    gone = [one for name, one in given.items() if name not in kept and name != _REST]
    filled = {one.name for one in change.old if _WRITTEN.search(one.type)}
    if any("(" in one.text or "await" in one.text for one in gone) or filled & given.keys() - kept:
        return Unclear.EFFECT
    texts = written(given, change, back)
    return texts if isinstance(texts, Unclear) else edits_of(call, texts)


# In place of a parameter's name: what a parameter for any number of arguments takes.
_REST = "*"


def moves_values(call: Call, edits: Sequence[TextEdit]) -> bool:
    """Return whether the edits do more than to name an argument otherwise."""
    stood = {one.start: one for one in call.arguments if one.keyword}
    for edit in edits:
        value = edit.new.partition("=")[2].strip()
        one = stood.get(edit.start)
        if one is None or one.end != edit.end or one.text.partition("=")[2].strip() != value:
            return True
    return False


def given_to(
    arguments: Sequence[Argument], parameters: Sequence[Parameter]
) -> dict[str, Argument] | None:
    """Return the argument of each parameter; None where they do not fit."""
    given: dict[str, Argument] = {}
    places = [one for one in parameters if not one.is_keyword_only and not one.takes_rest]
    takes_rest = any(one.takes_rest for one in parameters)
    at = 0
    for argument in arguments:
        if argument.keyword:
            name = argument.keyword
            if name not in {one.name for one in parameters} or name in given:
                return None
        elif at < len(places):
            name = places[at].name
            at += 1
        elif takes_rest:
            name = f"{_REST}{at}"
            at += 1
        else:
            return None
        given[name] = argument
    missing = [
        one
        for one in parameters
        if not one.has_default and not one.takes_rest and one.name not in given
    ]
    return None if missing else given


def written(
    given: dict[str, Argument], change: SignatureChange, back: dict[str, str]
) -> list[str] | Unclear:
    """Return the texts of the new call's arguments in their order, or why they are not known.

    ``back`` gives for a parameter of now what it was called.
    """
    texts: list[str] = []
    named: list[str] = []
    must_name = False
    rest = [one.text for name, one in given.items() if name.startswith(_REST)]
    for one in change.new:
        if one.takes_rest:
            if rest and (must_name or named):
                return Unclear.FORM
            texts += rest
            continue
        argument = given.get(back.get(one.name, one.name))
        if argument is None:
            if not one.has_default:
                return Unclear.VALUE
            must_name = True
        elif one.without_name and (argument.keyword or must_name or named):
            return Unclear.FORM
        elif argument.keyword:
            value = argument.text.partition("=")[2]
            space = " " if argument.text.partition("=")[0].endswith(" ") else ""
            named.append(f"{one.name}{space}={value}")
        elif one.is_keyword_only or must_name or named:
            if not change.has_keywords:
                return Unclear.FORM
            named.append(f"{one.name}={argument.text}")
        else:
            texts.append(argument.text)
    if rest and not any(one.takes_rest for one in change.new):
        return Unclear.UNFIT
    order = {
        back_name: number
        for number, back_name in enumerate(name for name, one in given.items() if one.keyword)
    }
    if order:
        # Named arguments stay in the order in which the call has them.
        there = {here: new for new, here in back.items()}
        place = {there.get(name, name): number for name, number in order.items()}
        named.sort(key=lambda text: place.get(text.partition("=")[0].strip(), -1))
    return [*texts, *named]


def edits_of(call: Call, texts: list[str]) -> tuple[TextEdit, ...]:
    """Return the edits after which the call passes these texts, each where one stood."""
    before = call.arguments
    edits = [
        TextEdit(one.start, one.end, text)
        for one, text in zip(before, texts, strict=False)
        if one.text != text
    ]
    if len(texts) < len(before):
        first = before[len(texts) - 1].end if texts else before[0].start
        last = before[-1].end if texts else call.end
        edits.append(TextEdit(first, last, ""))
    elif len(texts) > len(before):
        more = ", ".join(texts[len(before) :])
        at = before[-1].end if before else call.start
        edits.append(TextEdit(at, at, f", {more}" if before else more))
    return tuple(edits)


def _nameless(type_: str) -> str:
    """Return a type without the names of a function's parameters, which say nothing."""
    return _NAMES_IN.sub("", type_) if _FUNCTION.search(type_) else type_


def _takes_the_same(one: Parameter, other: Parameter) -> bool:
    """Return whether what was given to the first can be given to the second as it is."""
    is_same = (one.name, one.takes_rest) == (other.name, other.takes_rest)
    is_laxer = other.has_default or not one.has_default
    return is_same and is_laxer and (one.is_keyword_only or not other.is_keyword_only)
