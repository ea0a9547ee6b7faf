"""Builds what looks for newer releases; one for the program."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from spark_desktop.adapters.database import Database
from spark_desktop.adapters.ed25519 import verify
from spark_desktop.adapters.installation import installed, update_source
from spark_desktop.adapters.ledger import SqliteLedger
from spark_desktop.adapters.network import NetworkPolicy
from spark_desktop.adapters.package_file import PackageFile
from spark_desktop.adapters.release_requests import ReleaseRequests
from spark_desktop.adapters.release_server import HttpReleaseServer
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.adapters.update_memory import UpdateFile
from spark_desktop.domain.updates import Installed, UpdateSource
from spark_desktop.places import downloads_folder
from spark_desktop.services.ports import Clock
from spark_desktop.services.tasks import TaskScope
from spark_desktop.services.updates import UpdateService

MEMORY = "updates.json"


@dataclass(frozen=True, slots=True)
class UpdateServices:
    """``close`` ends what runs, in order."""

    updates: UpdateService
    clock: Clock
    scope: TaskScope
    ledger: SqliteLedger
    database: Database

    async def close(self) -> None:
        """Stop what runs (a download leaves nothing), and write what waits."""
        await self.scope.close()
        await self.ledger.close()
        await self.database.close()


@dataclass(frozen=True, slots=True)
class Build:
    """Which feed is followed, what is installed, and where packages go."""

    source: UpdateSource
    installed: Installed
    downloads: Path


def this_build() -> Build:
    """Return what this program was built for; without its own version it follows no feed."""
    here = installed()
    source = update_source() if here is not None else UpdateSource()
    return Build(source, here or Installed.unknown(), downloads_folder())


def update_services(
    data_dir: Path, keep_ledger: Callable[[], bool], build: Build | None = None
) -> UpdateServices:
    """Return the services, with a running loop; nobody is asked yet."""
    build = build or this_build()
    clock, scope = SystemClock(), TaskScope("updates")
    database = Database(data_dir / "spark.db")
    ledger = SqliteLedger(database, clock, scope, keep_ledger)
    requests = ReleaseRequests(NetworkPolicy(os.environ), ledger)
    server = HttpReleaseServer(requests, lambda file: PackageFile(build.downloads, file))
    memory = UpdateFile(data_dir / MEMORY)
    updates = UpdateService(build.source, build.installed, server, memory, verify, clock)
    return UpdateServices(updates, clock, scope, ledger, database)
