"""What joined a proposal's prompt is told of that proposal, and goes with it."""

import pytest

from spark_desktop.domain.events import ContextGathered
from spark_desktop.domain.gathered import Gathered, LeftOut, Part
from spark_desktop.domain.words import say
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.viewmodels.prompt_context import ContextRow, context_text
from tests.interface_fakes import FakeProject, proposal

GATHERED = Gathered(
    (
        Part("rules", "SPARK.md", "", tokens=20),
        Part("map", say("Map of the workspace"), "", tokens=300),
        Part("callers", "src/a.py, line 3", "", tokens=100),
    ),
    (LeftOut("src/keys.py", say("may hold secrets: {what}", what="a key")),),
)


async def test_what_was_gathered_is_told_of_its_proposal(
    project: FakeProject, models: ProjectViewModels
) -> None:
    first, second = proposal(), proposal(name="p2")
    project.turns.put(first)
    project.turns.put(second)
    models.review.show_proposal("p1")
    changes: list[bool] = []
    models.review.changed.connect(lambda: changes.append(True))
    project.bus.publish(ContextGathered(first.trigger, GATHERED))
    assert changes == [True]
    assert models.review.context_text == "Context: 3 parts, 420 tokens; 1 left out"
    assert models.review.context_rows[1:] == (
        ContextRow("Map of the workspace", "300 tokens"),
        ContextRow("src/a.py, line 3", "100 tokens"),
        ContextRow("src/keys.py", "left out: may hold secrets: a key", is_left_out=True),
    )
    models.review.show_proposal("p2")
    assert (models.review.context_text, models.review.context_rows) == ("", ())


async def test_what_was_gathered_last_counts_and_goes_with_the_proposal(
    project: FakeProject, models: ProjectViewModels
) -> None:
    one = proposal()
    project.turns.put(one)
    models.review.show_proposal("p1")
    project.bus.publish(ContextGathered(one.trigger, GATHERED))
    project.bus.publish(ContextGathered(one.trigger, Gathered(GATHERED.parts[:1])))
    assert models.review.context_text == "Context: 1 part, 20 tokens"
    models.review.context.forget(())
    assert models.review.context_text == ""


@pytest.mark.parametrize(
    ("gathered", "said"),
    [
        (Gathered(), ""),
        (Gathered(left_out=GATHERED.left_out), "Context: 0 parts; 1 left out"),
        (Gathered((Part("map", "Map", ""),)), "Context: 1 part"),
    ],
)
async def test_the_sum_says_only_what_is_known(qapp: object, gathered: Gathered, said: str) -> None:
    assert context_text(gathered) == said
