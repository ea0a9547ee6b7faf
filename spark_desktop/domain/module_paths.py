"""Which files of the workspace the module of an import is, language by language."""

import posixpath
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from spark_desktop.domain.regex import regex

_JS = ("javascript", "typescript", "tsx")
_JS_ENDS = (".ts", ".tsx", ".mts", ".cts", ".d.ts", ".js", ".jsx", ".mjs", ".cjs")
_PYTHON_ENDS = (".py", ".pyi", "/__init__.py", "/__init__.pyi")
# What a specifier ends with, and what the file that it means may end with.
_COMPILED = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
_OUTSIDE_RUST = ("std", "core", "alloc")
_GO_MODULE = regex(r"^module\s+(\S+)", re.M)
_CARGO_NAME = regex(r"^\[package\][^\[]*?^name\s*=\s*[\"']([^\"']+)", re.M | re.S)


class Tree:
    """The files of the workspace; ``manifests`` are the texts of its go.mod and Cargo.toml."""

    def __init__(self, paths: Iterable[str], manifests: Mapping[str, str] | None = None) -> None:
        self.paths = frozenset(paths)
        self._manifests = dict(manifests or {})
        self._by_name: dict[str, list[str]] = {}
        for path in self.paths:
            self._by_name.setdefault(PurePosixPath(path).name, []).append(path)

    def files(self, language: str, importer: str, module: str) -> frozenset[str]:
        """Return the files that the module may be, none for one outside of the workspace."""
        if language == "python":
            return self._python(importer, module)
        if language in _JS:
            return self._javascript(importer, module)
        if language == "go":
            return self._go(module)
        if language == "rust":
            return self._rust(importer, module)
        return self._included(importer, module)

    def _python(self, importer: str, module: str) -> frozenset[str]:
        name = module.lstrip(".")
        dots = len(module) - len(name)
        tail = name.replace(".", "/")
        if dots:
            folder = PurePosixPath(importer).parent
            for _ in range(dots - 1):
                folder = folder.parent
            return self._ended(_joined(str(folder), tail), _PYTHON_ENDS)
        found: dict[str, frozenset[str]] = {}
        for end in _PYTHON_ENDS:
            whole = tail + end
            for path in self._by_name.get(PurePosixPath(whole).name, ()):
                if path == whole or path.endswith(f"/{whole}"):
                    root = path[: -len(whole)].rstrip("/")
                    found[root] = found.get(root, frozenset()) | {path}
        roots = [root for root in found if f"{root}/__init__.py".lstrip("/") not in self.paths]
        if not roots:
            return frozenset()
        if "" in roots:
            return found[""]
        around = [root for root in roots if importer.startswith(f"{root}/")]
        if around:
            return found[max(around, key=len)]
        # Several that are as good: whoever asks sees that it is not clear.
        return frozenset().union(*(found[root] for root in roots))

    def _javascript(self, importer: str, module: str) -> frozenset[str]:
        if module.startswith("."):
            return self._specified(_joined(posixpath.dirname(importer), module))
        if module.startswith(("@/", "~/")):
            found: frozenset[str] = frozenset()
            for root in {"", *(path.partition("src/")[0] + "src" for path in self.paths)}:
                found |= self._specified(_joined(root, module[2:]))
            return found
        return frozenset()

    def _specified(self, stem: str) -> frozenset[str]:
        if stem in self.paths:
            return frozenset({stem})
        bare, end = posixpath.splitext(stem)
        compiled = self._ended(bare, _COMPILED.get(end, ()))
        return (
            compiled
            or self._ended(stem, _JS_ENDS)
            or self._ended(stem, tuple(f"/index{one}" for one in _JS_ENDS))
        )

    def go_root(self, folder: str) -> str | None:
        """Return the folder of the go.mod around a folder; None where there is none."""
        found = self._go_around(folder)
        return None if found is None else found[0]

    def go_module(self, folder: str) -> str | None:
        """Return the path by which Go imports a folder; None where no go.mod is around it."""
        found = self._go_around(folder)
        return None if found is None else found[1]

    def _go_around(self, folder: str) -> tuple[str, str] | None:
        found: tuple[str, str] | None = None
        for path, text in self._manifests.items():
            said = _GO_MODULE.search(text) if path.endswith("go.mod") else None
            root = posixpath.dirname(path)
            is_around = not root or folder == root or folder.startswith(f"{root}/")
            if said is None or not is_around or (found is not None and len(found[0]) >= len(root)):
                continue
            rest = folder[len(root) :].strip("/")
            found = root, f"{said[1]}/{rest}" if rest else said[1]
        return found

    def _go(self, module: str) -> frozenset[str]:
        folder = None
        for path, text in self._manifests.items():
            said = _GO_MODULE.search(text) if path.endswith("go.mod") else None
            if said and (module == said[1] or module.startswith(f"{said[1]}/")):
                folder = _joined(posixpath.dirname(path), module[len(said[1]) :].strip("/"))
        if folder is None:
            return frozenset()
        return frozenset(
            path
            for path in self.paths
            if path.endswith(".go") and posixpath.dirname(path) == folder
        )

    def _rust(self, importer: str, module: str) -> frozenset[str]:
        first, _, rest = module.partition("::")
        own, root = _rust_module(importer)
        parts = [part for part in rest.split("::") if part]
        if first in _OUTSIDE_RUST:
            return frozenset()
        if first == "crate":
            return self._rust_files(root, parts)
        if first == "self":
            return self._rust_files(root, [*own, *parts])
        if first == "super":
            ups = 1
            while parts and parts[0] == "super":
                parts, ups = parts[1:], ups + 1
            # Written in a module within the file, the first step up leads to the file itself.
            above = self._rust_files(root, [*own[: max(0, len(own) - ups)], *parts])
            inline = self._rust_files(root, [*own[: max(0, len(own) - ups + 1)], *parts])
            return above | inline
        here = self._rust_files(root, [*own, first, *parts])
        if here:
            return here
        for path, text in self._manifests.items():
            name = _CARGO_NAME.search(text) if path.endswith("Cargo.toml") else None
            if name and name[1].replace("-", "_") == first:
                source = _joined(posixpath.dirname(path), "src")
                if parts:
                    return self._rust_files(source, parts)
                return frozenset({f"{source}/lib.rs"}) & self.paths
        return frozenset()

    def _rust_files(self, root: str, parts: list[str]) -> frozenset[str]:
        if not parts:
            tops = (f"{root}/lib.rs", f"{root}/main.rs")
            return frozenset(path.lstrip("/") for path in tops) & self.paths
        return self._ended(_joined(root, "/".join(parts)), (".rs", "/mod.rs"))

    def _included(self, importer: str, module: str) -> frozenset[str]:
        near = _joined(posixpath.dirname(importer), module)
        if near in self.paths:
            return frozenset({near})
        whole = posixpath.normpath(module)
        same = self._by_name.get(PurePosixPath(whole).name, ())
        return frozenset(path for path in same if path == whole or path.endswith(f"/{whole}"))

    def _ended(self, stem: str, ends: Iterable[str]) -> frozenset[str]:
        return frozenset(stem + end for end in ends if stem + end in self.paths)


def python_module(path: str) -> str:
    """Return the dotted name of a Python file from the workspace's top."""
    stem = path.removesuffix(".pyi").removesuffix(".py").removesuffix("/__init__")
    return stem.replace("/", ".")


def relative_specifier(importer: str, target: str, like: str) -> str:
    """Return how a JavaScript file names another one, with an ending where ``like`` has one."""
    found = posixpath.relpath(target, posixpath.dirname(importer) or ".")
    found = found if found.startswith(".") else f"./{found}"
    bare = re.sub(r"(\.d)?\.[cm]?[jt]sx?$", "", found)
    end = posixpath.splitext(like)[1]
    if end in _JS_ENDS:
        return f"{bare}{end}"
    return re.sub(r"/index$", "", bare)


def rust_module_of(path: str) -> str:
    """Return how a Rust file is named in its crate, from ``crate`` on."""
    own, _root = _rust_module(path)
    return "::".join(("crate", *own))


def are_in_one_crate(one: str, other: str, tree: Tree) -> bool:
    """Return whether ``crate`` is the same in two Rust files, as far as that is sure."""
    crates = []
    for path in (one, other):
        own, root = _rust_module(path)
        is_apart = "src" not in PurePosixPath(path).parts or own[:1] == ["bin"]
        # A program beside a library is a crate of its own.
        is_main = path == f"{root}/main.rs" and f"{root}/lib.rs" in tree.paths
        crates.append(path if is_apart or is_main else root)
    return crates[0] == crates[1]


def _rust_module(path: str) -> tuple[list[str], str]:
    """Return the names of a file's module from its crate's root on, and the root's folder."""
    parts = list(PurePosixPath(path).with_suffix("").parts)
    if "src" not in parts:
        # A test, an example or a bench is a crate of its own.
        return [], posixpath.dirname(path)
    at = len(parts) - 1 - parts[::-1].index("src")
    own = parts[at + 1 :]
    if (own and own[-1] == "mod") or (len(own) == 1 and own[0] in ("lib", "main")):
        own = own[:-1]
    return own, "/".join(parts[: at + 1])


def _joined(folder: str, rest: str) -> str:
    found = posixpath.normpath(posixpath.join(folder, rest)) if folder or rest else ""
    return "" if found == "." else found
