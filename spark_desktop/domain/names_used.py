"""The names that a text uses, and what is said of those that do not exist."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum

from spark_desktop.domain.proposal import Check
from spark_desktop.domain.words import Said, joined, say

# Names less alike than this would be a guess; see difflib.
_ALIKE = 0.6
_MOST_TOLD = 4


class FreeRule(Enum):
    """Where a name may come from that nothing in its file binds.

    NOWHERE: it must be imported (Python). PACKAGE: the other files of the folder (Go). ANYWHERE:
    whatever the workspace defines, since macros and headers bring names without a word.
    """

    NOWHERE = "nowhere"
    PACKAGE = "package"
    ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True)
class ImportUse:
    """An import; one that is ``guarded`` may fail, as its file says itself."""

    module: str
    names: tuple[str, ...]
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class ClassNames:
    """What is known of a class: an ``is_open`` one may have any attribute."""

    name: str
    bases: tuple[str, ...]
    members: frozenset[str]
    is_open: bool


@dataclass(frozen=True, slots=True)
class MemberUse:
    """An attribute that is read: of an object of a class, or of an imported module.

    A class is known of ``self``, and of parameters that are annotated with it.
    """

    owner: str
    name: str


@dataclass(frozen=True, slots=True)
class NamesUsed:
    """The names of one text.

    ``free`` are those that it uses and nothing in it binds, builtins left out; ``bound`` all that
    it binds. Where ``is_open``, other names may come in unseen. ``hints`` says of well-known free
    names how they are had. ``stored`` are attributes that it sets on anything, and words in it that
    are looked up by name. ``read`` are attributes that it reads of anything, and the texts between
    the brackets of what it reads by a key.
    """

    rule: FreeRule
    free: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    is_open: bool = False
    imports: tuple[ImportUse, ...] = ()
    classes: Mapping[str, ClassNames] = field(default_factory=dict)
    of_self: frozenset[MemberUse] = frozenset()
    of_modules: frozenset[MemberUse] = frozenset()
    stored: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    hints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewNames:
    """What the text after uses and the text before did not."""

    free: tuple[str, ...]
    imports: tuple[ImportUse, ...]
    of_self: tuple[MemberUse, ...]
    of_modules: tuple[MemberUse, ...]


def new_names(before: NamesUsed | None, after: NamesUsed, words: frozenset[str]) -> NewNames:
    """Return what is new; where the text before cannot be read, its ``words`` are not."""
    if before is None:
        known = NamesUsed(after.rule, free=words)
        imports = tuple(one for one in after.imports if not words.issuperset(_words(one)))
        of_self = frozenset(one for one in after.of_self if one.name not in words)
        modules = frozenset(one for one in after.of_modules if one.name not in words)
    else:
        known = before
        imports = _new_imports(before.imports, after.imports)
        of_self, modules = after.of_self - before.of_self, after.of_modules - before.of_modules
    return NewNames(
        tuple(sorted(after.free - known.free)),
        imports,
        tuple(sorted(of_self, key=_member)),
        tuple(sorted(modules, key=_member)),
    )


def _new_imports(before: Iterable[ImportUse], after: Iterable[ImportUse]) -> tuple[ImportUse, ...]:
    known = {(one.module, name) for one in before for name in (*one.names, "")}
    found = []
    for one in after:
        names = tuple(name for name in one.names if (one.module, name) not in known)
        if names or (one.module, "") not in known:
            found.append(ImportUse(one.module, names, one.guarded))
    return tuple(found)


def _words(one: ImportUse) -> set[str]:
    return {*one.module.replace("/", ".").split("."), *one.names} - {""}


def _member(one: MemberUse) -> tuple[str, str]:
    return one.owner, one.name


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that is most like it; "" where none is."""
    candidates = {one for one in known if one != name and len(one) > 1}
    folded = {one.casefold(): one for one in sorted(candidates)}
    if found := folded.get(name.casefold()):
        return found
    alike = get_close_matches(name, sorted(candidates), 1, _ALIKE)
    if alike:
        return alike[0]
    # slugify for slugify_text: the shorter name is whole in the longer one.
    inside = [one for one in candidates if len(one) > 3 and (one in name or name in one)]
    return min(inside, key=lambda one: (abs(len(one) - len(name)), one), default="")


def undefined(name: str, hint: str, known: Iterable[str], defined_in: str = "") -> Said:
    """Return the sentence for a name that nothing defines."""
    if defined_in:
        return say(
            "{name} is used but not imported; {path} defines it.", name=name, path=defined_in
        )
    if hint:
        return say("{name} is used but not imported; it needs: {hint}", name=name, hint=hint)
    near = nearest(name, known)
    if near:
        return say(
            "{name} is used but nothing defines or imports it; did you mean {near}?",
            name=name,
            near=near,
        )
    return say("{name} is used but nothing defines or imports it.", name=name)


def no_attribute(owner: str, name: str, known: Iterable[str]) -> Said:
    """Return the sentence for an attribute that a class or a module does not have."""
    near = nearest(name, known)
    if near:
        return say("{owner} has no {name}; did you mean {near}?", owner=owner, name=name, near=near)
    return say("{owner} has no {name}.", owner=owner, name=name)


def no_module(module: str, known: Iterable[str] = ()) -> Said:
    """Return the sentence for a module that does not exist."""
    near = nearest(module, known)
    if near:
        return say(
            "{module} is imported but does not exist; did you mean {near}?",
            module=module,
            near=near,
        )
    return say(
        "{module} is imported but is neither in the project nor among what it depends on.",
        module=module,
    )


def hides_names(known: NamesUsed | None, found: NamesUsed) -> tuple[Said, ...]:
    """Return sentences for Python imports of all names, where the text before had none.

    Nothing that is missing can be told any more then, by this check or by a linter. Names of the
    package itself may be passed on so, as settings do.
    """
    stars = [
        one.module for one in found.imports if "*" in one.names and not one.module.startswith(".")
    ]
    had = known is None or any("*" in one.names for one in known.imports)
    if had or found.rule is not FreeRule.NOWHERE:
        return ()
    return tuple(
        say("All names of {module} are imported: import by name those that are used.", module=one)
        for one in stars
    )


def names_check(faults: Iterable[Said]) -> Check:
    """Return the evidence: one check, with a sentence for each name that does not exist."""
    told = list(dict.fromkeys(faults))
    if not told:
        return Check(say("names exist"), True)
    rest = len(told) - _MOST_TOLD
    more = [say("%n more name(s) do not exist.", "", rest)] if rest > 0 else []
    return Check(say("names exist"), False, joined([*told[:_MOST_TOLD], *more]))
