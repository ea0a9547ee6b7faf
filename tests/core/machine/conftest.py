"""A source archive and a CMake that are made of a few lines, for builds that take no time."""

import io
import os
import sys
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

VERSION = "2026.10.1"
ROOT = f"xllamacpp-{VERSION}/thirdparty/llama.cpp"
SOURCE = {
    f"{ROOT}/CMakeLists.txt": b"project(llama)",
    f"{ROOT}/LICENSE": b"MIT",
    f"{ROOT}/src/llama.cpp": b"int main;",
    f"{ROOT}/models/large.gguf": b"not needed",
    f"xllamacpp-{VERSION}/setup.py": b"not needed either",
}

# What CMake is called with: '-S … -B FOLDER …', then '--build FOLDER …'.
_CMAKE = """
import pathlib, sys
words = sys.argv[1:]
if "-B" in words:
    folder = pathlib.Path(words[words.index("-B") + 1])
    folder.mkdir()
    print("-- Configuring done")
    {configure}
else:
    folder = pathlib.Path(words[1])
    print("[ 50%] Building CXX object", flush=True)
    {compile}
    (folder / "bin").mkdir()
    for name in ("libllama.so.0", "libggml.so", "libllama.dylib", "llama.dll"):
        (folder / "bin" / name).write_bytes(b"library")
    if sys.platform != "win32":
        (folder / "bin" / "libllama.so").symlink_to("libllama.so.0")
    print("[100%] Built target llama")
"""


def pack(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write a source archive."""
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """The source archive of a version."""
    return pack(tmp_path / f"xllamacpp-{VERSION}.tar.gz", SOURCE)


MakeCmake = Callable[..., Path]


@pytest.fixture
def make_cmake(tmp_path: Path) -> MakeCmake:
    """Write a program that does what CMake would, with lines of Python of the test's own."""

    def make(configure: str = "pass", compile: str = "pass") -> Path:
        script = tmp_path / "cmake.py"
        script.write_text(_CMAKE.format(configure=configure, compile=compile))
        if os.name == "nt":
            program = tmp_path / "cmake.bat"
            program.write_text(f'@"{sys.executable}" "{script}" %*\n')
        else:
            program = tmp_path / "cmake"
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n')
            program.chmod(0o755)
        return program

    return make
