"""Imports that a file gets, and names that it no longer imports. Pure."""

import posixpath
import re

from spark_desktop.domain.file_names import Brought, FileNames
from spark_desktop.domain.module_paths import (
    Tree,
    are_in_one_crate,
    python_module,
    relative_specifier,
    rust_module_of,
)
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text import dominant_newline
from spark_desktop.domain.text_edits import TextEdit

_JS = ("javascript", "typescript", "tsx")
# What declares the names of an import stands before it, what ends it behind.
_DECLARES = regex(r"\s*(?:(?:export|const|let|var)\s+)*")
_ENDS = regex(r"[ \t]*;?[ \t]*(?:(?:#|//)[^\n]*)?\r?\n?")
_DIRECTIVE = regex(r"(?:[ \t]*//[^\n]*\n|\s*\n)*([\"'])use \w+\1;?[ \t]*\r?\n")
_REQUIRES = regex(r"\bmodule\.exports\b|^exports\.\w|\brequire\(", re.MULTILINE)
_IMPORTS = regex(r"^(?:import|export)\b", re.MULTILINE)


def taken_out(file: FileNames, brought: Brought) -> TextEdit | None:
    """Return the edit that takes a name out of its import, with the statement if it is alone."""
    if brought.count == 1:
        start, end = lines_of(file.content, brought)
        is_alone = _DECLARES.fullmatch(file.content[start : brought.start]) and _ENDS.fullmatch(
            file.content[brought.end : end]
        )
        return TextEdit(start, end, "") if is_alone else None
    content, at = file.content, brought.name_at
    end = at + len(brought.name)
    if alias := re.match(r"\s+as\s+[\w$]+|\s*:\s*[\w$]+", content[end : brought.end]):
        end += alias.end()
    start = at
    if kind := re.search(r"\btype\s+$", content[brought.start : at]):
        start = brought.start + kind.start()
    if after := re.match(r"\s*,[ \t]*(\r?\n(?=\s*[\w$]))?[ \t]*", content[end : brought.end]):
        gap = after[0]
        # A name on a line of its own takes its line along.
        line_start = content.rfind("\n", 0, start) + 1
        if after[1] is not None and not content[line_start:start].strip():
            return TextEdit(line_start, end + gap.index("\n") + 1, "")
        return TextEdit(start, end + len(gap), "")
    if before := re.search(r",\s*$", content[brought.start : start]):
        return TextEdit(brought.start + before.start(), end, "")
    return None


def import_edit(name: str, home: str, file: FileNames, tree: Tree) -> TextEdit | None:
    """Return what imports a name from its file, among others of that where there are some.

    In Python, TypeScript and Rust; the file does not define it itself. None where that is not
    known: where only functions import from there, a cycle of modules may be the reason.
    """
    known = [
        one
        for one in file.brought
        if one.name_at >= 0
        and home in tree.files(file.language, file.path, one.module)
        and not one.local.startswith("export ")
        and not file.content.startswith("import type", one.start)
    ]
    same = [one for one in known if not indent_of(file.content, one)]
    if known and not same:
        return None
    if same and file.language != "rust":
        return beside(file.content, same, name, name)
    language = file.language
    if language == "python":
        own = [one.module for one in file.brought if one.module.startswith(".")]
        is_absolute = any(one.module and not one.module.startswith(".") for one in file.brought)
        is_relative = bool(own) or (not is_absolute and _is_package(file.path, tree))
        root = "" if is_relative else _python_root(home, file, tree)
        module = python_name(file.path, home, is_relative, root)
        statement = f"from {module} import {name}"
    elif language in _JS:
        if _REQUIRES.search(file.content) and not _IMPORTS.search(file.content):
            return None
        like = next((one.module for one in file.brought if one.module.startswith(".")), "")
        module = relative_specifier(file.path, home, like)
        statement = f'import {{ {name} }} from "{module}";'
    else:
        module = rust_module_of(home)
        first = same[0].module.partition("::")[0] if same else "crate"
        if first not in ("crate", "super", "self"):
            module = f"{first}{module.removeprefix('crate')}"
        elif not are_in_one_crate(file.path, home, tree):
            return None
        statement = f"use {module}::{name};"
    newline = dominant_newline(file.content)
    at = _after_imports(file)
    following = file.content[at:].partition("\n")[0].strip()
    is_apart = not following or any(one.start == at for one in file.brought)
    return TextEdit(at, at, f"{statement}{newline}{'' if is_apart else newline}")


def python_name(importer: str, home: str, is_relative: bool, root: str) -> str:
    """Return how a Python file names another, from ``root`` on where it does so absolutely."""
    module = python_module(home)
    if not is_relative:
        return module.removeprefix(root.replace("/", "."))
    here = posixpath.dirname(importer).split("/") if "/" in importer else []
    there = module.split(".")
    common = 0
    while common < min(len(here), len(there)) and here[common] == there[common]:
        common += 1
    return "." * (len(here) - common + 1) + ".".join(there[common:])


def root_of(brought: Brought, home: str) -> str:
    """Return the folder from which an absolute import names the file, with its slash."""
    tail = brought.module.replace(".", "/")
    whole = python_module(home).replace(".", "/")
    return whole.removesuffix(tail)


def beside(content: str, same: list[Brought], name: str, written: str) -> TextEdit:
    """Return the edit that puts a name among others, in order where they are."""
    first = same[0].start
    there = [one for one in same if one.start == first]
    names = [one.name for one in there]
    later = next((one for one in there if one.name > name), None)
    if content[there[0].name_at - 2 : there[0].name_at] == "::":
        # The only one that is brought in Rust: ``use crate::limits::MOST;``.
        start, end = there[0].name_at, there[0].end
        old = content[start:end].rstrip().removesuffix(";").rstrip()
        both = f"{written}, {old}" if later is not None else f"{old}, {written}"
        return TextEdit(start, start + len(old), f"{{{both}}}")
    if later is not None and names == sorted(names):
        return TextEdit(later.name_at, later.name_at, f"{written}, ")
    last = there[-1]
    end = last.name_at + len(last.name)
    if alias := re.match(r"\s+as\s+[\w$]+", content[end : last.end]):
        end += alias.end()
    return TextEdit(end, end, f", {written}")


def lines_of(content: str, brought: Brought) -> tuple[int, int]:
    """Return the whole lines of an import, with what declares it."""
    start = content.rfind("\n", 0, brought.start) + 1
    end = content.find("\n", brought.end)
    return start, len(content) if end < 0 else end + 1


def indent_of(content: str, brought: Brought) -> str:
    """Return the blanks before an import, "" for one that stands at the file's margin."""
    start = content.rfind("\n", 0, brought.start) + 1
    found = re.match(r"[ \t]*", content[start : brought.start])
    return found[0] if found else ""


def _is_package(path: str, tree: Tree) -> bool:
    return posixpath.join(posixpath.dirname(path), "__init__.py") in tree.paths


def _after_imports(file: FileNames) -> int:
    """Return the line behind the imports at the file's top, else behind its first comments."""
    top = [one for one in file.brought if not indent_of(file.content, one)]
    # What is imported further down may come too late.
    first = min((one.name_at for one in file.defined), default=len(file.content))
    early = [one for one in top if one.start < first] or top[:1]
    if early and (file.language != "python" or _is_unbroken(file.content, early)):
        return max(lines_of(file.content, one)[1] for one in early)
    if early:
        return lines_of(file.content, early[0])[1]
    if file.language in _JS and (directive := _DIRECTIVE.match(file.content)):
        return directive.end()
    docstring = re.match(
        r"(?:[ \t]*(?:#|//)[^\n]*\n|\s*\n)*(?:(\"\"\"|''')(?s:.*?)\1[^\n]*\n\s*)?", file.content
    )
    return docstring.end() if docstring else 0


def _is_unbroken(content: str, imports: list[Brought]) -> bool:
    """Return whether the imports at the top of a file of Python are all before its other code."""
    between = content[lines_of(content, imports[0])[1] : imports[-1].start]
    return re.search(r"^(?!import\b|from\b|#|\)|try:|except\b|else:|if\b)\S", between, re.M) is None


def _python_root(home: str, file: FileNames, tree: Tree) -> str:
    """Return the folder from which absolute imports begin, with its slash, "" for the top."""
    for one in file.brought:
        if one.module and not one.module.startswith("."):
            whole = one.module.replace(".", "/")
            for path in tree.files("python", file.path, one.module):
                root = python_module(path).replace(".", "/").removesuffix(whole)
                if home.startswith(root):
                    return root
    folder = posixpath.dirname(home)
    if not _is_package(home, tree):
        return ""
    while folder and _is_package(f"{folder}/x", tree):
        folder = posixpath.dirname(folder)
    return f"{folder}/" if folder else ""


def imports_back(text: str, home: str, file: FileNames, tree: Tree) -> bool:
    """Return whether the text of ``home`` imports the file, which would make a cycle.

    In Python its module, in Go its package; in other languages that does no harm.
    """
    if file.language == "go":
        modules = re.findall(r"^(?:import\s+)?\s*(?:[\w.]+\s+)?\"([^\"\n]+)\"", text, re.M)
        here = posixpath.dirname(file.path)
        reached = [tree.files("go", home, module) for module in modules]
        return any(posixpath.dirname(path) == here for files in reached for path in files)
    if file.language != "python":
        return False
    named = re.findall(
        r"^from[ \t]+(\S+)[ \t]+import[ \t]+\(?([^)\n]*(?:\n[^)\n]*)*?)(?:\)|$)", text, re.M
    )
    for module, names in named:
        dot = "" if module.endswith(".") else "."
        inner = [f"{module}{dot}{name}" for name in re.findall(r"\w+", names)]
        if any(file.path in tree.files("python", home, one) for one in (module, *inner)):
            return True
    whole = re.findall(r"^import[ \t]+([\w.]+)", text, re.M)
    return any(file.path in tree.files("python", home, one) for one in whole)
