"""Runs what draws on each of Qt's platforms, in a process of its own: there is one a process."""

import json
import os
import subprocess
import sys
from pathlib import Path


def on_each_platform(module: str, quick: bool) -> list[dict[str, object]]:
    """Return a module's rows offscreen and, where ``DISPLAY`` names a screen, under X11.

    Run as a program, the module prints its rows as JSON in its last line.
    """
    platforms = ["offscreen", *(["xcb"] if os.environ.get("DISPLAY") else [])]
    return [row for platform in platforms for row in _rows(module, platform, quick)]


def _rows(module: str, platform: str, quick: bool) -> list[dict[str, object]]:
    words = [sys.executable, "-m", module, *(["--quick"] if quick else [])]
    environment = {**os.environ, "QT_QPA_PLATFORM": platform}
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(
        words, env=environment, cwd=root, stdout=subprocess.PIPE, text=True, check=True
    )
    rows: list[dict[str, object]] = json.loads(done.stdout.splitlines()[-1])
    return [{"platform": platform, **row} for row in rows]
