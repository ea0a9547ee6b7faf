"""What a use of a method is to be once it is a property, and of a property once it is a method."""

from spark_desktop.domain.defined import Defined
from spark_desktop.domain.file_names import Occurrence
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit
from spark_desktop.domain.words import Said, say

# What stands behind a name that is set, in front of one that is deleted, and a call of nothing.
_SET = regex(r"\s*(?:=(?!=)|(?:[-+*/%&|^@]|//|\*\*|<<|>>|\?\?|&&|\|\|)=)")
_DELETED = regex(r"[ \t]*del(?:ete)?\b[^;]*")
_EMPTY_CALL = regex(r"\s*(?:\?\.)?(?:<[^()/]*>)?\(\s*\)")


# Where a value stands alone: an argument, or one that is given by its name.
_OPENS, _CLOSES = regex(r"(?:[(,]|[^=!<>:]=)\s*$"), regex(r"\s*[,)]")


def turned(
    one: Occurrence, content: str, old: Defined, is_anew: bool, has_heirs: bool = True
) -> TextEdit | Said | None:
    """Return the edit, or why the use is left to the user; None where a model is to be asked.

    ``is_anew``: a class of the file has its own of the name, which stays what it was.
    ``has_heirs``: other classes come from its own, and may have one of theirs.
    """
    is_of_class = one.receiver.rpartition(".")[2] == old.container
    if is_anew or (is_of_class and old.is_property):
        return say("a class has its own, or is asked itself")
    if old.is_property:
        return _called(one, content)
    if one.call is None:
        # What takes it needs something to call.
        is_python = old.path.endswith((".py", ".pyi"))
        return _passed(one, content) if is_python and is_of_class and not has_heirs else None
    if _EMPTY_CALL.fullmatch(content, one.end, one.call.end + 1) is None:
        return say("its arguments do not fit the signature before")
    return TextEdit(one.end, one.call.end + 1, "")


def _called(one: Occurrence, content: str) -> TextEdit | Said:
    line = content[: one.start].rpartition("\n")[2]
    if one.call is not None:
        return say("it calls what it gave")
    if _SET.match(content, one.end) or _DELETED.fullmatch(line):
        return say("it is set or deleted")
    return TextEdit(one.end, one.end, "()")


def _passed(one: Occurrence, content: str) -> TextEdit | None:
    """Return the function that reads the property: ``key=Shape.area`` passes one on."""
    start = one.start - len(one.receiver) - 1
    is_whole = start >= 0 and content[start : one.start] == f"{one.receiver}."
    before = content[max(0, start - 100) : max(0, start)]
    if not (is_whole and _OPENS.search(before) and _CLOSES.match(content, one.end)):
        return None
    return TextEdit(start, one.end, " ".join(("lambda", "one:", f"one.{one.name}")))
