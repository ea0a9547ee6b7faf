"""Writes docs/servers.md from what the tests hold: ``python -m tests.wires.servers_page``."""

from pathlib import Path

from tests.wires.declared import SERVERS
from tests.wires.described_server import wires
from tests.wires.features import TITLES, Cell, Feature, Known, Server
from tests.wires.real_servers import REAL

PAGE = Path(__file__).resolve().parents[2] / "docs" / "servers.md"
_HEAD = """\
# Servers and what works with them

Written by `python -m tests.wires.servers_page`; do not edit. Each cell is a test in
`tests/wires`, by the same adapters and the same network as in the program:

- **real**: it was seen to work with the server itself, on the day in the head of its column;
- **described**: the server cannot run in the tests, or no small model can be brought to it there.
  A server at loopback answers as its documents say; which, and as of when, is in
  `tests/wires/described/`;
- no (real): the running server was seen to lack it;
- no: its documents do not know it, or the program has no way to it.

What is missing is not asked for: the program leaves it out, and says so where it matters to the
user.
"""
_TAIL = """\
## Running the tests

`pytest tests/wires` starts the own core and llama-server, which the engine's package holds. The
other two are optional:

- `SPARK_TEST_LITELLM=VENV`, where `VENV/bin/pip install "litellm[proxy]==1.108.0"` was run.
  1.110.2 wants a package `litellm-proxy` of the same version, and 1.109.3 and 1.108.14 one of
  `litellm-proxy-extras`, that could not be found on 2026-11-28.
- `SPARK_TEST_VLLM=VENV`, where vLLM's build for CPUs was installed; [scaling.md](scaling.md) says
  how, and what has to be done by hand. It may also be the address of a vLLM that runs, whose key
  is in `SPARK_TEST_VLLM_KEY`.

The others were not run. What PyPI and npm call `ollama` (0.6.3, 0.6.4) are clients, and Debian has
none; `sglang` 0.5.23 wants CUDA (`cuda-python`, `flashinfer_python[cu13]`, `sglang-kernel`); LM
Studio comes from its own site only. The rest are services that want an account.
"""


def page() -> str:
    """Return the whole page."""
    running = [server for server in SERVERS if server.id in REAL]
    others = [server for server in SERVERS if server.id not in REAL]
    tables = "\n".join(
        f"## {title}\n\n{_table(servers)}\n{_notes(servers)}"
        for title, servers in (
            ("Servers that run in the tests", running),
            ("Programs and services by their documents", others),
        )
    )
    return f"{_HEAD}\n{tables}\n{_sources()}\n{_TAIL}"


def _table(servers: list[Server]) -> str:
    heads = [f"{server.title} ({server.as_of})" for server in servers]
    lines = [["Feature", *heads], ["---"] * (len(servers) + 1)]
    lines += [
        [TITLES[feature], *(_cell(server.cells[feature]) for server in servers)]
        for feature in Feature
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(cell: Cell) -> str:
    if cell.works:
        return cell.known.value
    return "no (real)" if cell.known is Known.REAL else "no"


def _notes(servers: list[Server]) -> str:
    lines = []
    for server in servers:
        lines.append(f"- {server.title}: {server.version}.\n")
        lines += [
            f"  - {TITLES[feature]}: {cell.note}.\n"
            for feature, cell in server.cells.items()
            if cell.note
        ]
    return "".join(lines)


def _sources() -> str:
    lines = [
        f"- {wire['server']}, {wire['version']} ({wire['as_of']}): "
        + ", ".join(f"<{source}>" for source in wire["sources"])
        + "\n"
        for wire in wires().values()
    ]
    return f"## Where the wires are described\n\n{''.join(lines)}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
