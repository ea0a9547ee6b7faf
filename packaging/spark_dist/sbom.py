"""The software bill of materials of a tree: CycloneDX 1.6, the same bytes from the same commit."""

import json
import re
import tomllib
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from cyclonedx.model import (
    ExternalReference,
    ExternalReferenceType,
    HashAlgorithm,
    HashType,
    Property,
    XsUri,
)
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.utils import canonicalize_name

from spark_dist.contents import Part, Target, contents, target_of
from spark_dist.facts import ROOT, DistError, Facts, facts_here

FILE = "sbom.cdx.json"
# Namespace of the serial numbers; the rest of one is told by version, commit, system and size.
_NAMESPACE = uuid.UUID("6f1d5d8e-3f0c-5c1e-9f6a-5b8a2f0f7c11")
_PINNED = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_ODD = re.compile(r"[^a-z0-9]+")


def write(
    path: Path,
    packages: Iterable[str],
    platform: str | None = None,
    target: Target | None = None,
    facts: Facts | None = None,
) -> str:
    """Write the bill of a tree to ``path``; return its text.

    ``packages`` are the names of the Python packages in it, ``platform`` its system as
    ``sys.platform`` names it; the tree is the folder of ``path`` where no target is given. Raises
    DistError for what is unknown, and for a document that its own schema refuses.
    """
    target = target or target_of(path.parent, platform)
    facts = facts or facts_here()
    known = locked(facts.root) | (pinned(facts.root) if target.platform == "win32" else {})
    text = document(contents(packages, target), target, facts, known)
    path.write_text(text, encoding="utf-8", newline="\n")
    return text


def locked(root: Path = ROOT) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return version and SHA-256 sums of each package of ``requirements.lock``, by name."""
    found: dict[str, tuple[str, list[str]]] = {}
    name = ""
    for line in (root / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if pinned := _PINNED.match(line):
            name = str(canonicalize_name(pinned[1]))
            found[name] = (pinned[2], [])
        if name:
            found[name][1].extend(_HASH.findall(line))
    return {name: (version, tuple(sums)) for name, (version, sums) in found.items()}


def pinned(root: Path = ROOT) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return version and sum of the packages that only Windows needs, by name."""
    with (root / "packaging" / "windows" / "pinned.toml").open("rb") as stream:
        wheels = tomllib.load(stream)["wheels"]
    return {str(one["name"]): (str(one["version"]), (str(one["sha256"]),)) for one in wheels}


def document(
    parts: Iterable[Part],
    target: Target,
    facts: Facts,
    lock: Mapping[str, tuple[str, tuple[str, ...]]],
) -> str:
    """Return the bill as JSON that its schema accepts. Raises DistError where that refuses it."""
    app = Component(
        type=ComponentType.APPLICATION,
        name="spark-desktop",
        version=facts.version,
        bom_ref=f"spark-desktop@{facts.version}",
        licenses=[LicenseExpression("Apache-2.0")],
        purl=PackageURL("pypi", None, "spark-desktop", facts.version),
        properties=[Property(name="spark-desktop:commit", value=facts.commit or "unknown")],
    )
    made = {part: _component(part, lock) for part in parts}
    bom = Bom(
        components=made.values(),
        serial_number=uuid.uuid5(_NAMESPACE, _identity(made, target, facts)),
        version=1,
        metadata=BomMetaData(component=app, timestamp=datetime.fromtimestamp(facts.epoch, UTC)),
    )
    by_package = {part.package: one for part, one in made.items() if part.package}
    bom.register_dependency(app, [one for part, one in made.items() if not part.component.inside])
    for name, holder in by_package.items():
        inside = [one for part, one in made.items() if part.component.inside == name]
        bom.register_dependency(holder, inside)
    text = str(JsonV1Dot6(bom).output_as_string(indent=1))
    _validate(text)
    return text + "\n"


def _identity(parts: Iterable[Part], target: Target, facts: Facts) -> str:
    size = "full" if any(part.kind == "model" for part in parts) else "slim"
    return f"spark-desktop {facts.version} {facts.commit} {target.platform} {size}"


def _component(part: Part, lock: Mapping[str, tuple[str, tuple[str, ...]]]) -> Component:
    told = part.component
    reference = f"{_ODD.sub('-', told.name.lower()).strip('-')}@{told.version or 'unknown'}"
    is_model = part.kind == "model"
    return Component(
        type=ComponentType.MACHINE_LEARNING_MODEL if is_model else ComponentType.LIBRARY,
        name=told.name,
        version=told.version or None,
        bom_ref=f"{told.inside}/{reference}" if told.inside else reference,
        licenses=[LicenseExpression(told.licence)],
        purl=_purl(part),
        hashes=[_sha256(_model_sum(part.files[0].name))] if is_model else (),
        external_references=_references(part, lock),
        properties=[Property(name="spark-desktop:file", value=name) for name in _names(part)],
        components=[_crate(part.package or told.inside, crate) for crate in part.crates],
    )


def _names(part: Part) -> list[str]:
    return sorted({file.name for file in part.files})


def _crate(inside: str, crate: str) -> Component:
    name, version = crate.split(" ")
    return Component(
        name=name,
        version=version,
        bom_ref=f"{inside}/crate/{name}@{version}",
        purl=PackageURL("cargo", None, name, version),
    )


def _purl(part: Part) -> PackageURL | None:
    told = part.component
    if part.package:
        return PackageURL("pypi", None, part.package, told.version)
    if part.debian is not None:
        return PackageURL(
            "deb", "debian", told.name, told.version, {"arch": part.debian.architecture}
        )
    address = urlsplit(told.home)
    if address.hostname in ("github.com", "huggingface.co"):
        owner, _, name = address.path.strip("/").partition("/")
        kind = "github" if address.hostname == "github.com" else "huggingface"
        return PackageURL(kind, owner, name, told.version or None)
    name = _ODD.sub("-", told.name.split(" in ")[0].lower()).strip("-")
    return PackageURL("generic", None, name, told.version or None)


def _references(
    part: Part, lock: Mapping[str, tuple[str, tuple[str, ...]]]
) -> list[ExternalReference]:
    told = part.component
    found = []
    if told.home:
        found.append(ExternalReference(type=ExternalReferenceType.WEBSITE, url=XsUri(told.home)))
    if told.source:
        kind = ExternalReferenceType.SOURCE_DISTRIBUTION
        found.append(ExternalReference(type=kind, url=XsUri(told.source)))
    if part.package:
        version, sums = lock.get(part.package, ("", ()))
        if version != told.version:
            raise DistError(
                f"{part.package} {told.version} is in the tree, but requirements.lock has "
                f"{version or 'none'}; install what the lock says: python dev.py setup"
            )
        found.append(
            ExternalReference(
                type=ExternalReferenceType.DISTRIBUTION,
                # Which index that is, is a matter of who asks.
                url=XsUri(f"pkg:pypi/{part.package}@{version}"),
                comment="One of the files of this version, with one of these sums.",
                hashes=[_sha256(one) for one in sums],
            )
        )
    return found


def _sha256(content: str) -> HashType:
    return HashType(alg=HashAlgorithm.SHA_256, content=content)


def _model_sum(file: str) -> str:
    with (ROOT / "resources" / "models.toml").open("rb") as stream:
        models = tomllib.load(stream)["models"]
    for model in models:
        if model["file"] == file:
            return str(model["sha256"])
    raise DistError(f"The model {file} is in the tree, but not in resources/models.toml.")


def _validate(text: str) -> None:
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if error is not None:
        raise DistError(f"The bill of materials is not what CycloneDX 1.6 asks for: {error}")


def component_names(text: str) -> list[str]:
    """Return the names that a bill lists, as they stand in it."""
    return [str(one["name"]) for one in json.loads(text)["components"]]
