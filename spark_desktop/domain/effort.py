"""How much is done for a proposal before it is shown. Each part can be left out, to be measured."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effort:
    """What helps the model, and what judges its answer.

    ``context``: definitions, recent edits, diagnostics and tests join the prompt. ``fill_in``:
    stubs are filled in where the model can. ``names``: names that an answer uses must exist.
    ``project``: the project's own checks run. ``repairs``: further attempts that are told the
    failure. ``samples``: answers among which the best is chosen, 1 for none but the first.
    ``doubts``: an answer that nothing proves, and that others of the model contradict, is withheld.
    ``computed``: follow-ups of a rename are computed, not asked for. ``small``: one small change is
    tried where a test decides. ``lines``: the model writes single lines anew where a test decides.
    ``trusts``: the user named the test that decides; what it leaves open is told and not weighed.
    """

    context: bool = True
    fill_in: bool = True
    names: bool = True
    project: bool = True
    repairs: int = 1
    samples: int = 3
    doubts: bool = True
    computed: bool = True
    small: bool = True
    lines: bool = True
    trusts: bool = False
