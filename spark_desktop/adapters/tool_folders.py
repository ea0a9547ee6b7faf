"""Which folders outside the project a check may read: the tools that people have in their homes.

Programs that version managers put there, packages that were fetched, toolchains. Never the home
itself, and none where keys are kept: of cargo's folder for example all but its credentials.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from spark_desktop.domain.regex import regex
from spark_desktop.domain.secret_files import secret_name

_IN_HOME = (
    *(".local/bin", ".local/lib", ".local/pipx/venvs", ".local/share/pipx/venvs", ".pyenv"),
    *(".local/share/uv/python", ".local/share/uv/tools", ".local/share/mise/installs", ".volta"),
    *(".local/share/fnm", ".fnm", ".asdf/installs", ".asdf/shims", ".cargo/bin", ".cargo/git"),
    *(".cargo/registry", ".rustup", "go/bin", "go/pkg", ".bun/bin", ".deno/bin", ".sdkman"),
    *(".nvm/versions", ".rbenv", ".ghcup/bin", ".ghcup/ghc", "miniconda3", "miniforge3"),
)
# Variables that name such folders, with what below them is read.
_NAMED = {
    "CARGO_HOME": ("bin", "git", "registry"),
    "RUSTUP_HOME": ("",),
    "GOPATH": ("bin", "pkg"),
    "GOROOT": ("",),
    "VIRTUAL_ENV": ("",),
    "CONDA_PREFIX": ("",),
    "PYENV_ROOT": ("",),
    "NVM_DIR": ("versions",),
    "JAVA_HOME": ("",),
}
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/opt", "/nix/store", "/gnu/store")
_HOME_OF_VENV = regex(r"^home\s*=\s*(.+?)\s*$", re.MULTILINE)


class ToolFolders:
    """For one project; ``private`` are folders that nothing may show, nor what they are in."""

    def __init__(
        self, root: Path, home: Path, environment: Mapping[str, str], private: Iterable[Path] = ()
    ) -> None:
        self._root, self._home = root, home
        self._environment = environment
        self._private = (home, Path(os.path.realpath(home)), *private)

    def readable(self, more: Iterable[Path] = ()) -> dict[Path, Path]:
        """Return the places with what stands there; ``more`` are programs or folders besides."""
        found: dict[Path, Path] = {}
        for place in (*self._candidates(), *more):
            for one in (place, *_beside(place)):
                if self._may_be_seen(one):
                    found[one] = Path(os.path.realpath(one))
        # A folder that is in another one is there already.
        return {
            place: source
            for place, source in found.items()
            if not any(place.is_relative_to(other) and place != other for other in found)
        }

    def _candidates(self) -> Iterator[Path]:
        for name in _IN_HOME:
            yield self._home / name
        for variable, parts in _NAMED.items():
            for folder in self._environment.get(variable, "").split(os.pathsep):
                if Path(folder).is_absolute():
                    yield from (Path(folder) / part for part in parts)
        for folder in self._environment.get("PATH", "").split(os.pathsep):
            if Path(folder).is_absolute():
                yield Path(folder)

    def _may_be_seen(self, place: Path) -> bool:
        real = Path(os.path.realpath(place))
        if not real.exists() or any(place.is_relative_to(part) for part in _SYSTEM):
            return False
        if place == self._root or self._root.is_relative_to(place):
            return False
        if place.is_relative_to(self._root):
            return False  # the shadow's own business
        shows = any(one.is_relative_to(part) for one in self._private for part in (place, real))
        return not shows and not secret_name(str(place)) and not secret_name(str(real))


def python_homes(folder: Path) -> tuple[Path, ...]:
    """Return what a virtual environment needs besides itself: the installation it was made of."""
    try:
        text = (folder / "pyvenv.cfg").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ()
    found = _HOME_OF_VENV.search(text)
    if found is None:
        return ()
    home = Path(found[1])
    return (home.parent, Path(os.path.realpath(home)).parent)


def _beside(place: Path) -> tuple[Path, ...]:
    """Return what a folder of programs needs besides: the libraries of its installation."""
    if place.name == "bin" and (place.parent / "pyvenv.cfg").is_file():
        return (place.parent, *python_homes(place.parent))
    if (place / "pyvenv.cfg").is_file():
        return python_homes(place)
    if place.name == "bin" and any((place.parent / "lib").glob("node_modules")):
        return (place.parent / "lib",)
    return ()
