"""A small project to try things on, copied to where the user wants it."""

import asyncio
import shutil
import tempfile
from pathlib import Path

from spark_desktop.domain.errors import FileError
from spark_desktop.domain.words import say
from spark_resources import resource

NAME = "spark-sample"
# The file with something to do, and how an editor's user would say what.
ASKING = "invoices/discounts.py"
_WRONG = "    return total - percent\n"
_ASKED = f"    # subtract total * percent / 100 instead AI!\n{_WRONG}"


async def copy_sample(parent: Path | None = None) -> Path:
    """Copy the sample into a new folder in ``parent`` (None: a temporary one) and return it.

    One comment in it asks for a change. Nothing that is there is replaced. Raises FileError.
    """
    try:
        return await asyncio.to_thread(_copy, parent)
    except OSError as error:
        raise FileError(
            say(
                "The sample cannot be copied to {place}: {reason}.",
                place=parent or tempfile.gettempdir(),
                reason=error.strerror or error,
            ),
            say("Choose another folder for it."),
        ) from error


def _copy(parent: Path | None) -> Path:
    folder = _free(Path(tempfile.mkdtemp(prefix=f"{NAME}-")) if parent is None else parent)
    shutil.copytree(resource("demo_project"), folder, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / ASKING
    file.write_text(
        file.read_text(encoding="utf-8").replace(_WRONG, _ASKED), encoding="utf-8", newline="\n"
    )
    return folder


def _free(parent: Path) -> Path:
    folder, number = parent / NAME, 1
    while folder.exists():
        number += 1
        folder = parent / f"{NAME}-{number}"
    return folder
