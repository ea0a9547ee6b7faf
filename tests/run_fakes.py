"""Commands that run in a copy of the workspace, as a script says."""

from collections.abc import Callable, Mapping, Sequence

from spark_desktop.domain.project_checks import NotRun, Outcome, Ran
from spark_desktop.domain.words import say

Judge = Callable[[Mapping[str, str | None]], Outcome]


class ScriptedRuns:
    """A ShadowRun: gives ``outcomes`` in order, then what ``judge`` says of the texts."""

    def __init__(self, *outcomes: Outcome, judge: Judge | None = None) -> None:
        self.outcomes = list(outcomes)
        self.judge = judge
        self.ran: list[tuple[tuple[str, ...], dict[str, str | None], str]] = []

    async def __call__(
        self,
        words: Sequence[str],
        texts: Mapping[str, str | None],
        seconds: float,
        folder: str = "",
    ) -> Outcome:
        assert seconds > 0
        self.ran.append((tuple(words), dict(texts), folder))
        if self.outcomes:
            return self.outcomes.pop(0)
        if self.judge is not None:
            return self.judge(texts)
        return NotRun(say("not run: there is no program {name}", name=words[0]))


def passes_with(path: str, part: str, output: str = "assert 1 == 2\n") -> ScriptedRuns:
    """Return runs that pass where the text at ``path`` holds ``part``."""

    def judge(texts: Mapping[str, str | None]) -> Outcome:
        return Ran(0, "") if part in (texts.get(path) or "") else Ran(1, output)

    return ScriptedRuns(judge=judge)
