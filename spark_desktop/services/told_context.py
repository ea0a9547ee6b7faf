"""Tells the window what joined a proposal's prompt, beside handing it on."""

from dataclasses import replace

from spark_desktop.domain.events import ContextGathered
from spark_desktop.domain.gathered import Gathered
from spark_desktop.domain.trigger import ModelTrigger, Span
from spark_desktop.services.bus import Bus
from spark_desktop.services.gathering import Count, Gather


def telling(gather: Gather, bus: Bus) -> Gather:
    """Return what gathers as ``gather`` does, and publishes ContextGathered each time."""

    async def told(trigger: ModelTrigger, region: Span, tokens: int, count: Count) -> Gathered:
        gathered = await gather(trigger, region, tokens, count)
        # Without the texts: they stand in files, and would be kept as long as the proposal is.
        parts = tuple(replace(part, text="") for part in gathered.parts)
        bus.publish(ContextGathered(trigger, replace(gathered, parts=parts)))
        return gathered

    return told
