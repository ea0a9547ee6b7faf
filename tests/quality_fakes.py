"""What the tests of ``suggestion_quality`` share: a task, and a wire whose model is a script."""

from dataclasses import replace

from fakes import Answer, FakeEndpoint

from benchmarks.quality.answer_cache import AnswerCache
from benchmarks.quality.judging import Fate, Outcome
from benchmarks.quality.listening import HeardAnswers, Wire
from benchmarks.quality.suite import Task
from benchmarks.quality.toolchains import Toolchains, toolchains
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import Core, Endpoint
from spark_desktop.services.tasks import TaskScope

TOOLS: Toolchains = toolchains()

STUB = '''def twice(number):
    """Return two times the number."""
    ...
'''
TASK = Task(
    id="stub-twice",
    language="python",
    kind="stub",
    split="tuned",
    trigger="save",
    path="twice.py",
    instruction="",
    lines=None,
    visible="",
    check="{python} -m unittest -q hidden",
    plain="Fill in the body of `twice`.",
    plain_path="twice.py",
    before={"twice.py": "\n", "other.py": "ONE = 1\n"},
    saved={"twice.py": STUB},
    hidden={
        "hidden.py": "import unittest\nfrom twice import twice\n\n\n"
        "class Checks(unittest.TestCase):\n"
        "    def test_it(self):\n        self.assertEqual(twice(4), 8)\n"
    },
    solution={"twice.py": STUB.replace("...", "return 2 * number")},
    accept=(),
    reject=(),
    right=(),
    wrong=(),
)
QUESTION = replace(
    TASK,
    id="question-one",
    kind="question",
    split="held",
    path="other.py",
    check="",
    plain="What is the value of ONE?",
    plain_path="other.py",
    saved={"other.py": "# what is ONE? AI?\nONE = 1\n"},
    hidden={},
    solution={},
    accept=(r"\b(1|one)\b",),
    reject=("two",),
)


class ScriptedWire(Wire):
    """Lets a script answer in the place of the core, which is never started."""

    def __init__(self, *answers: Answer | str, cache: AnswerCache | None = None) -> None:
        super().__init__("scripted", cache)
        self.endpoint = FakeEndpoint(*answers)

    def router(
        self, core: Core, bus: Bus, scope: TaskScope, *, only_core: bool = False
    ) -> HeardAnswers:
        return _ScriptedAnswers(core, self)


class _ScriptedAnswers(HeardAnswers):
    def __init__(self, core: Core, wire: ScriptedWire) -> None:
        super().__init__(core, wire)
        self._scripted = wire.endpoint

    async def core(self) -> Endpoint:
        return self._scripted


def outcome(fate: Fate = Fate.RIGHT, **more: object) -> Outcome:
    """Return an outcome of the task, with ``more`` of it."""
    made = Outcome(TASK.id, TASK.kind, TASK.language, TASK.split, "m", "all", fate)
    return replace(made, **more)  # type: ignore[arg-type]
