"""Whether this program knows the user's data; it only reads."""

from pathlib import Path

from spark_desktop.adapters.migrations import STEPS
from spark_desktop.adapters.schema_version import DATABASE, check_schema, schema_of
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.self_test import Outcome, Seen
from spark_desktop.domain.words import say


def data_is_known(folder: Path) -> Seen:
    """Return whether the database there is of this program or an earlier one; FAILED for a newer.

    Not a byte of the folder changes.
    """
    file = folder / DATABASE
    try:
        check_schema(file)
        found = schema_of(file)
    except StoreError as error:
        return Seen(Outcome.FAILED, error.message, error.next_step)
    except OSError as error:
        said = say("{file} cannot be read ({reason}).", file=file, reason=error.strerror or error)
        return Seen(Outcome.FAILED, said, say("Make it readable for you."))
    if not found:
        return Seen(Outcome.OK, say("{folder}: no threads or changes yet", folder=folder))
    text = say("{file}: schema {found} of {known}", file=file, found=found, known=len(STEPS))
    return Seen(Outcome.OK, text)
