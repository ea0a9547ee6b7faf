"""What a model is told of a follow-up that cannot be computed."""

from collections.abc import Iterable, Iterator

from spark_desktop.domain.defined import Defined
from spark_desktop.domain.followed import Followed
from spark_desktop.domain.name_changes import NameChange

# Characters of a definition that a model is shown.
_LONGEST = 1500


def instruction_for(followed: Iterable[Followed]) -> str:
    """Return what a model is told: the changes, and what to do about them."""
    told: list[str] = []
    for one in followed:
        old, new = one.change.old, one.change.new
        told += _renamed(one.change)
        if one.change.is_respaced:
            told.append(f"`{new.name}` is `{new.space}::{new.name}` now.")
        if one.change.turns:
            what, how = ("property", "without calling it")
            if old.is_property:
                what, how = ("method", "by calling it")
            told.append(
                f"`{new.name}` of {old.container} is a {what} now: use it {how}; where it is "
                "passed on, pass a function that gives it."
            )
        if one.signature is not None:
            told.append(
                f"The signature of `{new.name}` was `{old.definition.signature}` and is now "
                f"`{new.definition.signature}`. Change each call of it so that it fits; where a "
                "value is new, pass a fitting one."
            )
        if one.change.turns_async and not one.change.gives_other:
            told.append(f"`{new.name}` is async now: each call of it is awaited.")
        if one.change.holds_other:
            told.append(
                f"`{new.name}` of `{new.container}` was `{old.result}` and is now `{new.result}`. "
                "Change each use of it that does not fit that any more, so that the code around "
                "works as before: what is read from it is taken as what it is now, and what is "
                "given for it is converted."
            )
        elif one.change.gives_other:
            was, now = old.gives, new.gives
            if was == now or one.change.gives_other_type:
                was, now = f"`{old.result}`", f"`{new.result}`"
            told.append(
                f"A call of `{new.name}` gave {was} and now gives {now}; it is\n"
                f"{_short(new.text)}\nChange what is done with the result of each call of it, "
                "so that the code around works as before, and where it is passed on, pass what "
                "gives what it gave; a value that is not needed there is ignored, and where it "
                "fails now instead of giving nothing, that is handled."
            )
            if new.container and one.change.gives_other_type:
                told.append(f"One of its own that a type has gives {now} as well.")
    return " ".join((*dict.fromkeys(told), "Change nothing else."))


def _renamed(change: NameChange) -> Iterator[str]:
    """Yield where it stands now, what it is called, or what is in its place."""
    old, new = change.old, change.new
    if change.is_moved:
        yield (f"`{old.name}` moved from {old.path} to {new.path}: import it from there.")
    elif change.literal is not None:
        was, now, _ = change.literal
        yield (f'"{was}" of the type `{new.name}` is "{now}" now.')
    elif change.holders is not None:
        was, now = map(_short, change.holders)
        place = old.container or old.path
        yield (
            f"`{place}` has no `{old.name}` any more, but `{new.name}`. It was\n{was}\n"
            f"and is now\n{now}\nChange each use of `{old.name}` so that the code around works "
            "as before: another value, type or unit is converted."
        )
    elif change.is_split:
        yield (f"What `{_called(old)}` did `{_called(new)}` does now: call that instead.")
    elif change.is_method:
        yield (
            f"The function `{old.name}` is the method `{new.name}` of `{new.container}` now: call "
            "it on what was the first argument."
        )
    elif change.is_renamed:
        yield (f"`{old.name}` is called `{new.name}` now: use the new name.")


def _called(one: Defined) -> str:
    is_class = one.name in ("__init__", "constructor")
    return one.container if is_class else f"{one.container}.{one.name}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
