"""Tests an endpoint step by step, from its name to what its model can do."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from spark_desktop.domain.connection_check import (
    DECISIVE,
    CheckKind,
    CheckOutcome,
    CheckReport,
    CheckStep,
)
from spark_desktop.domain.endpoints import EndpointSpec
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.secret import Secret
from spark_desktop.services.connection_route import RouteCheck
from spark_desktop.services.endpoints import Connector
from spark_desktop.services.model_check import ModelCheck
from spark_desktop.services.ports import Clock
from spark_desktop.services.probe import Ended, Probe

Step = Callable[[CheckReport], Awaitable[Ended]]


class ConnectionCheck:
    """Needs no saved endpoint: what is tested is what the user has typed so far."""

    def __init__(self, probe: Probe, connector: Connector, clock: Clock) -> None:
        self._probe = probe
        self._connector = connector
        self._clock = clock

    async def run(
        self, spec: EndpointSpec, key: Secret | None
    ) -> AsyncGenerator[CheckReport, None]:
        """Yield the report whenever a step begins or ends; the last one ``is_over``.

        Close the generator to end the test; what it has open is closed then. Never raises a
        SparkError: each is a failed step.
        """
        # Not under the endpoint's own id: whoever uses that is not to be disturbed.
        tried = replace(spec, id=f"{spec.id} (test)")
        route = RouteCheck(self._probe, key, self._clock)
        model = ModelCheck(self._probe, self._connector, key, self._clock)
        steps: dict[CheckKind, Step] = {
            CheckKind.NAME: route.name,
            CheckKind.TCP: route.tcp,
            CheckKind.TLS: route.tls,
            CheckKind.AUTH: route.auth,
            CheckKind.MODELS: route.models,
            CheckKind.FIRST_TOKEN: model.first_token,
            CheckKind.SPEED: model.speed,
            CheckKind.CONTEXT: model.context,
            CheckKind.FILL_IN: model.fill_in,
            CheckKind.TOOLS: model.tools,
            CheckKind.STRUCTURED: model.structured,
        }
        report = CheckReport(tried)
        try:
            for kind, step in steps.items():
                report = report.with_step(CheckStep(kind, CheckOutcome.RUNNING))
                yield _named(report, spec)
                report = await self._ended(kind, step, report)
                yield _named(report, spec)
                ended = report.step(kind)
                if ended is not None and ended.outcome is CheckOutcome.FAILED and kind in DECISIVE:
                    report = report.without_the_rest(kind)
                    break
        finally:
            await model.close()
            with suppress(SparkError):
                await self._connector.drop(tried.id)
        yield _named(replace(report, is_over=True), spec)

    async def _ended(
        self,
        kind: CheckKind,
        step: Step,
        report: CheckReport,
    ) -> CheckReport:
        started = self._clock.monotonic()
        next_step = ""
        try:
            report, outcome, found = await step(report)
        except SparkError as error:
            outcome, found, next_step = CheckOutcome.FAILED, error.message, error.next_step
        seconds = self._clock.monotonic() - started
        return report.with_step(CheckStep(kind, outcome, found, next_step, seconds))


def _named(report: CheckReport, spec: EndpointSpec) -> CheckReport:
    return replace(report, spec=replace(report.spec, id=spec.id))
