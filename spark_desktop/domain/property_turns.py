"""What a use of a method is to be once it is a property, and of a property once it is a method."""

import re

from spark_desktop.domain.defined import Defined
from spark_desktop.domain.file_names import Occurrence
from spark_desktop.domain.text_edits import TextEdit
from spark_desktop.domain.words import Said, say

# What stands behind a name that is set, in front of one that is deleted, and a call of nothing.
_SET = re.compile(r"\s*(?:=(?!=)|(?:[-+*/%&|^@]|//|\*\*|<<|>>|\?\?|&&|\|\|)=)")
_DELETED = re.compile(r"[ \t]*del(?:ete)?\b[^;]*")
_EMPTY_CALL = re.compile(r"\s*(?:\?\.)?(?:<[^()/]*>)?\(\s*\)")


def turned(one: Occurrence, content: str, old: Defined, is_anew: bool) -> TextEdit | Said | None:
    """Return the edit, or why the use is left to the user; None where a model is to be asked.

    ``is_anew``: a class of the file has its own of the name, which stays what it was.
    """
    is_of_class = one.receiver.rpartition(".")[2] == old.container
    if is_anew or (is_of_class and old.is_property):
        return say("a class has its own, or is asked itself")
    if old.is_property:
        return _called(one, content)
    if one.call is None:
        return None  # it is passed on; what takes it needs something to call
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
