"""A small app in the place of the frozen one, its ``.run``, and a home to install it in."""

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from spark_dist.facts import Build, Facts, Size
from spark_dist.run_file import PROGRAMS, Contents, pack

EPOCH = 1_700_000_000
_PROGRAM = '#!/bin/sh\necho "{name} {version} $*"\n'


def small_build(folder: Path, version: str = "0.2.0", size: Size = Size.SLIM) -> Build:
    """A build whose tree has the three programs as shell scripts, and a few odd names."""
    tree = folder / f"tree-{version}"
    (tree / "_internal" / "empty folder").mkdir(parents=True)
    for name in ("spark-desktop", "spark", "spark-core"):
        program = tree / name
        program.write_text(_PROGRAM.format(name=name, version=version))
        program.chmod(0o755)
    (tree / "_internal" / 'it\'s "odd" \\ name.txt').write_text("odd")
    (tree / "_internal" / "link.so").symlink_to("link.so.1")
    (tree / "_internal" / "link.so.1").write_bytes(os.urandom(5000))
    (tree / "models").mkdir()
    (tree / "models" / "tiny.gguf").write_bytes(b"model" * 1000)
    dist = folder / "dist"
    dist.mkdir(exist_ok=True)
    return Build(Facts(version, "0" * 40, EPOCH, os.uname().machine), tree, size, dist)


def small_share(folder: Path, **files: str) -> Path:
    """A share folder with an entry and a page; ``files`` are more, with / as two underscores."""
    share = folder / "share"
    shutil.rmtree(share, ignore_errors=True)
    texts = {
        "applications/spark-desktop.desktop": f'Exec="{PROGRAMS}/spark-desktop" %u\n',
        "man/man1/spark.1": "spark is a part of Spark Desktop\n",
        **{name.replace("__", "/"): text for name, text in files.items()},
    }
    for name, text in texts.items():
        (share / name).parent.mkdir(parents=True, exist_ok=True)
        (share / name).write_text(text)
    return share


def run_file(folder: Path, version: str = "0.2.0", **files: str) -> Path:
    """The ``.run`` of a small build."""
    place = folder / f"made-{version}"
    place.mkdir(exist_ok=True)
    build = small_build(place, version)
    out = folder / f"spark-{version}.run"
    pack(build, Contents(build.tree, small_share(place, **files)), out, ["libgl1"])
    return out


@dataclass
class Home:
    """A home folder; ``tools`` are scripts that go before those of the system."""

    folder: Path
    tools: dict[str, str] = field(default_factory=dict)

    @property
    def app(self) -> Path:
        return self.folder / ".local/share/spark-desktop/app"

    @property
    def links(self) -> Path:
        return self.folder / ".local/bin"

    @property
    def entry(self) -> Path:
        return self.folder / ".local/share/applications/spark-desktop.desktop"

    def run(self, program: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run an installer through sh, as this user would."""
        self.folder.mkdir(exist_ok=True)
        tools = self.folder.parent / "tools"
        tools.mkdir(exist_ok=True)
        for name, text in self.tools.items():
            (tools / name).write_text(f"#!/bin/sh\n{text}\n")
            (tools / name).chmod(0o755)
        return subprocess.run(
            ["sh", program, *words],
            env={"HOME": str(self.folder), "PATH": f"{tools}:{os.environ['PATH']}"},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def install(self, program: Path, *words: str | Path) -> None:
        """Install, which has to work without a word of complaint."""
        done = self.run(program, "--yes", *words)
        assert (done.returncode, done.stderr) == (0, ""), done

    def listed(self) -> set[str]:
        """Every path below the home folder."""
        return {path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*")}
