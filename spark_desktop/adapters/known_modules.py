"""Whether an imported module exists: on disk, installed, or among what the project declares."""

import builtins
import re
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from spark_desktop.adapters.module_lists import (
    GO_STANDARD,
    NODE_BUILTINS,
    PYTHON_DISTRIBUTIONS,
    RUST_BUILTINS,
)
from spark_desktop.domain.regex import regex

_PYTHON_ENDS = (".py", ".pyi", ".pyx", ".so", ".pyd")
_PYTHON_DECLARES = (
    *("pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "environment.yml", "environment.yaml"),
    *("tox.ini", "noxfile.py", "requirements*.txt", "requirements/*.txt", "uv.lock", "poetry.lock"),
)
_ENVIRONMENTS = (".venv", "venv", "env", ".env")
_SCRIPT_ENDS = ("", ".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".json")
# What bundlers make of a name that is no file.
_VIRTUAL = ("@/", "~", "#", "$", "virtual:", "http:", "https:", "npm:", "jsr:", "bun:", "data:")
_MADE = regex(r"_version$|_pb2|_generated|generated|\bgen\b|\.gen$")
_WORD = regex(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_GO_NEEDS = regex(r"^\s*(?:require\s+|replace\s+)?([\w.-]+\.[\w-]+(?:/[^\s]+)?)\s+(?:v|=>)", re.M)
_GO_MODULE = regex(r"^module\s+(\S+)", re.MULTILINE)
_KEYS = regex(r"\"([^\"\s]+)\"\s*:")
_CRATES = regex(r"^\s*(?:\[(?:[\w-]+\.)*dependencies\.)?\"?([A-Za-z][\w-]*)\"?\s*(?:[.=\]])", re.M)
_MOST_BYTES = 2_000_000


class KnownModules:
    """Looks at the project in ``root``; its methods read files, so call them in an OS thread."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def exists(self, path: str, module: str) -> bool | None:
        """Return whether what the file imports exists; None where that cannot be told."""
        suffix = PurePosixPath(path).suffix.lower()
        if suffix in (".py", ".pyw"):
            return self._python(path, module)
        if suffix in (".ts", ".tsx", ".js", ".jsx", ".mts", ".cts", ".mjs", ".cjs"):
            return self._script(path, module)
        if suffix == ".go":
            return self._go(path, module)
        if suffix == ".rs":
            return self._rust(path, module)
        return None

    def _python(self, path: str, module: str) -> bool | None:
        if module.startswith("."):
            return self._python_near(path, module)
        top, *inner = module.split(".")
        if top in sys.stdlib_module_names or hasattr(builtins, top):
            return True
        if _MADE.search(module):
            return None
        own = self._python_own(path, top, inner)
        if own:
            return True
        declared = self._python_declared(path)
        known = PYTHON_DISTRIBUTIONS.get(top, ())
        names = {_plain(name) for name in (top, *known)}
        if any(name in one or one in name for one in declared for name in names if len(one) > 2):
            return None if inner else True
        installed = self._installed(path, top)
        if installed is not None:
            return None if installed and inner else installed
        if own is False:
            return False
        return False if declared else None

    def _python_near(self, path: str, module: str) -> bool | None:
        name = module.lstrip(".")
        folder = (self._root / path).parent
        for _ in range(len(module) - len(name) - 1):
            folder = folder.parent
        if _MADE.search(module) or not folder.is_dir():
            return None
        return not name or _is_python(folder.joinpath(*name.split(".")))

    def _python_own(self, path: str, top: str, inner: list[str]) -> bool | None:
        """Return whether a module of the project is there; None where it is none of the project."""
        found: bool | None = None
        for folder in self._above(path):
            for base in (folder, folder / "src"):
                if not _is_python(base / top):
                    continue
                if _is_python(base.joinpath(top, *inner)):
                    return True
                # A folder of scripts may have the name of somebody's package.
                is_package = (base / top / "__init__.py").exists() or (base / f"{top}.py").exists()
                found = False if is_package else found
        return found

    def _python_declared(self, path: str) -> frozenset[str]:
        words: set[str] = set()
        for folder in self._above(path):
            for pattern in _PYTHON_DECLARES:
                for file in folder.glob(pattern):
                    words.update(map(_plain, _WORD.findall(_text(file))))
        return frozenset(words)

    def _installed(self, path: str, top: str) -> bool | None:
        """Return whether the project's environment has the module; None without one to look at."""
        for folder in self._above(path):
            for name in _ENVIRONMENTS:
                sites = [
                    *(folder / name).glob("lib/python*/site-packages"),
                    *(folder / name).glob("Lib/site-packages"),
                ]
                if not sites:
                    continue
                if any(_is_python(site / top) or any(site.glob(f"{top}.*")) for site in sites):
                    return True
                # What is installed for editing lies elsewhere; where, is for its own code to say.
                editable = any(any(site.glob("__editable__*")) for site in sites)
                linked = any(any(site.glob("*.pth")) for site in sites)
                return None if editable or linked else False
        return None

    def _script(self, path: str, module: str) -> bool | None:
        module = module.partition("?")[0]
        if module.startswith("."):
            if _MADE.search(module):
                return None
            return _is_script((self._root / path).parent / module)
        if module.startswith(_VIRTUAL) or ":" in module:
            return True if module.startswith("node:") else None
        parts = module.split("/")
        name = "/".join(parts[:2]) if module.startswith("@") else parts[0]
        if name in NODE_BUILTINS:
            return True
        manifests = [file for at in self._above(path) if (file := at / "package.json").exists()]
        if not manifests:
            return None
        for folder in self._above(path):
            if (folder / "node_modules" / name).exists():
                return True
            configured = [_text(folder / one) for one in ("tsconfig.json", "jsconfig.json")]
            if any("paths" in text or "baseUrl" in text for text in configured):
                return None
        text = "".join(map(_text, manifests))
        types = f"@types/{name.removeprefix('@').replace('/', '__')}"
        declared = set(_KEYS.findall(text)) | set(re.findall(r"\"name\"\s*:\s*\"([^\"]+)\"", text))
        if name in declared or types in declared:
            return True
        # Packages of a workspace may import one another.
        return None if "workspaces" in text or self._has("pnpm-workspace.yaml") else False

    def _go(self, path: str, module: str) -> bool | None:
        if module in GO_STANDARD or module in ("C", "unsafe"):
            return True
        file = next((f for at in self._above(path) if (f := at / "go.mod").exists()), None)
        if file is None:
            return None
        text = _text(file)
        own = _GO_MODULE.search(text)
        if own is not None and (module == own[1] or module.startswith(f"{own[1]}/")):
            folder = file.parent / module[len(own[1]) + 1 :]
            return any(folder.glob("*.go")) or (None if _MADE.search(module) else False)
        if "." not in module.split("/")[0]:
            # A package of Go itself that is newer than this list, perhaps.
            head = module.split("/")[0]
            return None if any(one.split("/")[0] == head for one in GO_STANDARD) else False
        if self._has("go.work") or (file.parent / "vendor" / module).is_dir():
            return None
        needs = _GO_NEEDS.findall(text)
        return any(module == one or module.startswith(f"{one}/") for one in needs)

    def _rust(self, path: str, module: str) -> bool | None:
        top = module.partition("::")[0]
        if top in RUST_BUILTINS or top[:1].isupper():
            return True
        if module.startswith("mod "):
            return None
        file = next((f for at in self._above(path) if (f := at / "Cargo.toml").exists()), None)
        if file is None:
            return None
        text = "".join(_text(at / "Cargo.toml") for at in self._above(path))
        declared = {name.replace("-", "_") for name in _CRATES.findall(text)}
        names = re.findall(r"name\s*=\s*\"([\w-]+)\"", text)
        return top in declared | {name.replace("-", "_") for name in names} or None

    def _above(self, path: str) -> Iterator[Path]:
        """Return the file's folder and those above it, up to the root."""
        parts = PurePosixPath(path).parts[:-1]
        for count in range(len(parts), -1, -1):
            yield self._root.joinpath(*parts[:count])

    def _has(self, name: str) -> bool:
        return (self._root / name).exists()


def _is_python(lead: Path) -> bool:
    if any(lead.with_name(lead.name + end).exists() for end in _PYTHON_ENDS):
        return True
    if lead.is_dir():
        return any(any(lead.glob(f"**/*{end}")) for end in _PYTHON_ENDS)
    return lead.parent.is_dir() and any(lead.parent.glob(f"{lead.name}.*.so"))


def _is_script(lead: Path) -> bool:
    if any(lead.with_name(lead.name + end).exists() for end in _SCRIPT_ENDS if lead.name):
        return True
    stem = lead.with_suffix("")
    if lead.suffix in (".js", ".jsx", ".mjs", ".cjs"):
        written = (lead.suffix.replace("js", "ts"), ".tsx", ".d.ts")
        return any(stem.with_name(stem.name + end).exists() for end in written)
    return lead.is_dir()


def _plain(name: str) -> str:
    return re.sub(r"[._-]+", "_", name).casefold().removeprefix("python_")


def _text(file: Path) -> str:
    try:
        with file.open(encoding="utf-8", errors="replace") as stream:
            return stream.read(_MOST_BYTES)
    except OSError:
        return ""
