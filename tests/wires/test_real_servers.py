"""Servers that run here, each asked for everything by the product's own adapters.

LiteLLM and vLLM are asked where SPARK_TEST_LITELLM and SPARK_TEST_VLLM name virtual environments
that have them; docs/servers.md says how these are made. SPARK_TEST_VLLM may also be the address of
one that runs, with its key in SPARK_TEST_VLLM_KEY.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.wires.declared import server
from tests.wires.features import Feature, Known
from tests.wires.peer import Peer
from tests.wires.probes import check
from tests.wires.real_servers import (
    CONTEXT,
    REAL,
    SCRIPT,
    core_peer,
    litellm_peer,
    llama_server_peer,
    vllm_at,
    vllm_peer,
)

pytestmark = [pytest.mark.model, pytest.mark.e2e]

CELLS = [
    pytest.param(id_, feature, id=f"{id_}-{feature.value}")
    for id_ in REAL
    for feature, cell in server(id_).cells.items()
    if cell.known is Known.REAL
]
_VENVS = {"litellm": "SPARK_TEST_LITELLM", "vllm": "SPARK_TEST_VLLM"}
Peers = Callable[[str], Peer]


@pytest.fixture(scope="module")
def peers(
    model_path: Path,
    start_core_for_module: Callable[..., Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Peers]:
    """Start a server when it is first asked for; they end with the module."""
    started: dict[str, Peer] = {}
    folder = tmp_path_factory.mktemp("servers")
    with ExitStack() as stack:

        def core() -> Peer:
            script = folder / "replay.json"
            script.write_text(json.dumps(SCRIPT), encoding="utf-8")
            return core_peer(
                start_core_for_module("--model", str(model_path), "--context", str(CONTEXT)),
                start_core_for_module("--model", f"replay:{script}"),
            )

        def peer(id_: str) -> Peer:
            if id_ not in started:
                match id_:
                    case "core":
                        started[id_] = core()
                    case "llama-server":
                        started[id_] = stack.enter_context(llama_server_peer(model_path))
                    case "litellm":
                        proxy = litellm_peer(_venv(id_), folder, peer("core"))
                        started[id_] = stack.enter_context(proxy)
                    case "vllm" if os.environ[_VENVS[id_]].startswith("http"):
                        key = os.environ.get("SPARK_TEST_VLLM_KEY", "")
                        started[id_] = vllm_at(os.environ[_VENVS[id_]], key)
                    case _:
                        vllm = vllm_peer(_venv(id_), folder, model_path)
                        started[id_] = stack.enter_context(vllm)
            return started[id_]

        yield peer


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("id_", "feature"), CELLS)
async def test_a_running_server_has_what_the_table_says(
    id_: str, feature: Feature, peers: Peers
) -> None:
    if id_ in _VENVS and not os.environ.get(_VENVS[id_]):
        pytest.skip(f"{_VENVS[id_]} names no virtual environment that has it")
    await check(feature, peers(id_), server(id_).cells[feature])


def _venv(id_: str) -> Path:
    return Path(os.environ[_VENVS[id_]])
