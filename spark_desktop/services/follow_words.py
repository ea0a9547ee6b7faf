"""What a follow-up is called, and what its evidence says."""

from collections.abc import Collection

from spark_desktop.domain.followed import Left
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.words import Said, joined, say

# What is named one by one in a title, and of what is left to the user.
_NAMED, _TOLD = 2, 5
# Characters of a type in a title.
_LONGEST_TYPE = 40


def title_for(changes: Collection[NameChange]) -> Said:
    """Return what the changes of one save are called, in a line."""
    titles = list(dict.fromkeys(_exported(change) or _title(change) for change in changes))
    more = len(titles) - _NAMED
    if more > 0:
        titles = [*titles[:_NAMED], say("{count} more", count=more)]
    return joined(titles, ", ")


def asked_title(change: NameChange, place: str) -> Said:
    """Return what a call is called that a model changes.

    The place first: a narrow list cuts the end, and that would look the same for all of a change.
    """
    if change.turns or change.is_replaced or change.holds_other or change.is_method:
        return say("{place}: {title}", title=_title(change), place=place)
    if change.old.parameters == change.new.parameters and change.gives_other:
        return say("{place}: {name} gives another result", name=_shown(change), place=place)
    return say("{place}: new arguments for {name}", name=_shown(change), place=place)


def _exported(change: NameChange) -> Said | None:
    """Return what it is called that a name has to be imported in another way."""
    if not change.exported:
        return None
    gone, come = "default", change.new.name
    if change.exported == "default":
        gone, come = come, gone
    return say("{new} in the place of {old}", old=gone, new=come)


def _title(change: NameChange) -> Said:
    is_only_respaced = change.is_respaced and not change.is_renamed
    if change.is_moved or is_only_respaced:
        path = change.new.path if change.is_moved else change.new.space or "::"
        return say("{name} moved to {path}", name=_shown(change), path=path)
    text = change.literal or (change.key and (change.key.old, change.key.new))
    if text:
        name = _shown(change) if change.key else change.new.name
        return say('"{old}" of {name} is "{new}" now', old=text[0], new=text[1], name=name)
    if change.is_replaced:
        return say("{new} in the place of {old}", old=_shown(change), new=change.new.name)
    if change.is_split or change.is_method:
        new = f"{change.new.container}.{change.new.name}()"
        return say("{new} in the place of {old}", old=_shown(change), new=new)
    if change.is_renamed:
        return say("rename {old} to {new}", old=_shown(change), new=change.new.name)
    if change.holds_other:
        name, type_ = f"{change.new.container}.{change.new.name}", change.new.result
        type_ = type_ if len(type_) <= _LONGEST_TYPE else f"{type_[:_LONGEST_TYPE]}…"
        return say("{name} is {type} now", name=name, type=type_)
    if change.turns:
        name = f"{change.old.container}.{change.new.name}"
        if change.new.is_property:
            return say("{name} is a property now", name=name)
        return say("{name} is a method now", name=name)
    if change.old.parameters == change.new.parameters and change.gives_other:
        return say("{name} gives another result", name=_shown(change))
    if change.old.parameters == change.new.parameters and change.turns_async:
        return say("{name} is async now", name=_shown(change))
    if change.old.parameters == change.new.parameters and change.turns_plain:
        return say("{name} is not async any more", name=_shown(change))
    return say("new parameters of {name}", name=_shown(change))


def _shown(change: NameChange) -> str:
    old = change.old
    is_class = old.name in ("__init__", "constructor") and old.container
    name = old.container if is_class else old.name
    return f"{name}()" if old.parameters is not None else name


def computed_check(count: int) -> Check:
    """Return as evidence that no model wrote it."""
    return Check(say("computed"), True, say("%n use(s), each resolved", "", count))


def texts_check(count: int) -> Check:
    """Return as evidence that texts were changed which are the name and no more."""
    name = say("%n text(s) changed as well", "", count)
    return Check(name, True, say("the checks pass only with that"))


def left_checks(left: Collection[Left]) -> tuple[Check, ...]:
    """Return as evidence what is left to the user, and which comments name it still."""
    uses = [one for one in left if not one.is_text]
    texts = [one for one in left if one.is_text]
    checks = []
    if uses:
        told = [_told(one) for one in uses[:_TOLD]]
        if len(uses) > _TOLD:
            told.append(say("{count} more", count=len(uses) - _TOLD))
        name = say("%n use(s) left to you", "", len(uses))
        checks.append(Check(name, False, joined(told, "; "), is_advice=True))
    if texts:
        lines = ", ".join(str(one.line + 1) for one in texts[:_TOLD])
        detail = say("in comments and texts, line {lines}", lines=lines)
        checks.append(Check(say("%n mention(s) untouched", "", len(texts)), True, detail))
    return tuple(checks)


def nothing_left(title: Said, left: Collection[Left]) -> Said:
    """Return why a change of a name starts nothing."""
    uses = [one for one in left if not one.is_text]
    if not uses:
        return say("{title}: nothing is left to follow up", title=title)
    told = joined([_told(one) for one in uses[:_TOLD]], "; ")
    return say("{title}: left to you: {told}", title=title, told=told)


def _told(one: Left) -> Said:
    return say("{path}, line {line}: {reason}", path=one.path, line=one.line + 1, reason=one.reason)
