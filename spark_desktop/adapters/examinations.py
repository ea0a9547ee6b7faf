"""Everything that the doctor looks at without a window; nothing here needs a network."""

import os
from functools import partial
from pathlib import Path

from spark_desktop.adapters import machine_examinations as machine
from spark_desktop.adapters import spark_examinations as spark
from spark_desktop.adapters import surroundings_examinations as around
from spark_desktop.adapters.core_process import core_command
from spark_desktop.domain.findings import Finding
from spark_desktop.services.doctor import Examination
from spark_desktop.services.ledger import Ledger


def examine_all(folder: Path) -> list[Finding]:
    """Return what was found, in the order in which a user would mend it; takes about a second."""
    from concurrent.futures import ThreadPoolExecutor

    # Side by side: some of them start a process and wait for it.
    with ThreadPoolExecutor(thread_name_prefix="doctor") as pool:
        return [found.result() for found in [pool.submit(each) for each in examinations(folder)]]


def examinations(
    folder: Path, model: str = "", ledger: Ledger | None = None
) -> tuple[Examination, ...]:
    """Return what is to be looked at, for a data folder and a model (empty: the default).

    Each may be called in an OS thread of its own; asking a running core goes into the ledger.
    """
    command = core_command()
    return (
        machine.python,
        spark.packages,
        spark.grammars,
        machine.processor,
        machine.memory,
        partial(spark.engine, command),
        machine.qt_libraries,
        machine.display,
        machine.file_watches,
        around.sandbox,
        around.keyring_backend,
        around.trust_store,
        partial(around.proxies, os.environ),
        partial(spark.data, folder),
        partial(around.disk, folder),
        partial(spark.database, folder / "spark.db"),
        partial(spark.model, command, model),
        partial(spark.running_cores, folder / "run", ledger),
    )
