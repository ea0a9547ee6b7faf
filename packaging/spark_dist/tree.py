"""The tree: the three programs, what they need, and what lies beside them.

PyInstaller freezes the programs into one folder, which is pruned; then the first model is added in
full trees, and by ``compliance`` the licences and the bill of materials. packaging/README.md has
the layout.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from spark_dist.facts import Build, DistError, Facts, Size
from spark_dist.prune import programs_and_libraries, prune
from spark_dist.search_paths import remove_foreign_paths

PROGRAMS = ("spark-desktop", "spark", "spark-core")
# Beside the programs: how this Spark was installed, for whoever looks for updates.
MARKER = "installed-as.toml"
_SPEC = "packaging/freeze/spark.spec"


def freeze(facts: Facts, work: Path) -> Path:
    """Freeze the programs anew in ``work`` and return the pruned tree. Raises DistError."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    log = work / "pyinstaller.log"
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"]
    command += ["--distpath", str(work / "dist"), "--workpath", str(work / "build")]
    # The order of sets goes into what is compiled, and the time into archives.
    fixed = {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": str(facts.epoch)}
    # An installed Spark may be another checkout's.
    fixed |= {"PYTHONPATH": str(facts.root), "PYINSTALLER_CONFIG_DIR": str(work / "cache")}
    with log.open("w", encoding="utf-8") as output:
        code = subprocess.run(
            [*command, str(facts.root / _SPEC)],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | fixed,
            check=False,
        ).returncode
    if code != 0:
        last = log.read_text(encoding="utf-8").strip().splitlines()[-5:]
        raise DistError(f"PyInstaller ended with {code}; see {log}:\n" + "\n".join(last))
    tree = work / "dist" / "spark-desktop"
    prune(tree)
    elves = programs_and_libraries(tree)
    remove_foreign_paths(elves)
    set_modes(tree, elves)
    return tree


def set_modes(tree: Path, executable: Iterable[Path]) -> None:
    """Make only these files of the tree executable: wheels bring texts that are."""
    chosen = set(executable)
    for path in tree.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(0o755 if path in chosen else 0o644)


def marker_text(kind: str, build: Build) -> str:
    """Return what is told of a package of this kind to the app that lies in it."""
    commit = build.facts.commit
    return f'format = "{kind}"\nsize = "{build.size.value}"\ncommit = "{commit}"\n'


def assembled(frozen: Path, target: Path, size: Size, model: Path | None) -> Path:
    """Copy a frozen tree to ``target``, with the model in a full one; return the target."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(frozen, target, symlinks=True)
    if size is Size.FULL:
        if model is None:
            raise DistError("A full tree needs the model; fetch it with: spark-core models pull")
        (target / "models").mkdir()
        _link_or_copy(model, target / "models" / model.name)
    return target


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
