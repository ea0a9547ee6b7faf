"""An emulation over a scripted engine, whose clock goes on only while somebody sleeps."""

import httpx
import pytest
from generating import TOKEN, ScriptedEngine, service_of

from inference_core.domain.emulation import Source
from inference_core.pacing.library import Profiles
from inference_core.server.app import build_app
from inference_core.server.emulation.faults import FaultPlan, read_faults
from inference_core.server.emulation.quota import Limits, Quota
from inference_core.server.emulation.settings import Emulation
from inference_core.server.served_model import ServedModel

MODEL = ServedModel("gpt-oss-120b", frozenset({"tiny"}))


class FakeClock:
    """Seconds that pass while somebody sleeps, and not otherwise; a Clock."""

    def __init__(self):
        self.seconds = 100.0

    def now(self):
        return self.seconds

    async def sleep_until(self, deadline):
        self.seconds = max(self.seconds, deadline)


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def emulation_with(clock):
    """Build an emulation; what is not said is that of gpt-oss-120b, without jitter to speak of."""

    def build(
        profile="gpt-oss-120b-wse3", source=Source.ENGINE, faults="", tokens=10**6, seed=1,
        requests=10**6,
    ):  # fmt: skip
        return Emulation(
            profile=Profiles.load().find(profile),
            source=source,
            quota=Quota(Limits(requests, tokens), clock.now),
            faults=FaultPlan(read_faults(faults), seed),
            clock=clock,
            seed=seed,
        )

    return build


@pytest.fixture
async def asking_with(emulation_with):
    """Open an HTTP client of the whole application, with an emulation over these answers."""
    clients = []

    def build(*answers, headers=None, engine=None, **settings):
        engine = engine or ScriptedEngine(*answers)
        service = service_of(engine, MODEL)
        service = type(service)(
            service.engine, service.model, service.template, service.activity,
            emulation_with(**settings),
        )  # fmt: skip
        transport = httpx.ASGITransport(build_app(service, TOKEN), raise_app_exceptions=False)
        given = {"Authorization": f"Bearer {TOKEN}"} if headers is None else headers
        clients.append(
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=given)
        )
        return clients[-1], engine

    yield build
    for client in clients:
        await client.aclose()
