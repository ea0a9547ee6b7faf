"""What ``spark-desktop`` takes for the self-test."""

import argparse
from pathlib import Path


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the self-test's flags to the program's."""
    add = parser.add_argument_group("self-test").add_argument
    add(
        "--self-test",
        action="store_true",
        help="try everything once, beside the Spark that runs, print a table, and exit with 0, or "
        "with 1 where something failed",
    )
    add(
        "--on-screen",
        action="store_true",
        help="open the window of the self-test on the screen; without it nobody sees it",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the self-test as one JSON object")
    form.add_argument("--json-lines", action="store_true", help=argparse.SUPPRESS)
    add(
        "--report",
        type=Path,
        metavar="FILE",
        help="write the self-test's table to a file as well (where there is no console)",
    )
    # For the window: it holds the other end of standard input.
    add("--stop-at-eof", action="store_true", help=argparse.SUPPRESS)
    add("--self-test-worker", nargs=2, metavar=("FOLDER", "CHECKS"), help=argparse.SUPPRESS)


def is_wanted(arguments: argparse.Namespace) -> bool:
    """Return whether the program was started for the self-test."""
    return bool(arguments.self_test or arguments.self_test_worker)


def refused(arguments: argparse.Namespace) -> str:
    """Return which flag of the self-test was given without it; empty where all is well."""
    flags = ("on_screen", "json", "json_lines", "report", "stop_at_eof")
    given = next((flag for flag in flags if getattr(arguments, flag)), "")
    if given and not is_wanted(arguments):
        return f"--{given.replace('_', '-')} is for --self-test"
    if arguments.self_test and arguments.folder is not None:
        return "the self-test opens a folder of its own"
    return ""
