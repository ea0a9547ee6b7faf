"""The grammar of the ``spark`` command; imports nothing that takes time."""

import argparse
from collections.abc import Callable

from spark_desktop.cli.endpoint_grammar import add_endpoints

_EXIT_CODES = """\
exit codes: 0 done, 1 failed, 2 wrong arguments, 3 no proposal (withheld), 4 the file changed
meanwhile, 130 interrupted. With --json, stdout holds JSON (one object a line) and nothing else."""

_STEP = "number in spark history (1 is the newest), or the beginning of its id"
_Add = Callable[[str, str], argparse.ArgumentParser]


def build_parser() -> argparse.ArgumentParser:
    """Return the parser; its result has ``command`` and ``json`` beside the command's own."""
    parser = argparse.ArgumentParser(
        prog="spark",
        description="Ask a local model about your code, and let it propose changes as diffs.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def add(name: str, purpose: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=purpose, description=purpose)
        command.add_argument("--json", action="store_true", help="write JSON, one object a line")
        return command

    _add_ask(add)
    _add_quick(add)
    _add_snooze(add)
    _add_edit(add)
    _add_run(add)
    _add_watch(add)
    _add_history(add)
    _add_lab(add)
    _add_threads(add)
    add_endpoints(add("endpoints", "Set up, test and compare who is asked beside the local core."))
    add("doctor", "Say what is installed, found and missing, with the next step.")
    return parser


class _Version(argparse.Action):
    """Prints the installed version; looked up only then, as the look-up takes a while."""

    def __init__(self, option_strings: list[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="print the version and end")

    def __call__(self, parser: argparse.ArgumentParser, *_values: object) -> None:
        from importlib.metadata import version

        # argparse's own exit would tell it on standard error, where a script does not look.
        print(f"spark {version('spark-desktop')}")
        parser.exit()


def _add_ask(add: _Add) -> None:
    ask = add("ask", "Ask a question and stream the answer.")
    ask.add_argument("question")
    ask.add_argument(
        "--file", action="append", default=[], metavar="F", help="file it is about; may be repeated"
    )
    ask.add_argument(
        "--continue",
        dest="go_on",
        action="store_true",
        help="go on with the newest chat of this folder; otherwise a new one is begun",
    )
    _add_model(ask)


def _add_snooze(add: _Add) -> None:
    snooze = add("snooze", "Let the running app start nothing for a while.")
    snooze.add_argument(
        "time", nargs="?", default="60", help="minutes (60), morning (until tomorrow), or off"
    )


def _add_quick(add: _Add) -> None:
    quick = add("quick", "Show the quick prompt of the running app, else answer here.")
    quick.add_argument("question", nargs="?", help="asked at once; without it you type it there")
    quick.add_argument("--print", action="store_true", help="answer here, also while the app runs")
    _add_model(quick)


def _add_edit(add: _Add) -> None:
    edit = add("edit", "Print a proposed change as a unified diff that git apply takes.")
    edit.add_argument("path", metavar="FILE")
    edit.add_argument("instruction")
    edit.add_argument(
        "--lines", metavar="A-B", help="change what these lines are in, counted from 1"
    )
    edit.add_argument("--apply", action="store_true", help="write it; spark undo takes it back")
    edit.add_argument(
        "--test",
        metavar="CMD",
        help="run this on a copy with the change: only what passes is proposed",
    )
    edit.add_argument(
        "--tries", type=int, metavar="N", help="with --test: ask so often at most (2)"
    )
    _add_model(edit)


def _add_run(add: _Add) -> None:
    run = add("run", "Run a command here; where it fails, have a fix proposed.")
    run.add_argument(
        "--folder", metavar="FOLDER", help="run it there; without it in the current folder"
    )
    run.add_argument(
        "--propose", action="store_true", help="propose the fix here, also while the app runs"
    )
    run.add_argument("--apply", action="store_true", help="write it; spark undo takes it back")
    _add_model(run)
    # Everything from the first word on is the command's, its options too.
    run.add_argument("words", nargs=argparse.REMAINDER, metavar="CMD")


def _add_watch(add: _Add) -> None:
    watch = add("watch", "Report what a folder asks for and what is proposed, until Ctrl+C.")
    watch.add_argument("folder", nargs="?", metavar="FOLDER")
    watch.add_argument(
        "--once", action="store_true", help="answer the AI comments that stand there now, then end"
    )
    _add_model(watch)


def _add_history(add: _Add) -> None:
    for name, purpose in (
        ("undo", "Take the last applied step back, or the one that is named."),
        ("redo", "Bring back what was undone last, or the step that is named."),
    ):
        command = add(name, purpose)
        command.add_argument("step", nargs="?", metavar="STEP", help=_STEP)
        command.add_argument(
            "--hunk",
            dest="hunks",
            type=int,
            action="append",
            metavar="N",
            help="only this hunk, as spark history STEP counts them; may be repeated",
        )
        command.add_argument(
            "--turn", action="store_true", help="every step of the answer that the step came from"
        )
        _add_folder(command)
    history = add("history", "List the applied steps, newest first, or show one with its hunks.")
    history.add_argument("step", nargs="?", metavar="STEP", help=_STEP)
    _add_folder(history)
    restore = add("restore", "Bring the files back to what they were before a step.")
    restore.add_argument("step", metavar="STEP", help=_STEP)
    _add_folder(restore)


def _add_folder(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--folder", metavar="FOLDER", help="work there; without it in the work tree around you"
    )


def _add_lab(add: _Add) -> None:
    lab = add("lab", "Say what this folder's answers would have taken and cost on other hardware.")
    lab.add_argument("--thread", metavar="ID", help="one chat alone; without it all are added up")
    lab.add_argument("--csv", metavar="FILE", help="write the table there, too")
    lab.add_argument(
        "--recording",
        metavar="FILE",
        help="write the answers there, for 'spark-core replay' and '--source replay'",
    )


def _add_threads(add: _Add) -> None:
    threads = add("threads", "List, search, export, delete and restore this folder's chats.")
    threads.set_defaults(action="list", everywhere=False, deleted=False, limit=0)
    actions = threads.add_subparsers(dest="action", metavar="ACTION")

    def act(name: str, purpose: str) -> argparse.ArgumentParser:
        action = actions.add_parser(name, help=purpose, description=purpose)
        # Not set here where it was given before the action.
        action.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help="write JSON"
        )
        return action

    def many(action: argparse.ArgumentParser) -> None:
        action.add_argument("--all", dest="everywhere", action="store_true", help="of all folders")
        action.add_argument("--limit", type=int, default=0, metavar="N", help="at most so many")

    listing = act("list", "List the chats: pinned ones first, then the last used.")
    many(listing)
    listing.add_argument("--deleted", action="store_true", help="those that can be restored")
    search = act("search", 'Find chats by words (their beginnings) or a "phrase in quotes".')
    search.add_argument("query")
    many(search)
    export = act("export", "Write a chat to standard output, or to a file.")
    export.add_argument("id", metavar="ID")
    export.add_argument("--format", choices=("md", "json"), default="md", help="md if not given")
    export.add_argument("--output", metavar="FILE", help="write it there")
    importing = act("import", "Take a chat in that was exported as JSON.")
    importing.add_argument("file", metavar="FILE")
    delete = act("delete", "Delete chats; they can be restored for 30 days.")
    delete.add_argument("ids", nargs="+", metavar="ID")
    restore = act("restore", "Bring deleted chats back.")
    restore.add_argument("ids", nargs="+", metavar="ID")
    act("purge", "Remove for good, now, every deleted chat of all folders.")


def _add_model(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--model",
        metavar="ID_OR_PATH",
        help="id of a model, or a GGUF file; programs that name the same one share a core",
    )
