"""Completes a tree: the licences of all that it holds, and its bill of materials beside them."""

import shutil
from importlib import metadata
from pathlib import Path

from packaging.utils import canonicalize_name

from spark_dist import notices, sbom
from spark_dist.contents import target_of
from spark_dist.facts import Build, DistError, Facts

FOLDER = "licences"
# Where a tree keeps the metadata of its Python packages, by system.
_METADATA = ("_internal", "python/site-packages", "Contents/Resources", "Contents/Frameworks")


def add(tree: Path, facts: Facts) -> None:
    """Write ``licences/`` and ``sbom.cdx.json`` into a tree that holds all else, the model too.

    Raises DistError where something in it may not be passed on, or is unknown.
    """
    packages = packages_in(tree)
    target = target_of(tree)
    notices.write(tree / FOLDER, packages, target)
    sbom.write(tree / sbom.FILE, packages, target=target, facts=facts)


def packages_in(tree: Path) -> tuple[str, ...]:
    """Return the canonical names of the Python packages in a tree, sorted.

    Raises DistError where it holds no metadata: nobody could then tell what is in it.
    """
    places = [str(tree / place) for place in _METADATA if (tree / place).is_dir()]
    names = {str(canonicalize_name(one.name)) for one in metadata.distributions(path=places)}
    if not names:
        raise DistError(f"{tree} holds no metadata of Python packages, so that none are known.")
    return tuple(sorted(names))


def publish(build: Build, system: str) -> Path:
    """Copy the bill of a tree to the packages in ``dist``, and return it."""
    facts = build.facts
    name = f"spark-desktop-{facts.version}-{system}-{facts.machine}-{build.size.value}.cdx.json"
    target = build.dist / name
    shutil.copyfile(build.tree / sbom.FILE, target)
    return target
