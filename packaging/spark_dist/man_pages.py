"""Man pages: the grammar of a program, and sections of ``packaging/linux/man`` that it lacks."""

import argparse
import gzip
from datetime import UTC, datetime
from pathlib import Path

from argparse_manpage.manpage import Manpage  # type: ignore[import-untyped]

from spark_dist.grammars import GRAMMARS, all_parsers, fixed_width

_SECTIONS = Path(__file__).parents[1] / "linux" / "man"
_PURPOSES = {
    "spark-desktop": "review what a model on this machine proposes for your code",
    "spark": "ask a local model about your code, and let it propose changes",
    "spark-core": "answer with a language model on this machine",
}


def man_page(program: str, version: str, built: int) -> str:
    """Return the page of a program, in section 1; ``built`` is in seconds since the epoch."""
    with fixed_width():
        parser = GRAMMARS[program]()
        # The exit codes, which have a section of their own here.
        parser.epilog = None
        _tidy(parser)
        page = Manpage(
            parser,
            format="single-commands-section",
            _data={
                "project_name": "Spark Desktop",
                "version": version,
                "date": f"{datetime.fromtimestamp(built, UTC):%Y-%m-%d}",
                "manual_title": "Spark Desktop",
                "description": _PURPOSES[program],
                "include": str(_SECTIONS / f"{program}.1.in"),
            },
        )
        return str(page)


def write_man_pages(man: Path, version: str, built: int) -> None:
    """Write the packed pages of all programs below ``man``, as ``man1/*.1.gz``."""
    folder = man / "man1"
    folder.mkdir(parents=True, exist_ok=True)
    for program in GRAMMARS:
        text = man_page(program, version, built).encode()
        # Neither a name nor a time inside.
        (folder / f"{program}.1.gz").write_bytes(gzip.compress(text, 9, mtime=0))


def _tidy(parser: argparse.ArgumentParser) -> None:
    """Name the commands so, and drop descriptions that say what introduces a command already."""
    for one in all_parsers(parser):
        for group in one._action_groups:
            for action in group._group_actions:
                if isinstance(action, argparse._SubParsersAction):
                    group.title = "commands"
                    _drop_repetitions(action)


def _drop_repetitions(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    for introduced in commands._choices_actions:
        command = commands.choices[introduced.dest]
        if command.description == introduced.help:
            command.description = None
