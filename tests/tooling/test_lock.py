"""The lock pins what pyproject.toml asks for, with hashes, and does not say where it came from."""

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
_PIN = re.compile(
    r"^([A-Za-z0-9_.-]+)==(\S+)(?: ; (.*?))? \\\n((?:    --hash=.*\n?)*)", re.MULTILINE
)


def wanted() -> list[Requirement]:
    """What the project, its extras and its build need, itself left out."""
    extras = PROJECT["project"]["optional-dependencies"].values()
    lines = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
    lines += [line for extra in extras for line in extra if not line.startswith("spark-desktop")]
    return [Requirement(line) for line in lines]


def pins() -> dict[str, tuple[str, str, list[str]]]:
    """Version, marker and hashes of each pinned package."""
    return {
        canonicalize_name(name): (number, marker or "", hashes.split())
        for name, number, marker, hashes in _PIN.findall(LOCK)
    }


def test_every_dependency_is_pinned_within_its_bounds() -> None:
    locked = pins()
    for requirement in wanted():
        name = canonicalize_name(requirement.name)
        assert name in locked, f"{name} is not locked; run: python dev.py lock"
        assert requirement.specifier.contains(locked[name][0]), f"{name}; run: python dev.py lock"


def test_every_pin_has_hashes() -> None:
    names = [line for line in LOCK.splitlines() if "==" in line and not line.startswith("#")]
    locked = pins()
    assert len(locked) == len(names)
    bare = [
        name for name, (_, _, hashes) in locked.items() if "--hash=sha256:" not in " ".join(hashes)
    ]
    assert bare == []


def test_the_lock_names_no_index_and_no_path() -> None:
    # Neither an option line, nor an address, nor a file of the machine that made it.
    lines = [line for line in LOCK.splitlines() if not line.startswith("#")]
    assert [line for line in lines if "://" in line or " @ " in line or line.startswith("-")] == []
    assert [line for line in lines if re.search(r"(^|[\s=])/", line)] == []


def test_the_tests_run_with_the_pinned_versions() -> None:
    different = {}
    for name, (number, marker, _) in pins().items():
        if marker and not Marker(marker).evaluate():
            continue
        try:
            found = version(name)
        except PackageNotFoundError:
            found = "none"
        if found != number:
            different[name] = (number, found)
    assert different == {}, f"run: python dev.py setup (this is {sys.executable})"
