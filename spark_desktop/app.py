"""The desktop program: its command line, its start, its end."""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Sequence
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
from spark_desktop.domain.handover import OpenWindow
from spark_desktop.places import data_folder, settings_file
from spark_desktop.services.settings import SettingsService
from spark_desktop.services.tasks import TaskScope
from spark_desktop.session_end import SparkApplication

_HANDED_OVER = "Spark runs already; this start was handed over to it."
_MODEL_HELP = "a model id, a GGUF file, or emulated:PROFILE for its answers at a profile's pace"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program to its end; return the exit code."""
    arguments = _arguments(argv)
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    keep_keys_out()
    keep_keys_out_of_crashes()
    instance = SingleInstance(data_folder())
    try:
        check_schema(data_folder() / DATABASE)
    except StoreError as error:
        return _older_than_data(error, arguments.theme)
    try:
        is_the_one = asyncio.run(instance.claim(_message(arguments)))
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
    visitors = TaskScope("other starts")
    collector = Collector()
    try:
        desktop.begin(arguments.folder, hidden=arguments.hidden)
        await instance.listen(visitors, desktop.take)
        await desktop.closed.wait()
    finally:
        stop_listening()
        await visitors.close()
        await instance.close()
        collector.end()
    return 0


def _message(arguments: argparse.Namespace) -> OpenWindow:
    # Relative to where this program was started, which the running one does not know.
    folder = "" if arguments.folder is None else os.path.realpath(arguments.folder)
    tokens = (os.environ.get(name) for name in ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID"))
    token = next((token for token in tokens if token), "")
    return OpenWindow(folder, arguments.model or "", arguments.hidden, token)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="spark-desktop", description="Watch a folder, and review what a model proposes."
    )
    parser.add_argument("folder", nargs="?", type=Path, help="the project's folder")
    parser.add_argument("--model", metavar="ID_OR_PATH", help=_MODEL_HELP)
    parser.add_argument("--theme", choices=("dark", "light"), help="else the system's")
    parser.add_argument(
        "--hidden", action="store_true", help="show only the tray icon, as at log-in"
    )
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
