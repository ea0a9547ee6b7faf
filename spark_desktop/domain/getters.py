"""Fields of C++ that became methods of the same name, which give what the field held."""

import re

from spark_desktop.domain.defined import Defined
from spark_desktop.domain.file_names import FileNames
from spark_desktop.domain.regex import regex

# What changes a member that a name is followed by, or has the compiler make a copy of it.
_CHANGED = (
    r"(?:\.|->)\s*(?:{names})\b(?:\[[^\]]*\])*\s*(?:=(?!=)|(?:[-+*/%&|^]|<<|>>)=|\+\+|--"
    r"|\.(?:push|emplace|pop|insert|erase|clear|append|resize|assign|swap|begin|end|add|set)\w*)"
    r"|(?:\+\+|--|&|>>\s*|(?:swap|move|getline|sort)\([^()]*)[\w.>\[\]-]*(?:\.|->)(?:{names})\b"
    r"|&\s*\w+\s*[=:]\s*[\w.>\[\]-]*(?:\.|->)(?:{names})\b"
)
# A class that is taken apart by its fields, of whichever type it is.
_BOUND = regex(r"\bauto\s*(?:const\s*)?&{0,2}\s*\[")
_LISTED = regex(r"(?:[(,=]|\breturn)\s*\{")


def is_getter(field: Defined, method: Defined) -> bool:
    """Return whether a method of C++ gives what the field of its name held."""
    is_cpp = method.path.endswith((".h", ".hh", ".hpp", ".hxx", ".cpp", ".cc", ".cxx"))
    is_method = method.parameters == () and method.definition.signature.endswith("const")
    is_field = bool(field.container) and field.parameters is None
    return is_cpp and is_field and is_method and method.definition.kind == "method"


def only_reads(got: frozenset[str], container: str, file: FileNames) -> bool:
    """Return whether a file does no more with the fields that went than to read them.

    Nothing is known of what is made from a list of values where the class takes other ones.
    """
    names = "|".join(map(re.escape, sorted(got)))
    type_ = re.escape(container)
    content = file.content
    is_changed = re.search(_CHANGED.replace("{names}", names), content)
    is_made = re.search(rf"\b{type_}\s+\w+\s*(?:;|\{{|=)|\b{type_}\s*\{{|&{type_}::", content)
    return not (is_changed or is_made or _BOUND.search(content) or _LISTED.search(content))
