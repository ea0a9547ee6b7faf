"""The first steps of a connection's test: the way to the server, and its door."""

from dataclasses import replace
from datetime import datetime

from spark_desktop.domain.connection_check import (
    Access,
    CheckOutcome,
    CheckReport,
    Handshake,
    with_model,
)
from spark_desktop.domain.endpoints import EndpointSpec, RemoteModel
from spark_desktop.domain.secret import Secret
from spark_desktop.domain.words import Said, say
from spark_desktop.services.ports import Clock
from spark_desktop.services.probe import Ended, Probe

_SHOWN = 5


class RouteCheck:
    """Asks nothing of a model yet; every method raises EndpointError for a step that failed."""

    def __init__(self, probe: Probe, key: Secret | None, clock: Clock) -> None:
        self._probe = probe
        self._key = key
        self._clock = clock

    async def name(self, report: CheckReport) -> Ended:
        """Look the server up, or the proxy that will do so."""
        lookup = await self._probe.look_up(report.spec)
        addresses = ", ".join(lookup.addresses)
        if lookup.addresses == (lookup.host,):
            return report, CheckOutcome.SKIPPED, say("The address is a number already.")
        if lookup.proxy:
            found = say(
                "The way to {host} leads through the proxy {proxy}: {addresses}.",
                host=lookup.host,
                proxy=lookup.proxy,
                addresses=addresses,
            )
        else:
            found = say("{host} is {addresses}.", host=lookup.host, addresses=addresses)
        return report, CheckOutcome.PASSED, found

    async def tcp(self, report: CheckReport) -> Ended:
        """Connect."""
        connected = await self._probe.connect(report.spec)
        took = connected.seconds * 1000
        if connected.proxy:
            found = say(
                "Connected to the proxy {proxy} in {took:.1f} ms.", proxy=connected.proxy, took=took
            )
        else:
            found = say("Connected in {took:.1f} ms.", took=took)
        return report, CheckOutcome.PASSED, found

    async def tls(self, report: CheckReport) -> Ended:
        """Agree on TLS, and look at the certificate."""
        shaken = await self._probe.shake_hands(report.spec)
        if shaken is None:
            return report, CheckOutcome.SKIPPED, say("Plain HTTP: nothing is encrypted.")
        return report, CheckOutcome.PASSED, _certificate(shaken, self._clock.now())

    async def auth(self, report: CheckReport) -> Ended:
        """Show the key where that costs nothing."""
        access = await self._probe.access(report.spec, self._key)
        return report, CheckOutcome.PASSED, _access(access, self._key is not None)

    async def models(self, report: CheckReport) -> Ended:
        """Read the list of models, and choose the first where none is chosen yet."""
        spec = report.spec
        listed = await self._probe.models(spec, self._key)
        if not listed:
            return report, CheckOutcome.ABSENT, say("The server tells no list of models.")
        if not spec.model:
            spec = replace(spec, model=listed[0].id)
        told = next((one for one in listed if one.id == spec.model), None)
        if told is not None:
            spec = with_model(spec, _merged(spec.chosen, told))
        report = replace(report, spec=spec, listed=listed)
        return report, CheckOutcome.PASSED, _listed(listed, spec, told is not None)


def _merged(known: RemoteModel, told: RemoteModel) -> RemoteModel:
    """Return what is known of a model, with what the server tells of it."""
    return replace(
        known,
        title=known.title or told.title,
        context=told.context or known.context,
        max_output=told.max_output or known.max_output,
    )


def _listed(listed: tuple[RemoteModel, ...], spec: EndpointSpec, has_it: bool) -> Said:
    ids = [_shown(one) for one in listed[:_SHOWN]]
    names = ", ".join(ids) + (", …" if len(listed) > _SHOWN else "")
    if has_it:
        return say("%n model(s): {names}", "", len(listed), names=names)
    return say(
        "%n model(s), {model} not among them: {names}",
        "",
        len(listed),
        model=spec.model,
        names=names,
    )


def _shown(model: RemoteModel) -> str:
    return model.id if model.context is None else f"{model.id} ({model.context})"


def _certificate(shaken: Handshake, now: datetime) -> Said:
    if shaken.expires is None:
        return say("{version}; the system trusts the server's certificate.", version=shaken.version)
    return say(
        "{version}; the certificate for {subject}, by {issuer}, is good for %n day(s).",
        "",
        max(0, (shaken.expires - now).days),
        version=shaken.version,
        subject=shaken.subject,
        issuer=shaken.issuer,
    )


def _access(access: Access, has_key: bool) -> Said:
    if access is Access.UNLISTED:
        return say("There is no list of models, but what answers questions lets us in.")
    if not has_key:
        return say("The server lets us in without a key.")
    if access is Access.OPEN:
        return say("Everybody may see the models: the first answer tells whether the key is right.")
    return say("The key is accepted.")
