"""What is left out of a measurement, by name, and the one place where a project is told so."""

from typing import Any

from spark_desktop.domain.effort import Effort
from spark_desktop.wiring import Project

ALL = "all"
# One answer with the whole file, without the product: what ours is compared with.
PLAIN = "plain"
EFFORTS = {
    ALL: Effort(),
    "without context": Effort(context=False),
    "without fill-in": Effort(fill_in=False),
    "without names": Effort(names=False),
    "without project": Effort(project=False),
    "without repairs": Effort(repairs=0),
    "one sample": Effort(samples=1),
    "without doubts": Effort(doubts=False),
    "without computed": Effort(computed=False),
    "nothing": Effort(
        context=False,
        fill_in=False,
        names=False,
        project=False,
        repairs=0,
        samples=1,
        doubts=False,
        computed=False,
    ),
}
PARTS = (ALL, PLAIN, *(name for name in EFFORTS if name != ALL))


def use_effort(project: Project, effort: Effort) -> None:
    """Let the project do so much for a proposal, and no more."""
    told: Any = project
    if hasattr(told, "use_effort"):
        told.use_effort(effort)
        return
    suggester = told.suggester if hasattr(told, "suggester") else told.turns._suggester
    suggester.effort = effort
