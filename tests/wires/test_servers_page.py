"""The page about servers is what the tests hold."""

import pytest

from tests.wires.declared import SERVERS
from tests.wires.features import Feature, Server
from tests.wires.servers_page import PAGE, page


def test_the_page_is_the_one_that_the_tests_hold() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.wires.servers_page"


@pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.id)
def test_every_feature_has_its_cell(server: Server) -> None:
    assert set(server.cells) == set(Feature)
