"""The desktop program: its command line, its start, its end."""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication

from spark_desktop import qt_loop
from spark_desktop.adapters.redaction import keep_keys_out, keep_keys_out_of_crashes
from spark_desktop.adapters.schema_version import DATABASE, check_schema
from spark_desktop.adapters.settings_file import TomlSettings
from spark_desktop.adapters.single_instance import SingleInstance
from spark_desktop.collector import Collector
from spark_desktop.desktop import DesktopApp
from spark_desktop.domain.errors import SparkError, StoreError
from spark_desktop.domain.handover import (
    ChooseFolder,
    FollowLink,
    Handover,
    OpenWindow,
    QuickText,
)
from spark_desktop.domain.spark_link import carried, is_link, local_folder
from spark_desktop.places import data_folder, settings_file
from spark_desktop.self_test import arguments as self_test
from spark_desktop.services.settings import SettingsService
from spark_desktop.services.tasks import TaskScope
from spark_desktop.session_end import SparkApplication

_HANDED_OVER = "Spark runs already; this start was handed over to it."
_MODEL_HELP = "a model id, a GGUF file, or emulated:PROFILE for its answers at a profile's pace"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program to its end; return the exit code."""
    arguments = _arguments(argv)
    if self_test.is_wanted(arguments):
        from spark_desktop.self_test.command import main as test

        return test(arguments, application)
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    keep_keys_out()
    keep_keys_out_of_crashes()
    instance = SingleInstance(data_folder())
    try:
        check_schema(data_folder() / DATABASE)
    except StoreError as error:
        return _older_than_data(error, arguments.theme)
    try:
        is_the_one = asyncio.run(instance.claim(message_of(arguments)))
    except SparkError as error:
        print(f"spark-desktop: {error}", file=sys.stderr)
        return 1
    if not is_the_one:
        print(_HANDED_OVER)
        return 0
    application()
    return qt_loop.run(lambda: _run(arguments, instance))


def application() -> QApplication:
    """Return the one QApplication, made where there is none yet."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = SparkApplication(["spark-desktop"])
    app.setApplicationName("Spark Desktop")
    app.setDesktopFileName("spark-desktop")
    # The loop must outlive the window: the project is closed after it.
    app.setQuitOnLastWindowClosed(False)
    return app


def _older_than_data(error: StoreError, theme: str | None) -> int:
    from spark_desktop.newer_data import tell_newer_data

    print(f"spark-desktop: {error}", file=sys.stderr)
    application()
    return qt_loop.run(lambda: tell_newer_data(error, data_folder(), theme))


async def _run(arguments: argparse.Namespace, instance: SingleInstance) -> int:
    settings = SettingsService(TomlSettings(settings_file()))
    desktop = DesktopApp(data_folder(), arguments.model, arguments.theme, settings=settings)
    stop_listening = qt_loop.on_termination(desktop.request_close)
    app = QApplication.instance()
    if isinstance(app, SparkApplication):
        app.quit_asked.connect(desktop.request_close)
    message = message_of(arguments)
    visitors = TaskScope("other starts")
    collector = Collector()
    try:
        match message:
            case OpenWindow(folder, hidden=hidden):
                desktop.begin(Path(folder) if folder else None, hidden=hidden)
            case _:
                # For a question alone no window is needed.
                desktop.begin(None, hidden=isinstance(message, QuickText))
                desktop.take(message)
        if isinstance(app, SparkApplication):
            app.open_with(lambda name: desktop.take(_named(name)))
        await instance.listen(visitors, desktop.take)
        await desktop.closed.wait()
    finally:
        stop_listening()
        await visitors.close()
        await instance.close()
        collector.end()
    return 0


def message_of(arguments: argparse.Namespace) -> Handover:
    """Return what this start is for, also where it is handed over to the one that runs."""
    tokens = (os.environ.get(name) for name in ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID"))
    token = next((token for token in tokens if token), "")
    if arguments.new_prompt:
        return QuickText("", token)
    if arguments.choose_folder:
        return ChooseFolder(token)
    named = _named(arguments.folder or "", token)
    if isinstance(named, OpenWindow):
        return replace(named, model=arguments.model or "", hidden=arguments.hidden)
    return named


def _named(name: str, token: str = "") -> OpenWindow | FollowLink:
    """Return what to do with a word that names a folder, by its path or a URL."""
    folder: str | None = name
    if is_link(name):
        folder = local_folder(name, on_windows=sys.platform == "win32")
    if folder is None:
        return FollowLink(carried(name), token)
    # Relative to where this program was started, which the running one does not know.
    return OpenWindow(os.path.realpath(folder) if folder else "", activation=token)


def build_parser() -> argparse.ArgumentParser:
    """Return the grammar of the program."""
    parser = argparse.ArgumentParser(
        prog="spark-desktop", description="Watch a folder, and review what a model proposes."
    )
    parser.add_argument(
        "folder",
        nargs="?",
        metavar="FOLDER_OR_LINK",
        help="the project's folder, or a spark:// link",
    )
    parser.add_argument("--model", metavar="ID_OR_PATH", help=_MODEL_HELP)
    parser.add_argument("--theme", choices=("dark", "light"), help="else the system's")
    start = parser.add_mutually_exclusive_group()
    start.add_argument(
        "--hidden", action="store_true", help="show only the tray icon, as at log-in"
    )
    start.add_argument("--new-prompt", action="store_true", help="show the quick prompt")
    start.add_argument("--choose-folder", action="store_true", help="choose a folder to open")
    self_test.add_to(parser)
    return parser


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = build_parser()
    arguments = parser.parse_args(argv)
    if arguments.folder and (arguments.new_prompt or arguments.choose_folder):
        parser.error("--new-prompt and --choose-folder take no folder")
    if wrong := self_test.refused(arguments):
        parser.error(wrong)
    return arguments


if __name__ == "__main__":
    sys.exit(main())
