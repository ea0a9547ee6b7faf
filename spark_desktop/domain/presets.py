"""Endpoints that come with the program; some lack a word in their address that is the user's."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from spark_desktop.domain.endpoints import EndpointSpec, WireProtocol
from spark_desktop.domain.errors import RouteError
from spark_desktop.domain.regex import regex
from spark_desktop.domain.words import Said, say

_PLACE = regex(r"\{([a-z]+)\}")
# What clouds call regions, projects and resources; nothing that would lead to another host or path.
_WORD = regex(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_LABELS: dict[str, Said] = {
    "region": say("Region"),
    "project": say("Project"),
    "resource": say("Resource"),
}


@dataclass(frozen=True, slots=True)
class PresetField:
    """A word that the user fills in for ``{name}`` in the address; ``example`` shows its form."""

    name: str
    example: str

    @property
    def label(self) -> str:
        """Return what the field is called for the user."""
        return _LABELS.get(self.name, self.name)


@dataclass(frozen=True, slots=True)
class Preset:
    """An endpoint as its file describes it; its address holds ``{name}`` for each of ``fields``."""

    spec: EndpointSpec
    fields: tuple[PresetField, ...] = ()

    def filled(self, values: Mapping[str, str]) -> EndpointSpec:
        """Return the endpoint with the user's words in its address.

        Raises RouteError for one that is missing, unknown, or no word.
        """
        known = {field.name for field in self.fields}
        for name in values:
            if name not in known:
                raise RouteError(
                    say("{title} has no field {name}.", title=self.spec.title, name=name),
                    self._next_step(),
                )
        url = self.spec.url
        for field in self.fields:
            value = values.get(field.name, "").strip()
            if not _WORD.fullmatch(value):
                raise RouteError(self._wrong(field, value), self._next_step())
            url = url.replace(f"{{{field.name}}}", value)
        return replace(self.spec, url=url, preset=self.spec.id)

    def fits(self, url: str) -> bool:
        """Return whether an address is this one with its fields filled in somehow."""
        parts = _PLACE.split(self.spec.url)
        seen: set[str] = set()
        pattern = ""
        for place, part in enumerate(parts):
            if place % 2 == 0:
                pattern += re.escape(part)
            elif part in seen:
                pattern += f"(?P={part})"
            else:
                seen.add(part)
                pattern += f"(?P<{part}>{_WORD.pattern})"
        return re.fullmatch(pattern, url) is not None

    def _wrong(self, field: PresetField, value: str) -> Said:
        if not value:
            return say("{title} needs its {label}.", title=self.spec.title, label=field.label)
        return say(
            "{value} cannot be the {label} of {title}.",
            value=value,
            label=field.label,
            title=self.spec.title,
        )

    def _next_step(self) -> Said:
        if not self.fields:
            return say("Its address is complete as it is.")
        examples = ", ".join(f"{field.name}={field.example}" for field in self.fields)
        return say("Fill it in as for example {examples}.", examples=examples)


def placeholders(url: str) -> tuple[str, ...]:
    """Return the names that an address still lacks a word for."""
    return tuple(dict.fromkeys(_PLACE.findall(url)))


def preset_of(
    url: str, presets: Mapping[str, Preset], protocol: WireProtocol | None = None
) -> Preset | None:
    """Return the preset of a vendor whose address this is; None for a server of one's own.

    Where several have it, the one that speaks ``protocol``, else the first. Those at this machine
    have no names that would tell them apart: any server may have that port.
    """
    found = [
        preset
        for preset in presets.values()
        if preset.spec.url.startswith("https://") and preset.fits(url)
    ]
    speaking = (preset for preset in found if preset.spec.protocol is protocol)
    return next(speaking, found[0] if found else None)
