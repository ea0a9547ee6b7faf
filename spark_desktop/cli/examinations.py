"""Everything that ``spark doctor`` looks at; nothing here needs a network."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from spark_desktop.adapters.core_process import core_command
from spark_desktop.cli import machine_examinations as machine
from spark_desktop.cli import spark_examinations as spark
from spark_desktop.cli.findings import Finding
from spark_desktop.places import data_folder

Examination = Callable[[], Finding]


def examine_all() -> list[Finding]:
    """Return what was found, in the order in which a user would mend it; takes about a second."""
    # Side by side: some of them start a process and wait for it.
    with ThreadPoolExecutor(thread_name_prefix="doctor") as pool:
        return [found.result() for found in [pool.submit(each) for each in _examinations()]]


def _examinations() -> list[Examination]:
    folder, command = data_folder(), core_command()
    return [
        machine.python,
        spark.packages,
        spark.grammars,
        machine.processor,
        machine.memory,
        partial(spark.engine, command),
        machine.qt_libraries,
        machine.display,
        machine.file_watches,
        partial(spark.data, folder),
        partial(spark.database, folder / "spark.db"),
        partial(spark.model, command),
        partial(spark.running_cores, folder / "run"),
    ]
