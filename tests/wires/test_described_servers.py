"""Servers that cannot run here: what their documents describe is read by the product's adapters."""

from datetime import date

import pytest

from tests.wires.declared import SERVERS
from tests.wires.described_server import described_peer, wires
from tests.wires.features import Feature, Known, Server
from tests.wires.probes import check

CELLS = [
    pytest.param(server, feature, id=f"{server.id}-{feature.value}")
    for server in SERVERS
    for feature, cell in server.cells.items()
    if cell.known is Known.DESCRIBED
]


@pytest.mark.parametrize(("server", "feature"), CELLS)
async def test_a_described_server_has_what_the_table_says(server: Server, feature: Feature) -> None:
    async with described_peer(server.id, feature) as peer:
        await check(feature, peer, server.cells[feature])


@pytest.mark.parametrize("id_", sorted(wires()))
def test_a_described_wire_says_where_it_is_described_and_when(id_: str) -> None:
    wire = wires()[id_]
    assert wire["sources"]
    assert all(source.startswith("https://") for source in wire["sources"])
    assert date.fromisoformat(wire["as_of"])
    known = {feature.value for feature in Feature}
    assert {name for one in wire["exchanges"] for name in one["for"]} <= known


@pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.id)
def test_every_cell_that_works_as_described_has_a_wire(server: Server) -> None:
    told = {
        name
        for one in wires().get(server.id, {"exchanges": []})["exchanges"]
        for name in one["for"]
    }
    works = {
        feature.value
        for feature, cell in server.cells.items()
        if cell.works and cell.known is Known.DESCRIBED
    }
    assert works <= told
