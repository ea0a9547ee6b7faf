"""Parameters that are fields of one object now, and what a call passes for it. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from spark_desktop.domain.call_changes import SignatureChange, Unclear, edits_of, given_to, written
from spark_desktop.domain.defined import Parameter
from spark_desktop.domain.file_names import Argument, Call
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit

_TOKEN = regex(r"\w+|[^\w\s]")
_WORD = regex(r"[A-Za-z_]\w*")
_NO_CODE = regex(r"//[^\n]*|(?s:/\*.*?\*/)|(?m:^\s*#[^\n]*)")
_TEXTS = regex(r'"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'')
# By such a parameter a function of C or Rust gives something back.
_WRITTEN_TO = regex(r"&\s*$|\*\s*$|&mut\b")
# The parameter takes just one such object, which can be made where it is passed.
_TAKES = {
    "python": r"[\"']?(?:\w+\.)?{name}[\"']?(?:\s*\|\s*None)?"
    r"|(?:\w+\.)?Optional\[(?:\w+\.)?{name}\]",
    "typescript": r"{name}(?:\s*\|\s*(?:undefined|null))?|(?:Readonly|Partial|Required)<{name}>",
    "rust": r"{name}",
    "go": r"{name}",
    "cpp": r"(?:const\s+)?(?:struct\s+)?{name}(?:\s+const)?(?:\s*&&)?"
    r"|const\s+{name}\s*&|{name}\s+const\s*&",
}
# What gives something else when it stands elsewhere: it does something, or waits.
_ACTS = regex(r"[(!?]|:=|\+\+|--|<-|\b(?:await|yield)\b|[^=!<>]=(?![=>])")
# What is the same wherever it stands: names, numbers, texts, and sums of these.
_STILL = regex(r"[\w\s+\-*/%]*|\d+\.\d+|\"[^\"]*\"|'[^']*'")
_MADE = regex(r"@(?:\w+\.)?dataclass\b|\(\s*(?:typing\.)?NamedTuple\s*\)|\battrs?\.\w+")
# A field in what stands between two separators, by language; several share a type in C++ and Go.
_FIELDS = {
    "python": regex(r"\s+(\w+)\s*:(?!\s*ClassVar)"),
    "typescript": regex(r"\s*(?:readonly\s+)?(\w+)\??\s*:"),
    "rust": regex(r"\s*(?:#\[[^\]]*\]\s*)*(?:pub(?:\([^)]*\))?\s+)?(\w+)\s*:(?!:)"),
    "go": regex(r"\s*(\w+(?:\s*,\s*\w+)*)\s+[\w*\[\].]+"),
    "cpp": regex(r"\s*(?:const\s+)?[\w:]+(?:<[^;]*>)?[\s*&]+(\w+(?:\s*,\s*\w+)*)\s*(?:=|\{|$)"),
}
_SEPARATORS = {"python": "\n", "typescript": ";,\n", "rust": ",", "go": ";\n", "cpp": ";"}
_LONGEST = 1500


@dataclass(frozen=True, slots=True)
class ParameterObject:
    """One parameter of now, and its ``fields`` in their order, each with what was passed alone."""

    parameter: Parameter
    type: str
    fields: tuple[tuple[str, str], ...]

    @property
    def gone(self) -> frozenset[str]:
        """Return the parameters of before that it stands for."""
        return frozenset(name for _, name in self.fields)


def parameter_object(change: NameChange, types: Mapping[str, str]) -> ParameterObject | None:
    """Return what took the place of parameters; None where that is open.

    Which parameter is which field is told by the body, where each is used as the other was, else
    by an equal name. ``types`` are the definitions of the file's types by their names.
    """
    old, new = change.old.parameters or (), change.new.parameters or ()
    lost = [one for one in old if one.name not in {each.name for each in new}]
    come = [one for one in new if one.name not in {each.name for each in old}]
    if len(lost) < 2 or len(come) != 1 or any(one.takes_rest for one in (*lost, *come)):
        return None
    if any(_WRITTEN_TO.search(one.type) and "const" not in one.type for one in lost):
        return None
    named = [word for word in _WORD.findall(come[0].type) if word in types]
    language = _language(change.new.path)
    fields = fields_of(language, types[named[0]]) if len(named) == 1 else ()
    if not fields or not _is_taken(language, come[0].type, named[0]):
        return None
    if language == "rust" and types[named[0]].partition("{")[2].count("pub") < len(fields):
        # Other modules cannot make it.
        return None
    told = _told_by_body(change, come[0].name, [one.name for one in lost])
    pairs = []
    for field in fields:
        names = {name for name, known in told.items() if known == field}
        if not names:
            names = {one.name for one in lost if _plain(one.name) == _plain(field)} - told.keys()
        if len(names) != 1:
            return None
        pairs.append((field, names.pop()))
    is_whole = sorted(name for _, name in pairs) == sorted(one.name for one in lost)
    return ParameterObject(come[0], named[0], tuple(pairs)) if is_whole else None


def fields_of(language: str, text: str) -> tuple[str, ...]:
    """Return the fields that a type is made from, in their order; () where that is not known."""
    text = _NO_CODE.sub("", text)
    if language == "python":
        if _MADE.search(text) is None or re.search(r"\binit\s*=\s*False|\b__init__\b", text):
            return ()
        head, _, body = text.partition(":\n")
        bases = re.search(r"\bclass\s+\w+\s*\(([^)]*)\)", head)
        if bases and bases[1].strip() not in ("", "NamedTuple", "typing.NamedTuple"):
            # It is made from their fields as well.
            return ()
        body = re.split(r"^\s+(?:def|async def|@)\b", body, maxsplit=1, flags=re.MULTILINE)[0]
        body = _own_lines(body)
    else:
        head, _, body = text.partition("{")
        body = body.rpartition("}")[0]
        # What constructs itself takes what it likes, and what has a base has more fields.
        is_class = re.search(r"\bclass\b|\bextends\b|&", head)
        if language == "typescript" and (is_class or "(" in body):
            return ()
        if language == "cpp" and ("(" in body or re.search(r"\bclass\b|:", head)):
            return ()
        if language == "rust" and not re.search(r"\bstruct\b", head):
            return ()
    pattern = _FIELDS.get(language)
    if pattern is None:
        return ()
    found: list[str] = []
    for part in re.split(f"[{_SEPARATORS[language]}]", body):
        if field := pattern.match(part):
            found += (name.strip() for name in field[1].split(","))
        elif language == "go" and part.strip():
            # It has what another type has.
            return ()
    return tuple(found)


def _own_lines(body: str) -> str:
    """Return a class's body in Python without its documentation, and what stands deeper."""
    lines = [line for line in _TEXTS.sub('""', body).split("\n") if line.strip()]
    indents = [len(line) - len(line.lstrip()) for line in lines]
    return "\n".join(line for line, at in zip(lines, indents, strict=True) if at == indents[0])


def is_commented(call: Call, content: str) -> bool:
    """Return whether a comment stands among the arguments, which says something of one."""
    ends = [call.start, *(argument.end for argument in call.arguments)]
    starts = [*(argument.start for argument in call.arguments), call.end]
    between = "".join(content[end:start] for end, start in zip(ends, starts, strict=True))
    return bool(between.strip(", \t\r\n"))


def gathered_call(
    call: Call, change: SignatureChange, gathered: ParameterObject, made: str
) -> tuple[TextEdit, ...] | Unclear:
    """Return the edits that pass the object; ``made`` is how the file writes its type.

    "" stands for an object literal. Where a value does something its order may matter.
    """
    if any(one.is_spread for one in call.arguments):
        return Unclear.SPREAD
    given = given_to(call.arguments, change.old)
    if given is None:
        return Unclear.UNFIT
    if not gathered.gone <= given.keys():
        return Unclear.VALUE
    values = {name: _value(given[name]) for name in gathered.gone}
    language = _language(change.path)
    if language == "python" and any(":=" in text for text in values.values()):
        return Unclear.FORM
    text = _literal(language, made, [(f, values[name]) for f, name in gathered.fields])
    first = next(one for name, one in given.items() if name in gathered.gone)
    name = gathered.parameter.name
    is_named = any(given[one].keyword for one in gathered.gone)
    text = f"{name}={text}" if is_named else text
    argument = Argument(first.start, first.end, text, name if is_named else "")
    passed: dict[str, Argument] = {}
    for one, each in given.items():
        # It stands where the first of its values did.
        passed.setdefault(*((name, argument) if one in gathered.gone else (one, each)))
    kept = [one for one in change.old if one.name not in gathered.gone]
    simpler = SignatureChange(
        (*kept, gathered.parameter), change.new, change.has_keywords, change.path
    )
    texts = written(passed, simpler, {})
    if isinstance(texts, Unclear):
        return texts
    inside = [given[name] for _, name in gathered.fields]
    kept_given = [one for name, one in given.items() if name not in gathered.gone]
    if _acts_otherwise(_order(texts, text, inside, kept_given)):
        return Unclear.EFFECT
    return edits_of(call, texts)


def _order(
    texts: Sequence[str], made: str, inside: Sequence[Argument], kept: Sequence[Argument]
) -> list[Argument]:
    """Return the arguments of before in the order in which their values stand now."""
    found: list[Argument] = []
    for text in texts:
        if text == made:
            found += inside
            continue
        values = text, text.partition("=")[2].strip()
        found += [
            one
            for one in kept
            if one not in found and (one.text in values or _value(one) in values)
        ][:1]
    return found


def _acts_otherwise(now: Sequence[Argument]) -> bool:
    """Return whether one that does something is before another now that it was behind, or so."""
    for place, one in enumerate(now):
        for other in now[place + 1 :]:
            acts, still = [], []
            for text in (_value(one), _value(other)):
                acts.append(_ACTS.search(text) is not None)
                still.append(_STILL.fullmatch(text) is not None and not acts[-1])
            is_shared = bool({*_WORD.findall(_value(one))} & {*_WORD.findall(_value(other))})
            if one.start > other.start and any(acts) and (is_shared or not any(still)):
                return True
    return False


def _is_taken(language: str, type_: str, name: str) -> bool:
    """Return whether a parameter of a type takes one object of that name, as it is made."""
    pattern = _TAKES.get(language, "(?!)").replace("{name}", re.escape(name))
    return re.fullmatch(pattern, type_.strip()) is not None


def _literal(language: str, made: str, values: Sequence[tuple[str, str]]) -> str:
    match language:
        case "python":
            return f"{made}({', '.join(f'{field}={value}' for field, value in values)})"
        case "typescript":
            inside = (field if field == value else f"{field}: {value}" for field, value in values)
            return f"{{ {', '.join(inside)} }}"
        case "rust":
            inside = (field if field == value else f"{field}: {value}" for field, value in values)
            return f"{made} {{ {', '.join(inside)} }}"
        case "go":
            return f"{made}{{{', '.join(f'{field}: {value}' for field, value in values)}}}"
        case _:
            return f"{made}{{{', '.join(value for _, value in values)}}}"


def _value(argument: Argument) -> str:
    return argument.text.partition("=")[2].strip() if argument.keyword else argument.text


def _told_by_body(change: NameChange, name: str, lost: Iterable[str]) -> dict[str, str]:
    """Return the field that stands where each parameter stood; without those that vary."""
    names = frozenset(lost)
    fields = re.sub(rf"\b{re.escape(name)}\s*(?:\.|->)\s*(\w+)", r"\1_of_it", change.new.text)
    old, new = (_TOKEN.findall(text)[:_LONGEST] for text in (change.old.text, fields))
    found: dict[str, set[str]] = {}
    for tag, begin, end, there, until in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag == "replace" and end - begin == until - there:
            for here, now in zip(old[begin:end], new[there:until], strict=True):
                if here in names and now.endswith("_of_it"):
                    found.setdefault(here, set()).add(now.removesuffix("_of_it"))
    return {here: one.pop() for here, one in found.items() if len(one) == 1}


def _plain(name: str) -> str:
    return name.strip("_").lower()


def _language(path: str) -> str:
    ending = path.rpartition(".")[2]
    return _LANGUAGES.get(ending, "")


_LANGUAGES = {
    **dict.fromkeys(("py", "pyi"), "python"),
    **dict.fromkeys(("ts", "tsx", "mts", "cts"), "typescript"),
    **dict.fromkeys(("c", "h", "cc", "cpp", "cxx", "hpp", "hh"), "cpp"),
    **{"rs": "rust", "go": "go"},
}
