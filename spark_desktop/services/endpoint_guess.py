"""Finds out what a pasted address is: a vendor that is known, or which protocol answers there."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from spark_desktop.domain.endpoint_guess import guesses, tidied
from spark_desktop.domain.endpoints import AuthKind, EndpointSpec, RemoteModel, Route, WireProtocol
from spark_desktop.domain.errors import AccessRefusedError, EndpointRejectedError
from spark_desktop.domain.presets import Preset, preset_of
from spark_desktop.domain.secret import Secret

_STRAIGHT = Route()


class Lister(Protocol):
    """Lists a server's models."""

    async def models(self, spec: EndpointSpec, key: Secret | None) -> tuple[RemoteModel, ...]:
        """Return the models that the server tells, () for none. Raises EndpointError."""
        ...


class EndpointGuess:
    """Asks only servers that no preset knows."""

    def __init__(self, lister: Lister, presets: Mapping[str, Preset]) -> None:
        self._lister = lister
        self._presets = presets

    async def guess(
        self, pasted: str, key: Secret | None, route: Route = _STRAIGHT
    ) -> EndpointSpec:
        """Return the endpoint that an address means, with its first model chosen.

        ``route`` is how it is asked, and becomes the endpoint's own. Where no protocol can be made
        out it is the likeliest. Raises RouteError for what is no address, EndpointError where
        nobody answers there.
        """
        candidates = guesses(pasted)
        base, tail = tidied(pasted)
        spoken = WireProtocol.CHAT if tail == "/chat/completions" else None
        for url in (base, candidates[0].url):
            preset = preset_of(url, self._presets, spoken)
            if preset is not None:
                return replace(preset.spec, url=url, preset=preset.spec.id, route=route)
        guarded: EndpointSpec | None = None
        for spec in (replace(one, route=route) for one in candidates):
            try:
                models = await self._lister.models(spec, key)
            except AccessRefusedError:
                guarded = guarded or spec
                continue
            except EndpointRejectedError:
                continue
            if models:
                auth = AuthKind.NONE if key is None else spec.auth
                return replace(spec, model=models[0].id, auth=auth)
        return guarded or replace(candidates[0], route=route)
