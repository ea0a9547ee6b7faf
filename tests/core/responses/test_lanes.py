"""Lanes by themselves: what becomes of a job that fails with what nobody expected."""

import pytest

from inference_core.server.responses.lanes import Lanes
from inference_core.server.responses.limits import DEFAULT_LIMITS


async def test_a_job_that_fails_is_told_to_who_waits_for_that():
    async def fail():
        raise ZeroDivisionError

    lanes = Lanes(DEFAULT_LIMITS)
    lanes.submit("a", fail, 1)
    with pytest.raises(ZeroDivisionError):
        await lanes.broken()
    await lanes.close()
