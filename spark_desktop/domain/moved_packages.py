"""What a Go file writes for a definition that stands in another package now. Pure."""

import posixpath
import re
from collections.abc import Iterator, Sequence

from spark_desktop.domain.file_names import Brought, FileNames, Occurrence, Role
from spark_desktop.domain.module_paths import Tree
from spark_desktop.domain.plain_code import code_of
from spark_desktop.domain.regex import regex
from spark_desktop.domain.target_names import Target
from spark_desktop.domain.text import dominant_newline
from spark_desktop.domain.text_edits import TextEdit

_PACKAGE = regex(r"^package\s+\w+[^\n]*\n", re.MULTILINE)
_NAME = regex(r"[a-z]\w*")
_METHOD_OF = regex(r"^func\s*\(\s*(?:\w+\s+)?\*?\s*$", re.MULTILINE)


def package_edits(
    target: Target, home: str, file: FileNames, uses: tuple[Occurrence, ...], tree: Tree, text: str
) -> tuple[TextEdit, ...] | None:
    """Return the edits after which the uses in a file mean the definition in ``home``.

    () where they do as they are, since Go's packages are folders; None where the edits cannot be
    computed: ``main`` cannot be imported, nor what begins with a small letter, and a name of the
    package may mean something else there. ``text`` is that of ``home``.
    """
    here, there = posixpath.dirname(file.path), posixpath.dirname(home)
    if there in {posixpath.dirname(path) for path in target.homes}:
        return ()
    module = tree.go_module(there)
    if not uses:
        return ()
    receivers = {one.receiver for one in uses if one.role is Role.MEMBER}
    own = [
        one
        for one in file.brought
        if one.local in receivers and tree.files("go", file.path, one.module) & target.paths
    ]
    present = next((one for one in file.brought if one.module == module), None)
    package = present.local if present is not None else posixpath.basename(there)
    is_there = here == there and not file.package.endswith("_test")
    if module is None or any(one.name == "*" for one in file.brought):
        # Whether what is brought without a name is needed still cannot be told.
        return None
    if not is_there and not (
        _is_free(file, package, present)
        and target.name[:1].isupper()
        and _can_be_imported(here, home, tree, _package_of(text) or package)
    ):
        return None
    if not is_there and present is None and _package_of(text) not in ("", package):
        return None
    if not _are_alone(file, own) or any(
        _METHOD_OF.search(file.content, max(0, one.start - 200), one.start) for one in uses
    ):
        return None
    edits = []
    for one in uses:
        edit = _use(file, one, own, "" if is_there else f"{package}.")
        if edit is None:
            return None
        edits.append(edit)
    unused = [one for one in own if not _is_used(file, one, edits)]
    needs = present is None and not is_there
    return (*edits, *_imports(file, unused, module if needs else ""))


def unused_packages(
    target: Target, file: FileNames, edits: Sequence[TextEdit], tree: Tree
) -> tuple[TextEdit, ...]:
    """Return the edits that take out the target's package where nothing needs it after others."""
    own = [
        one
        for one in file.brought
        if one.name != "*" and tree.files("go", file.path, one.module) & target.paths
    ]
    if not _are_alone(file, own):
        return ()
    return tuple(_imports(file, [one for one in own if not _is_used(file, one, edits)], ""))


def _package_of(text: str) -> str:
    found = re.search(r"^package\s+(\w+)", text, re.MULTILINE)
    return found[1] if found else ""


def _can_be_imported(here: str, home: str, tree: Tree, package: str) -> bool:
    """Return whether files of a folder may import the package of ``home``."""
    there = posixpath.dirname(home)
    if package == "main" or home.endswith("_test.go"):
        return False
    if tree.go_root(here) != tree.go_root(there):
        return False
    parts = there.split("/")
    if "internal" not in parts:
        return True
    around = "/".join(parts[: len(parts) - 1 - parts[::-1].index("internal")])
    return not around or here == around or here.startswith(f"{around}/")


def _are_alone(file: FileNames, own: list[Brought]) -> bool:
    """Return whether the packages' names mean nothing but the packages in the file."""
    code = code_of(file.content, "go")
    inside = [(one.start, one.end) for one in file.brought]
    return not any(
        not any(start <= found.start() < end for start, end in inside)
        for one in own
        for found in re.finditer(rf"(?<![\w.]){re.escape(one.local)}\b(?!\s*\.)", code)
    )


def _is_free(file: FileNames, package: str, present: Brought | None) -> bool:
    """Return whether the package may be called by its name in the file."""
    if present is not None:
        return _NAME.fullmatch(package) is not None
    if _NAME.fullmatch(package) is None or package == "main":
        return False
    return re.search(rf"\b{package}\b", code_of(file.content, "go")) is None


def _use(file: FileNames, one: Occurrence, own: list[Brought], prefix: str) -> TextEdit | None:
    if one.role is Role.MEMBER:
        if one.receiver not in {brought.local for brought in own}:
            return None
        start = one.start - len(one.receiver) - 1
        if file.content[start : one.start] != f"{one.receiver}.":
            return None
        return TextEdit(start, one.start, prefix)
    return TextEdit(one.start, one.start, prefix) if one.role is Role.BARE else None


def _is_used(file: FileNames, brought: Brought, edits: Sequence[TextEdit]) -> bool:
    """Return whether the file needs an import still, with these uses gone."""
    gone = {edit.start for edit in edits}
    uses = re.finditer(rf"\b{re.escape(brought.local)}\s*\.", code_of(file.content, "go"))
    return any(found.start() not in gone for found in uses)


def _imports(file: FileNames, unused: list[Brought], module: str) -> Iterator[TextEdit]:
    """Yield what takes imports out and puts one of a module in, in its order where there is one."""
    content, written = file.content, f'"{module}"'
    if len(unused) == 1 and module and _keeps_order(file, unused[0], module):
        yield TextEdit(unused[0].start, unused[0].end, written)
        return
    for one in unused:
        start, end = _line_of(content, one)
        yield TextEdit(start, end, "")
    if module:
        yield _put_in(file, written, module)


def _put_in(file: FileNames, written: str, module: str) -> TextEdit:
    content, newline = file.content, dominant_newline(file.content)
    block = _block(file, file.brought[-1]) if file.brought else []
    if not block:
        line = f"import {written}{newline}"
        if file.brought:
            _start, end = _line_of(content, file.brought[-1])
            return TextEdit(end, end, line)
        found = _PACKAGE.search(content)
        at = found.end() if found else 0
        return TextEdit(at, at, f"{newline}{line}")
    later = next((one for one in block if one.module > module), None)
    is_sorted = [one.module for one in block] == sorted(one.module for one in block)
    start, end = _line_of(content, block[-1])
    at = _line_of(content, later)[0] if later is not None and is_sorted else end
    return TextEdit(at, at, f"{_indent(content, start)}{written}{newline}")


def _keeps_order(file: FileNames, old: Brought, module: str) -> bool:
    """Return whether the module may stand in the old one's place, as gofmt sorts imports."""
    before = [one.module for one in _block(file, old)]
    now = [module if one == old.module else one for one in before]
    return before != sorted(before) or now == sorted(now)


def _block(file: FileNames, brought: Brought) -> list[Brought]:
    """Return the imports in brackets that stand line by line around one; [] outside of brackets."""
    lines = [_line_of(file.content, one) for one in file.brought]
    place = file.brought.index(brought)
    if file.content[lines[place][0] :].lstrip().startswith("import"):
        return []
    first = last = place
    while first and lines[first - 1][1] == lines[first][0]:
        first -= 1
    while last + 1 < len(lines) and lines[last][1] == lines[last + 1][0]:
        last += 1
    return list(file.brought[first : last + 1])


def _line_of(content: str, brought: Brought) -> tuple[int, int]:
    start = content.rfind("\n", 0, brought.start) + 1
    end = content.find("\n", brought.end)
    return start, len(content) if end < 0 else end + 1


def _indent(content: str, start: int) -> str:
    line = content[start:]
    return line[: len(line) - len(line.lstrip(" \t"))]
