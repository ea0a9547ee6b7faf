"""The grammars of the three programs, for what is made of them: man pages and completions."""

import argparse
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

# Columns: argparse asks the terminal otherwise, and what is built must not depend on one.
_COLUMNS = "80"


def _desktop() -> argparse.ArgumentParser:
    from spark_desktop.app import build_parser

    return build_parser()


def _command() -> argparse.ArgumentParser:
    from spark_desktop.cli.grammar import build_parser

    return build_parser()


def _core() -> argparse.ArgumentParser:
    from inference_core.cli import whole_parser

    return whole_parser()


# By the name of the program. Each call makes a new one, which the caller may change.
GRAMMARS: Mapping[str, Callable[[], argparse.ArgumentParser]] = {
    "spark-desktop": _desktop,
    "spark": _command,
    "spark-core": _core,
}


@contextmanager
def fixed_width() -> Iterator[None]:
    """Let argparse write lines of 80 columns, whatever terminal this runs in."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = _COLUMNS
    try:
        yield
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before


def all_parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Return a parser and those of its commands, at every depth."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from all_parsers(command)
