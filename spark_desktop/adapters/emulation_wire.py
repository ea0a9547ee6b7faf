"""The ``x_spark`` object of an emulated answer, as JSON. No I/O."""

import math
from typing import Any

from spark_desktop.domain.emulation import Emulation

_FIELD = "x_spark"


def emulation_in(event: dict[str, Any]) -> Emulation | None:
    """Return what an event (or a whole answer) says about its emulation; None where it is none.

    A field that is missing or of the wrong type counts as not said: what a server adds to its
    answers must not break them.
    """
    told = event.get(_FIELD)
    if not isinstance(told, dict) or told.get("emulated") is not True:
        return None
    return Emulation(
        profile=_text(told, "profile"),
        title=_text(told, "title"),
        source=_text(told, "source"),
        kind=_text(told, "kind"),
        target_tps=_number(told, "target_tps"),
        achieved_tps=_number(told, "achieved_tps"),
        behind_share=_number(told, "behind_share"),
        engine_s=_number(told, "engine_s"),
    )


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _number(told: dict[str, Any], name: str) -> float | None:
    value = told.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None
