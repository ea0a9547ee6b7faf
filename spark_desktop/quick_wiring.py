"""Builds what answers quick questions without a project; the window and the command share it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from spark_desktop.adapters.core_process import CoreOptions, CoreProcess, core_command
from spark_desktop.adapters.quick_history import SqliteQuickHistory
from spark_desktop.adapters.schema_version import DATABASE, check_schema
from spark_desktop.adapters.settings_file import TomlSettings
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.endpoint_wiring import ENDPOINTS, endpoint_services
from spark_desktop.places import data_folder, settings_file
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import Core
from spark_desktop.services.quick import QuickService
from spark_desktop.services.tasks import TaskScope
from spark_desktop.wiring import default_model


def quick_core(data_dir: Path, model: str, bus: Bus, scope: TaskScope, linger: float = 2.0) -> Core:
    """Return a core that joins the running one of this model, and is not started yet.

    ``model`` is empty for the default one; a core that has to be started stays ``linger`` seconds
    when nobody uses it any more.
    """
    options = CoreOptions(model or default_model(), core_command(), data_dir / "run", linger)
    return CoreProcess(options, bus, scope, SystemClock())


@dataclass(frozen=True, slots=True)
class QuickAnswers:
    """What answers, and the bus that tells of it; ``notes`` is what the user should know first."""

    service: QuickService
    bus: Bus
    notes: tuple[str, ...] = ()


@asynccontextmanager
async def quick_answers(model: str | None, linger: float) -> AsyncIterator[QuickAnswers]:
    """Open what answers in a terminal, with the user's settings, and close it in the end.

    Raises StoreError where the data folder is a newer Spark's.
    """
    data, settings = data_folder(), TomlSettings(settings_file()).load().settings
    check_schema(data / DATABASE)
    bus, scope = Bus(), TaskScope("quick")
    endpoints = endpoint_services(
        data, settings_file().with_name(ENDPOINTS), lambda: settings.privacy.keep_ledger
    )
    core = quick_core(data, model or settings.model.model, bus, scope, linger)
    history = SqliteQuickHistory(data / DATABASE)
    # Who names a model wants that one to answer.
    router = endpoints.router(core, bus, scope, only_core=model is not None)
    service = QuickService(
        router, history, bus, SystemClock(), lambda: settings.privacy.keep_quick_history
    )
    async with AsyncExitStack() as closing:
        closing.push_async_callback(endpoints.close)
        closing.callback(endpoints.tell(bus))
        closing.push_async_callback(history.close)
        closing.push_async_callback(scope.close)
        closing.push_async_callback(core.close)
        closing.push_async_callback(service.close)
        yield QuickAnswers(service, bus, endpoints.endpoints.problems)
