"""A repository of very many small files in many folders, with two branches, as git makes it."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

A_FOLDER = 50
_SOURCE = (
    '"""Module {number} of {branch}."""\n\n\n'
    "def value_{number}(first, second=1):\n"
    '    """Return what module {number} is for."""\n'
    "    return first * {number} + second\n\n\n"
    "class Thing{number}:\n"
    "    def __init__(self, name):\n"
    "        self.name = name\n\n"
    "    def told(self):\n"
    '        return f"{{self.name}} of {number}"\n\n\n'
    "def todo_{number}():\n    pass\n"
)


def path_of(number: int) -> str:
    """Return the path of a file: fifty to a folder, forty folders to a package."""
    folder = number // A_FOLDER
    return f"package_{folder // 40}/part_{folder}/module_{number}.py"


def make(root: Path, files: int, switched: int) -> list[str]:
    """Make the repository with ``main`` checked out; ``other`` has other texts in some files.

    Return the paths of these ``switched`` files, which are spread evenly.
    """
    root.mkdir(parents=True)
    git(root, "init", "-q", "-b", "main")
    numbers = range(0, files, files // switched)[:switched]
    stream = b"".join(_commits(files, numbers))
    git(root, "fast-import", "--quiet", data=stream)
    git(root, "checkout", "-q", "-f", "main")
    return [path_of(number) for number in numbers]


def git(root: Path, *arguments: str, data: bytes = b"") -> None:
    """Run git in the folder."""
    environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *arguments], cwd=root, input=data, check=True, env=environment)


def _commits(files: int, numbers: range) -> Iterator[bytes]:
    yield _head("main", "")
    for number in range(files):
        yield _file(number, "main")
    yield _head("other", "main")
    for number in numbers:
        yield _file(number, "other")


def _head(branch: str, source: str) -> bytes:
    start = f"from refs/heads/{source}\n" if source else ""
    who = "committer A <a@example.com> 1700000000 +0000\n"
    return f"commit refs/heads/{branch}\n{who}data {len(branch)}\n{branch}\n{start}".encode()


def _file(number: int, branch: str) -> bytes:
    text = _SOURCE.format(number=number, branch=branch).encode()
    return f"M 100644 inline {path_of(number)}\ndata {len(text)}\n".encode() + text + b"\n"
