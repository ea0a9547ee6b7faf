"""In which ways a model is asked, one after the other."""

from dataclasses import replace

import pytest
from fakes import MODEL, FakeEndpoint, MemoryFiles

from spark_desktop.domain.effort import Effort
from spark_desktop.domain.proposal import Proposal, Queued
from spark_desktop.domain.track_record import Way
from spark_desktop.domain.trigger import FailingTest, Span
from spark_desktop.services.prompts import Surroundings
from spark_desktop.services.target import Target
from spark_desktop.services.ways import Ways
from spark_desktop.services.work import Work

TEXT = "def f(a):\n    return a\n"


async def work_of(is_local: bool) -> Work:
    snapshot = await MemoryFiles(a__py=TEXT).read("a.py")
    trigger = FailingTest(snapshot, Span(0, 2), "test_f", "f(1)", ("pytest",))
    endpoint = FakeEndpoint(model=replace(MODEL, is_local=is_local))
    target = Target(Span(0, 2), TEXT, Span(0, 2), "mend it")
    return Work(Proposal("p", trigger, Queued()), target, endpoint, Surroundings(), None)


@pytest.mark.parametrize(
    ("is_local", "first"),
    [
        (True, [Way.SMALL, Way.REGION, Way.LINE, Way.REPAIR]),
        (False, [Way.REGION, Way.SMALL, Way.REPAIR]),
    ],
)
async def test_slips_are_tried_before_a_small_model_and_after_a_large_one(is_local, first):
    work = await work_of(is_local)
    ways = [way async for way in Ways().of(work, Effort())]
    assert ways == [*first, Way.SAMPLE, Way.SAMPLE]
    assert Way.SMALL not in [way async for way in Ways().of(work, Effort(small=False))]
    assert Way.LINE not in [way async for way in Ways().of(work, Effort(lines=False))]
    work.endpoint.become(replace(work.endpoint.model, fim=False))
    assert Way.LINE not in [way async for way in Ways().of(work, Effort())]


@pytest.mark.parametrize(("is_local", "samples"), [(True, 5), (False, 2)])
async def test_where_a_test_has_decided_a_free_model_is_asked_more_often(is_local, samples):
    work = await work_of(is_local)
    work.is_decided = True
    ways = [way async for way in Ways().of(work, Effort())]
    assert ways.count(Way.SAMPLE) == samples
