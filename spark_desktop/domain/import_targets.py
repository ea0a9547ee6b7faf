"""Which file of the workspace an import means, as far as paths alone can tell."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from posixpath import basename, dirname, join, normpath
from typing import Protocol

_SCRIPTS = ("ts", "tsx", "js", "jsx", "mts", "cts", "mjs", "cjs")
_SCRIPT_ENDS = (".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mts", ".mjs", ".cts", ".cjs")
_PYTHON = ("py", "pyi", "pyw")
_C = ("c", "cpp", "cc", "cxx", "c++", "hpp", "hh", "hxx", "h", "ipp", "inl")
# Names that stand for the folder they are in.
_FOR_FOLDER = frozenset({"index", "__init__", "mod", "lib", "main"})
_CRATE_FILES = ("src/lib.rs", "src/main.rs")
_ALL = "*"


class Paths(Protocol):
    """The paths of the workspace, "" for its root."""

    @property
    def modules(self) -> Mapping[str, str]:
        """Return the folders of packages by the names that their manifests give them."""
        ...

    def is_file(self, path: str) -> bool:
        """Return whether it is a file of the workspace."""
        ...

    def named(self, name: str) -> Sequence[str]:
        """Return the files with this last name."""
        ...

    def is_folder(self, path: str) -> bool:
        """Return whether files are directly in the folder."""
        ...


def import_keys(path: str, module: str, names: tuple[str, ...]) -> frozenset[str]:
    """Return words of which the imported file has at least one in ``file_keys``."""
    suffix = _suffix(path)
    if suffix in _PYTHON:
        last = module.rpartition(".")[2]
        return frozenset({last or "__init__", *names} - {_ALL})
    if suffix == "rs":
        words = module.removeprefix("mod ").split("::")
        return frozenset({*words, *names} - {_ALL, ""})
    if suffix in ("java", "php"):
        return frozenset({*names, _stem(module)} - {_ALL, ""})
    return frozenset({_stem(normpath(module)).rstrip('">') or "index"})


def file_keys(path: str, modules: Mapping[str, str]) -> frozenset[str]:
    """Return the words by which imports may name the file."""
    folder = dirname(path)
    keys = {_stem(path), basename(folder)}
    if _stem(path) in ("lib", "main"):
        keys |= {"crate", "super"}
    if _stem(path) in _FOR_FOLDER:
        keys |= {"index", "__init__"}
    for name, at in modules.items():
        if at == folder or folder.startswith(f"{at}/") or not at:
            keys |= {name.rpartition("/")[2], name.replace("-", "_")}
    return frozenset(keys - {""})


def targets(
    path: str, module: str, names: tuple[str, ...], paths: Paths
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the files (for Go the folders) that an import in the file ``path`` means.

    Each with those of the names that come from it; "" for what is not of the workspace.
    """
    suffix = _suffix(path)
    if suffix in _PYTHON:
        return _python(path, module, names, paths)
    find = _FINDERS.get(suffix)
    if find is None:
        return (("", names),)
    return ((find(path, module, names, paths), names),)


def _python(
    path: str, module: str, names: tuple[str, ...], paths: Paths
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    for lead in _python_leads(path, module):
        found = _python_file(lead, paths)
        inner = {name: _python_file(join(lead, name), paths) for name in names if name != _ALL}
        apart = {name: target for name, target in inner.items() if target}
        if not found and not apart and not (names == () and paths.is_folder(lead)):
            continue
        rest = tuple(name for name in names if name not in apart)
        own = [(found, rest)] if rest or not names else []
        return (*own, *((target, (name,)) for name, target in apart.items()))
    # Tests and scripts put other folders on the path; which, is not for paths to say.
    elsewhere = paths.named(f"{module}.py") if module.isidentifier() else ()
    return ((elsewhere[0] if len(elsewhere) == 1 else "", names),)


def _python_leads(path: str, module: str) -> Iterator[str]:
    """Return where the module's file may be, without its ending, the likeliest first."""
    name = module.lstrip(".")
    dots = len(module) - len(name)
    parts = name.replace(".", "/")
    if dots:
        folder = dirname(path)
        for _ in range(dots - 1):
            folder = dirname(folder)
        yield join(folder, parts) if parts else folder
        return
    for folder in _above(dirname(path)):
        yield join(folder, parts)
        yield join(folder, "src", parts)


def _python_file(lead: str, paths: Paths) -> str:
    ends = (".py", "/__init__.py", ".pyi", "/__init__.pyi")
    return next((found for end in ends if paths.is_file(found := (lead + end).lstrip("/"))), "")


def _script(path: str, module: str, names: tuple[str, ...], paths: Paths) -> str:
    module = module.partition("?")[0]
    if module.startswith("."):
        return _script_file(normpath(join(dirname(path), module)), paths)
    if module.startswith(("@/", "~/")):
        rest = module[2:]
        leads = (join(folder, "src", rest) for folder in _above(dirname(path)))
        near = (join(folder, rest) for folder in _above(dirname(path)))
        return next(filter(None, (_script_file(lead, paths) for lead in (*leads, *near))), "")
    for name, folder in paths.modules.items():
        if module == name or module.startswith(f"{name}/"):
            rest = module[len(name) + 1 :]
            tried = (join(folder, "src", rest), join(folder, rest))
            return next(filter(None, (_script_file(lead, paths) for lead in tried)), "")
    return ""


def _script_file(lead: str, paths: Paths) -> str:
    lead = lead.rstrip("/").removeprefix("./")
    lead = "" if lead == "." else lead
    tried = [lead, *(lead + end for end in _SCRIPT_ENDS)]
    written, dot, end = lead.rpartition(".")
    if dot and end in ("js", "jsx", "mjs", "cjs"):
        # TypeScript's own imports are written with the ending of what they become.
        tried += [f"{written}.{end.replace('js', 'ts')}", f"{written}.tsx"]
    tried += [join(lead, f"index{end}") for end in _SCRIPT_ENDS]
    return next((one for one in tried if one and paths.is_file(one)), "")


def _go(path: str, module: str, names: tuple[str, ...], paths: Paths) -> str:
    for name, folder in paths.modules.items():
        if module == name:
            return folder or "."
        if module.startswith(f"{name}/"):
            found = join(folder, module[len(name) + 1 :])
            return found if paths.is_folder(found) else ""
    return ""


def _rust(path: str, module: str, names: tuple[str, ...], paths: Paths) -> str:
    own = _rust_folder(path)
    if module.startswith("mod "):
        name = module[4:]
        return _rust_file(join(own, name), paths)
    first, *rest = module.split("::")
    words = [*rest, *(name for name in names if name != _ALL)]
    if first == "crate":
        return _rust_deepest(_crate_of(path, paths), words, paths)
    if first in ("self", "super"):
        folder = own
        while first in ("self", "super"):
            folder = dirname(folder) if first == "super" else folder
            first, *words = words or [""]
        return _rust_deepest(folder, [first, *words], paths)
    if first.replace("_", "-") in paths.modules or first in paths.modules:
        folder = paths.modules.get(first, paths.modules.get(first.replace("_", "-"), ""))
        return _rust_deepest(join(folder, "src"), words, paths)
    return _rust_deepest(own, [first, *words], paths, is_sure=False)


def _rust_folder(path: str) -> str:
    """Return the folder in which the modules of a file are."""
    stem = _stem(path)
    return dirname(path) if stem in ("mod", "lib", "main") else join(dirname(path), stem)


def _crate_of(path: str, paths: Paths) -> str:
    for folder in _above(dirname(path)):
        if any(paths.is_file(join(folder, name)) for name in _CRATE_FILES):
            return join(folder, "src")
    return dirname(path)


def _rust_deepest(folder: str, words: list[str], paths: Paths, is_sure: bool = True) -> str:
    """Return the file of the longest path of modules; the words behind it are its items."""
    for count in range(len(words), 0, -1):
        found = _rust_file(join(folder, *words[:count]), paths)
        if found:
            return found
    if not is_sure:
        return ""
    tried = (*(join(folder, name) for name in ("lib.rs", "main.rs", "mod.rs")), f"{folder}.rs")
    return next((one for one in tried if paths.is_file(one)), "")


def _rust_file(lead: str, paths: Paths) -> str:
    return next((one for one in (f"{lead}.rs", f"{lead}/mod.rs") if paths.is_file(one)), "")


def _c(path: str, module: str, names: tuple[str, ...], paths: Paths) -> str:
    module = module.strip('"<>')
    beside = normpath(join(dirname(path), module))
    if paths.is_file(beside):
        return beside
    for folder in _above(dirname(path)):
        for inner in ("", "include", "src", "inc"):
            found = normpath(join(folder, inner, module))
            if paths.is_file(found):
                return found
    return ""


def _dotted(path: str, module: str, names: tuple[str, ...], paths: Paths) -> str:
    """Return the file of a class by its package: Java's folders, PHP's by its usual layout."""
    name = names[0] if names else ""
    parts = [part for part in module.replace("\\", ".").split(".") if part]
    tails = [[*parts, name], parts, [*parts[1:], name]] if parts else []
    suffix = _suffix(path)
    for folder in _above(dirname(path)):
        for inner in ("", "src", "src/main/java", "app"):
            for tail in tails:
                found = join(folder, inner, *tail) + f".{suffix}"
                if paths.is_file(found):
                    return found
    return ""


def _beside(path: str, module: str, names: tuple[str, ...], paths: Paths) -> str:
    """Return the file that is named as it is, from this one or a folder above."""
    suffix = _suffix(path)
    for folder in _above(dirname(path)):
        for inner in ("", "lib"):
            found = normpath(join(folder, inner, module))
            for one in (found, f"{found}.{suffix}"):
                if paths.is_file(one):
                    return one
    return ""


def _php(path: str, module: str, names: tuple[str, ...], paths: Paths) -> str:
    return (_dotted if names else _beside)(path, module, names, paths)


def _above(folder: str) -> Iterator[str]:
    """Return the folder and those above it, the root ("") last."""
    while folder:
        yield folder
        folder = dirname(folder)
    yield ""


def _suffix(path: str) -> str:
    return basename(path).rpartition(".")[2].lower()


def _stem(path: str) -> str:
    return basename(path).partition(".")[0]


_Finder = Callable[[str, str, tuple[str, ...], Paths], str]
_FINDERS: dict[str, _Finder] = {
    **dict.fromkeys(_SCRIPTS, _script),
    **dict.fromkeys(_C, _c),
    **dict.fromkeys(("rb", "sh", "bash", "rake"), _beside),
    "go": _go,
    "rs": _rust,
    "java": _dotted,
    "php": _php,
}
