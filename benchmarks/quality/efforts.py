"""What is left out of a measurement, by name, and the one place where a project is told so."""

from typing import Any

from spark_desktop.domain.effort import Effort
from spark_desktop.domain.project_settings import ProjectSettings
from spark_desktop.domain.settings import Settings
from spark_desktop.wiring import Project

ALL = "all"
# One answer with the whole file, without the product: what ours is compared with.
PLAIN = "plain"
# The same, told no more than the product is.
PLAIN_AS_MET = "plain as met"
PLAINS = (PLAIN, PLAIN_AS_MET)
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
    "without small changes": Effort(small=False),
    "without lines": Effort(lines=False),
    "nothing": Effort(
        context=False,
        fill_in=False,
        names=False,
        project=False,
        repairs=0,
        samples=1,
        doubts=False,
        computed=False,
        small=False,
        lines=False,
    ),
}
PARTS = (ALL, *PLAINS, *(name for name in EFFORTS if name != ALL))


# Seconds for the index of a project of a few files.
_INDEXED_S = 60.0


async def arrange(project: Project, effort: Effort) -> None:
    """Let the project do so much for a proposal, as one that its user has had open for a while.

    The user has allowed the project's own commands, and its files are known.
    """
    project.suggester.effort = effort
    allowed = ProjectSettings(allow_commands=True)
    project.use(Settings().with_project(project.root, allowed))
    told: Any = project
    if hasattr(told, "index") and not await told.index.ready(_INDEXED_S):
        raise RuntimeError(f"{project.root} was not indexed within {_INDEXED_S:g} s")
