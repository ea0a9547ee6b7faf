"""Whatever opens a connection in the desktop tells the ledger."""

import re
from pathlib import Path

import spark_desktop

ROOT = Path(spark_desktop.__file__).parent
OPENS = re.compile(
    r"httpx\.(?:Async)?Client\(|HTTPS?Connection\(|open_connection\(|urlopen\(|create_connection\("
    r"|asyncio\.client import .*\bconnect\b"
)
# Meets Spark's own second start, at loopback where there are no Unix sockets: it asks no host.
EXEMPT = {"adapters/meeting_place.py"}
TELLS = re.compile(r"\bnoting\(|\b_?ledger\.note\(")


def test_every_module_that_connects_tells_the_ledger() -> None:
    opening = [path for path in ROOT.rglob("*.py") if OPENS.search(path.read_text("utf-8"))]
    assert opening, "the pattern finds nothing any more"
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in opening
        if not TELLS.search(path.read_text("utf-8"))
    ]
    assert set(silent) == EXEMPT
