"""What is shown where the data folder is of a newer Spark: that, and nothing that would write."""

import asyncio
from pathlib import Path

from PySide6.QtGui import QGuiApplication

from spark_desktop import qt_loop
from spark_desktop.adapters.settings_file import TomlSettings
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.words import joined, say
from spark_desktop.places import settings_file
from spark_desktop.viewmodels.notice import Notice, Tone
from spark_desktop.views.language import LanguageSwitch
from spark_desktop.views.looks import in_type, theme_of
from spark_desktop.views.newer_data import NewerData
from spark_desktop.views.stylesheet import palette_of


def newer_data_notice(error: StoreError, folder: Path) -> Notice:
    """Return what is wrong, what was not done, and what to do."""
    untouched = say("Nothing in {folder} was changed.", folder=folder)
    return Notice(error.message, Tone.PROBLEM, joined((untouched, error.next_step)))


async def tell_newer_data(error: StoreError, folder: Path, theme: str | None = None) -> int:
    """Show the window until it is closed, or the program is asked to end; return the exit code."""
    looks = TomlSettings(settings_file()).load().settings.looks
    language = LanguageSwitch()
    language.use(looks.language)
    shown = in_type(theme_of(looks, theme), looks)
    QGuiApplication.setPalette(palette_of(shown))
    window = NewerData(newer_data_notice(error, folder), shown)
    read = asyncio.Event()
    window.closed.connect(read.set)
    stop_listening = qt_loop.on_termination(read.set)
    window.show()
    try:
        await read.wait()
    finally:
        stop_listening()
        window.hide()
        window.deleteLater()
    return 1
