"""Which code a failing test is about: the names that it calls, and where they may stand. Pure."""

import posixpath
import re
from collections.abc import Collection, Iterable, Sequence

from spark_desktop.domain.regex import regex
from spark_desktop.domain.test_pairs import is_test

_CALLED = regex(r"([A-Za-z_]\w*)\s*(?:::<[^<>]*>)?\(")
_READ = regex(r"\.([A-Za-z_]\w*)\b(?!\s*\()")
# A function that is handed over: ``map(read)``, ``.map(Layer::of)``, ``sorted(xs, key=weight)``.
_HANDED = regex(r"[(,=]\s*&?(?:[A-Za-z_]\w*(?:::|\.))*([A-Za-z_]\w*)\s*(?=[,)])")
_STRING = regex(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")
_PYTHON_FROM = regex(r"^\s*from\s+(\.*[\w.]*)\s+import\s+\(?([^()#\n]*)", re.MULTILINE)
_PYTHON_IMPORT = regex(r"^\s*import\s+([\w., ]+)", re.MULTILINE)
_SCRIPT = regex(r"(?:from\s+|require\(\s*|import\(\s*|import\s+)['\"](\.{1,2}/[^'\"\n]+)['\"]")
_INCLUDE = regex(r"^\s*#\s*include\s+[\"<]([^\">\n]+)[\">]", re.MULTILINE)
_OWN = regex(r"^\s*#\s*include\s+\"([^\"\n]+)\"", re.MULTILINE)
_RUST_USE = regex(r"^\s*(?:pub\s+)?use\s+([\w:]+)", re.MULTILINE)
_SCRIPT_ENDS = (
    *("", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts"),
    *("/index.ts", "/index.tsx", "/index.js"),
)
# Bytes of a name that every disk takes.
_PATH = 200
_C_ENDS = (".c", ".cc", ".cpp", ".cxx", ".h", ".hpp", ".hh")


def names_called(lines: Sequence[str], failing: int) -> tuple[str, ...]:
    """Return the names that a test uses, the likeliest to have failed first.

    Those of the ``failing`` line (an index into ``lines``), then of the lines above it from there
    upwards, since a line above computed what was compared, then of those below. What is only
    handed over, for others to call, comes last.
    """
    order = [failing, *range(failing - 1, -1, -1), *range(failing + 1, len(lines))]
    found: dict[str, None] = {}
    handed: dict[str, None] = {}
    for number in order:
        if 0 <= number < len(lines):
            code = _STRING.sub('""', lines[number])
            found |= dict.fromkeys(_CALLED.findall(code))
            found |= dict.fromkeys(_READ.findall(code))
            handed |= dict.fromkeys(_HANDED.findall(code))
    return tuple(found | {name: None for name in handed if name not in found})


def files_imported(path: str, content: str, files: Collection[str]) -> tuple[str, ...]:
    """Return the files of the workspace that a file imports, in its order; an estimate by names."""
    ending = posixpath.splitext(path)[1]
    if ending in (".py", ".pyi"):
        found = _of_python(path, content, files)
    elif ending in (".go",):
        folder = posixpath.dirname(path)
        found = [
            one
            for one in sorted(files)
            if one.endswith(".go") and posixpath.dirname(one) == folder and not is_test(one)
        ]
    elif ending == ".rs":
        found = _of_rust(content, files)
    elif ending in _C_ENDS:
        found = _of_c(content, files)
    else:
        found = _of_script(path, content, files)
    return tuple(dict.fromkeys(one for one in found if one != path))


def headers_included(path: str, content: str) -> tuple[str, ...]:
    """Return the paths that a file of C or C++ includes relative to itself; they may not exist.

    None that leads out of the workspace, or that no disk takes.
    """
    if posixpath.splitext(path)[1] not in _C_ENDS:
        return ()
    folder = posixpath.dirname(path)
    written = [one for one in _OWN.findall(content) if len(one.encode(errors="replace")) < _PATH]
    found = (posixpath.normpath(posixpath.join(folder, one)) for one in written)
    return tuple(dict.fromkeys(one for one in found if not one.startswith(("../", "/"))))


def _of_python(path: str, content: str, files: Collection[str]) -> list[str]:
    modules: list[str] = []
    for match in re.finditer(
        f"{_PYTHON_FROM.pattern}|{_PYTHON_IMPORT.pattern}", content, re.MULTILINE
    ):
        if match[3] is not None:
            modules += [one.split(" as ")[0].strip() for one in match[3].split(",")]
            continue
        module = _absolute(match[1], path)
        names = [one.split(" as ")[0].strip() for one in match[2].split(",")]
        # A name may be a module of a package.
        modules += [f"{module}.{name}".strip(".") for name in names if name] + [module]
    found: list[str] = []
    for module in modules:
        stem = module.replace(".", "/")
        if stem:
            found += _ending_in((f"{stem}.py", f"{stem}/__init__.py"), files)
    return found


def _absolute(module: str, path: str) -> str:
    name = module.lstrip(".")
    level = len(module) - len(name)
    if not level:
        return name
    folders = path.split("/")[:-1]
    kept = folders[: len(folders) - level + 1]
    return ".".join([*kept, name] if name else kept)


def _of_script(path: str, content: str, files: Collection[str]) -> list[str]:
    folder = posixpath.dirname(path)
    found = []
    for written in _SCRIPT.findall(content):
        whole = posixpath.normpath(posixpath.join(folder, written))
        # TypeScript writes the name of what will be compiled.
        stems = [whole, re.sub(r"\.[cm]?jsx?$", "", whole)]
        found += [f"{stem}{end}" for stem in stems for end in _SCRIPT_ENDS if stem + end in files]
    return found


def _of_rust(content: str, files: Collection[str]) -> list[str]:
    found: list[str] = []
    for used in _RUST_USE.findall(content):
        for part in used.split("::")[1:]:
            found += _ending_in((f"src/{part}.rs", f"{part}/mod.rs"), files)
    return [*found, *_ending_in(("src/lib.rs", "src/main.rs"), files)]


def _of_c(content: str, files: Collection[str]) -> list[str]:
    found: list[str] = []
    for written in _INCLUDE.findall(content):
        stem = posixpath.splitext(posixpath.basename(written))[0]
        # What a header declares stands in the file of its name.
        found += _ending_in([f"{stem}{end}" for end in _C_ENDS], files)
    return found


def _ending_in(names: Iterable[str], files: Collection[str]) -> list[str]:
    """Return the files of these paths, else those whose paths end so, the shortest first."""
    found = []
    for name in names:
        if name in files:
            found.append(name)
        else:
            found += sorted((one for one in files if one.endswith(f"/{name}")), key=len)
    return found
