"""What a core says on its standard output while it comes up, as states."""

import json
from typing import Any

from spark_desktop.adapters.core_lookup import CoreAddress, address_in
from spark_desktop.domain.contact import Contact
from spark_desktop.domain.core_state import (
    CoreDownloading,
    CoreFailed,
    CoreLoading,
    CoreStarting,
)
from spark_desktop.domain.words import say

Said = CoreStarting | CoreDownloading | CoreLoading | CoreFailed | CoreAddress


def said_in(line: str) -> Said | None:
    """Return what one line tells; None for a line that changes nothing for the user."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    if not isinstance(event, dict):
        return None
    match event.get("event"):
        case None:
            return address_in(event)
        case "downloading":
            return _downloading(event)
        case "checking" | "verifying" | "loading":
            return CoreLoading()
        case "failed":
            message = str(event.get("message") or "") or say("The core cannot start.")
            return CoreFailed(message, str(event.get("next_step") or ""))
        case "source_skipped":
            return CoreStarting(f"{event.get('source')}: {event.get('reason')}")
        case _:
            # What later cores may add.
            return None


def contact_of(line: str) -> Contact | None:
    """Return which server a line says is asked for the model; None for other lines."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return contact_in(event) if isinstance(event, dict) else None


def contact_in(event: dict[str, Any]) -> Contact | None:
    """Return which server an event says is asked for a model; None for other events."""
    if event.get("event") != "contacting":
        return None
    purpose = say("fetch a model from {source}", source=str(event.get("source")))
    return Contact(str(event.get("host")), int(_number(event.get("port"))), purpose)


def _downloading(event: dict[str, Any]) -> CoreDownloading:
    left = event.get("left_s")
    return CoreDownloading(
        source=str(event.get("source") or ""),
        done=int(_number(event.get("done"))),
        total=int(_number(event.get("total"))),
        rate=_number(event.get("rate")),
        left=_number(left) if left is not None else None,
    )


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
