"""Which function makes which check of the plan."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from spark_desktop.adapters.data_check import data_is_known
from spark_desktop.adapters.storage_checks import database_works, keyring_works
from spark_desktop.domain.self_test import Seen
from spark_desktop.places import users_data_folder
from spark_desktop.self_test import drawing, installed, main_job
from spark_desktop.self_test.stage import Stage


async def _sqlite(stage: Stage) -> Seen:
    return await database_works(stage.folder)


async def _data(_stage: Stage) -> Seen:
    return await asyncio.to_thread(data_is_known, users_data_folder())


async def _keyring(_stage: Stage) -> Seen:
    return await keyring_works()


CHECKS: Mapping[str, Callable[[Stage], Awaitable[Seen]]] = {
    "program": installed.program,
    "resources": installed.resources,
    "translations": drawing.translations,
    "images": drawing.images,
    "grammars": installed.grammars,
    "highlighting": installed.highlighting,
    "tls": installed.tls,
    "sqlite": _sqlite,
    "data": _data,
    "keyring": _keyring,
    "command": installed.command_line,
    "engine": installed.engine_library,
    "model": main_job.model_file,
    "window": main_job.window,
    "watcher": main_job.watcher,
    "edit": main_job.edit,
    "core": main_job.core,
    "tokens": main_job.tokens,
    "screen": drawing.screen,
    "fonts": drawing.fonts,
    "tray": drawing.tray_icon,
}
