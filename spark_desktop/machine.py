"""Builds what looks after the machine: models, doctor, ledger; one for the program."""

import getpass
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from spark_desktop.adapters.build_facts import build_facts, components
from spark_desktop.adapters.core_lookup import served_models
from spark_desktop.adapters.core_models import CoreModels
from spark_desktop.adapters.core_process import CoreOptions, CoreProcess, core_command
from spark_desktop.adapters.database import Database
from spark_desktop.adapters.examinations import examinations
from spark_desktop.adapters.ledger import SqliteLedger, ThreadsafeLedger
from spark_desktop.adapters.self_test_program import SelfTestProgram
from spark_desktop.adapters.settings_file import TomlSettings
from spark_desktop.adapters.speed_store import SqliteSpeeds
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.domain.doctor_report import Secrets, secrets_of
from spark_desktop.domain.settings import Settings
from spark_desktop.places import settings_file
from spark_desktop.services.about import AboutService
from spark_desktop.services.bus import Bus
from spark_desktop.services.doctor import DoctorService
from spark_desktop.services.models import ModelsService
from spark_desktop.services.ports import Core
from spark_desktop.services.settings import SettingsService
from spark_desktop.services.tasks import TaskScope

# Seconds that a core which was started for measuring stays: it may be measured again.
_LINGER = 2.0


@dataclass(frozen=True, slots=True)
class MachineServices:
    """What the windows about this machine show; ``close`` ends it in order."""

    scope: TaskScope
    models: ModelsService
    doctor: DoctorService
    connections: SqliteLedger
    about: AboutService
    database: Database
    self_test: SelfTestProgram

    async def close(self) -> None:
        """Stop what runs (a download keeps what came), and close the database."""
        await self.scope.close()
        await self.connections.close()
        await self.database.close()


def machine_services(
    data_dir: Path, model: str | None = None, settings: SettingsService | None = None
) -> MachineServices:
    """Return the services, with a running loop; nothing is read or started yet.

    ``model`` is the one that the command line named, which then counts instead of the settings'.
    """
    settings = settings or SettingsService(TomlSettings(settings_file()))
    clock, scope = SystemClock(), TaskScope("machine")
    database = Database(data_dir / "spark.db")
    ledger = SqliteLedger(database, clock, scope, lambda: settings.current.privacy.keep_ledger)
    run_dir, command = data_dir / "run", core_command()

    def core(choice: str) -> Core:
        options = CoreOptions(choice, command, run_dir, _LINGER)
        return CoreProcess(options, Bus(), scope, clock, ledger)

    models = ModelsService(
        CoreModels(command, ledger),
        SqliteSpeeds(database),
        core,
        lambda: served_models(run_dir),
        settings,
        model or "",
    )
    from_threads = ThreadsafeLedger(ledger)
    doctor = DoctorService(
        lambda: examinations(data_dir, models.choice, from_threads),
        lambda: _secrets(os.environ),
        clock.now,
    )
    about = AboutService(build_facts, components, lambda: models.choice)
    tested = SelfTestProgram(lambda: _secrets(os.environ), clock.now)
    return MachineServices(scope, models, doctor, ledger, about, database, tested)


def program_settings() -> Settings:
    """Return the settings as they are kept now."""
    return TomlSettings(settings_file()).load().settings


def _secrets(environment: Mapping[str, str]) -> Secrets:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = ""
    return secrets_of(environment, Path.home(), user)
