"""A core that is given a hostile file ends by itself, with one clear word, before it loads it."""

import json
import os
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.core.models.gguf_writer import (
    ARRAY,
    TEXT,
    U32,
    scalar,
    with_key,
    with_tensor,
    written,
)

pytestmark = pytest.mark.e2e

# Far longer than a start takes; whoever waits for a writer of a pipe waits for ever.
ENDS_WITHIN_S = 60.0


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _bytes(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


MANY_TOKENS = struct.pack("<IIQ", ARRAY, TEXT, 2**40)
HOSTILE: list[tuple[str, Callable[[Path], object], str]] = [
    ("cut short", _bytes(written()[:-40]), "cut short"),
    (
        "tokens without end",
        _bytes(written(with_key("tokenizer.ggml.tokens", MANY_TOKENS))),
        "texts",
    ),
    ("a tensor beyond the end", _bytes(written(with_tensor(1, offset=2**63))), "leaves a gap"),
    (
        "one part of three",
        _bytes(written(with_key("split.count", scalar(U32, 3)))),
        "one of 3 parts",
    ),
    ("a pipe", _pipe, "a pipe or a device"),
]


@pytest.mark.parametrize(
    ("make", "said"), [row[1:] for row in HOSTILE], ids=[r[0] for r in HOSTILE]
)
def test_a_hostile_file_ends_the_core_with_one_event(
    make: Callable[[Path], object], said: str, tmp_path: Path
) -> None:
    if make is _pipe and not hasattr(os, "mkfifo"):
        pytest.skip("there are no pipes with names")
    path = tmp_path / "hostile.gguf"
    make(path)
    ready = tmp_path / "ready.json"
    command = [sys.executable, "-m", "inference_core", "serve", "--events", "--model", str(path)]
    ended = subprocess.run(
        [*command, "--ready-file", str(ready)],
        capture_output=True,
        encoding="utf-8",
        timeout=ENDS_WITHIN_S,
        check=False,
    )
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    assert ended.returncode == 1
    # No "loading": no engine has seen the file.
    assert [event["event"] for event in events] == ["failed"]
    assert said in events[0]["message"]
    assert "hostile.gguf" in events[0]["message"]
    assert events[0]["next_step"]
    assert events[0]["message"] in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not ready.exists()
