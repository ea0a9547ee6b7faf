"""Where the licences of what Spark is made of are found: beside a packaged app, or as installed.

A packaged Spark has a folder ``licences/`` with an index, which ``spark_dist.notices`` wrote. From
a checkout, or installed as a wheel, what is installed is looked through, and what lies inside of
wheels is known from ``resources/licences/components.toml``.
"""

import json
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from spark_desktop.domain.errors import NoticesError
from spark_desktop.domain.notices import Component, expression, holds_licence
from spark_desktop.domain.words import say
from spark_resources import resource

APP = "spark-desktop"
INDEX = "index.json"
_FORMAT = 1
_FOLDER = "licences"
_LABELS = ("homepage", "home", "source", "repository", "source code", "documentation")


def bundled_components(folder: Path) -> tuple[Component, ...]:
    """Return what the index in this folder lists. Raises NoticesError where it cannot be read."""
    file = folder / INDEX
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if document["format"] != _FORMAT:
            raise ValueError(f"format {document['format']}")
        return tuple(_read(folder, entry) for entry in document["components"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoticesError(
            say("The list of licences {file} cannot be read: {reason}", file=file, reason=error),
            say("Install Spark Desktop again."),
        ) from error


def written_index(folder: Path, components: Iterable[Component]) -> str:
    """Return the index of components whose texts lie in this folder, as ``INDEX`` holds it."""
    entries = [
        {
            "name": one.name,
            "version": one.version,
            "licence": one.licence,
            "home": one.home,
            "source": one.source,
            "inside": one.inside,
            "texts": [text.relative_to(folder).as_posix() for text in one.texts],
        }
        for one in components
    ]
    document = {"format": _FORMAT, "components": entries}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def installed_components() -> tuple[Component, ...]:
    """Return what is installed here and needed by Spark, with what lies inside of it, by name."""
    extra = Extra.load()
    found = [extra.component(one) for name, one in needed().items() if name != APP]
    names = {canonicalize_name(one.name) for one in found}
    parts = extra.parts(names, sys.platform)
    return tuple(sorted((*found, *parts), key=lambda one: one.name.lower()))


def needed(app: str = APP, *, is_strict: bool = False) -> dict[str, metadata.Distribution]:
    """Return the installed distributions that the app needs on this system, by canonical name.

    The app is among them where it is installed. One that is missing is passed over, since the
    doctor names those; a strict search raises PackageNotFoundError for it.
    """
    found: dict[str, metadata.Distribution] = {}
    waiting, seen = [Requirement(app)], set()
    while waiting:
        wanted = waiting.pop()
        name, extras = str(canonicalize_name(wanted.name)), frozenset(wanted.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            found[name] = metadata.distribution(wanted.name)
        except metadata.PackageNotFoundError:
            if is_strict:
                raise
            continue
        waiting += _asked(found[name].requires or (), extras)
    return dict(sorted(found.items()))


def _asked(lines: Iterable[str], extras: frozenset[str]) -> list[Requirement]:
    asked = []
    for line in lines:
        try:
            asked.append(Requirement(line))
        except InvalidRequirement:
            continue
    contexts = [{"extra": extra} for extra in ("", *sorted(extras))]
    return [
        one
        for one in asked
        if one.marker is None or any(one.marker.evaluate(context) for context in contexts)
    ]


class Extra:
    """What the packages do not tell, from ``resources/licences``; ``table`` is its parsed file."""

    def __init__(self, table: Mapping[str, Any], folder: Path) -> None:
        self.table = table
        self._folder = folder

    @classmethod
    def load(cls) -> "Extra":
        """Return what this Spark's resources say. Raises NoticesError where they are damaged."""
        file = resource(_FOLDER, "components.toml")
        try:
            with file.open("rb") as stream:
                return cls(tomllib.load(stream), file.parent)
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise NoticesError(
                say("{file} cannot be read: {reason}", file=file, reason=error),
                say("Install Spark Desktop again."),
            ) from error

    def component(self, found: metadata.Distribution) -> Component:
        """Return an installed distribution as a component."""
        told, name = found.metadata, str(canonicalize_name(found.name))
        licence = self._of("licences", name) or expression(
            _first(told, "License-Expression"),
            _first(told, "License"),
            told.get_all("Classifier") or (),
        )
        own = tuple(self._folder / text for text in self.table.get("texts", {}).get(name, ()))
        source = self._of("sources", name).format(version=found.version)
        return Component(
            found.name,
            found.version,
            licence,
            _home(_first(told, "Home-page"), told.get_all("Project-URL") or ()),
            source,
            texts=own or _texts(found),
        )

    def parts(
        self, names: Iterable[str], platform: str, path: Sequence[str] | None = None
    ) -> tuple[Component, ...]:
        """Return what lies inside of these packages on a system, named as ``sys.platform`` does.

        ``path`` is where packages are looked for, as ``sys.path`` is, None for this program's.
        """
        wanted = set(names)
        return tuple(
            self.part(entry, path)
            for entry in self.table["components"]
            if entry.get("inside") in wanted and platform in entry.get("platforms", (platform,))
        )

    def part(
        self,
        entry: Mapping[str, Any],
        path: Sequence[str] | None = None,
        versions: Mapping[str, str] | None = None,
    ) -> Component:
        """Return one entry of the table, with ``versions`` filled in where it asks for them."""
        inside = entry.get("inside", "")
        known = {"version": version_of(inside, path), **(versions or {})}
        return Component(
            entry["name"],
            entry.get("version", "").format_map(_Known(known)),
            entry["licence"],
            entry["home"],
            entry.get("source", "").format_map(_Known(known)),
            inside,
            tuple(file for text in entry.get("texts", ()) for file in self._text(text, path)),
        )

    def _text(self, name: str, path: Sequence[str] | None) -> tuple[Path, ...]:
        package, colon, file = name.partition(":")
        if not colon:
            own = self._folder / name
            return (own,) if own.is_file() else ()
        found = _distribution(package, path)
        texts = () if found is None else _texts(found)
        return tuple(text for text in texts if text.name == file)

    def _of(self, table: str, name: str) -> str:
        return str(self.table.get(table, {}).get(name, ""))


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def version_of(name: str, path: Sequence[str] | None = None) -> str:
    """Return the version of a distribution, empty where there is none of this name."""
    found = _distribution(name, path) if name else None
    return "" if found is None else found.version


def _distribution(name: str, path: Sequence[str] | None) -> metadata.Distribution | None:
    # Also here: the packages of another system have no need of our own metadata beside them.
    for places in (path or (), sys.path):
        for found in metadata.distributions(name=name, path=list(places)):
            return found
    return None


def _first(told: metadata.PackageMetadata, name: str) -> str:
    return next(iter(told.get_all(name) or ()), "")


def _texts(found: metadata.Distribution) -> tuple[Path, ...]:
    """Return the licences' files of a distribution, also where its list of files is missing."""
    named = [str(file) for file in found.files or () if holds_licence(file.as_posix())]
    places = [Path(str(found.locate_file(name))) for name in named]
    if not places:
        base = Path(str(found.locate_file("")))
        inside = (file for folder in _folders(base, found) for file in folder.rglob("*"))
        places = [one for one in inside if holds_licence(one.relative_to(base).as_posix())]
    return tuple(sorted(place for place in places if place.is_file()))


def _folders(base: Path, found: metadata.Distribution) -> list[Path]:
    """Return the folder of its metadata, which is named in one of several ways."""
    stem = f"{canonicalize_name(found.name)}-{found.version}"
    return [
        folder
        for folder in base.glob("*.dist-info")
        if f"-{found.version}.dist-info" in folder.name
        and canonicalize_name(folder.name.removesuffix(".dist-info")) == canonicalize_name(stem)
    ]


def _home(page: str, links: Iterable[str]) -> str:
    if page:
        return page
    named: dict[str, str] = {}
    for link in links:
        label, _, address = link.partition(",")
        named.setdefault(label.strip().lower(), address.strip())
    chosen = next((named[label] for label in _LABELS if label in named), "")
    return chosen or next(iter(named.values()), "")


def _read(folder: Path, entry: Mapping[str, Any]) -> Component:
    return Component(
        str(entry["name"]),
        str(entry["version"]),
        str(entry["licence"]),
        str(entry["home"]),
        str(entry["source"]),
        str(entry["inside"]),
        tuple(folder / str(text) for text in entry["texts"]),
    )
