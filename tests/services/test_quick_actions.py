"""Quick actions of selected lines become proposals, or questions for the chat."""

import pytest
from fakes import Answer, LineSyntax, MemoryFiles

from spark_desktop.domain.errors import FileError, SparkError
from spark_desktop.domain.proposal import Ready, Withheld
from spark_desktop.domain.quick_actions import Actions, new_test_path
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import Instruction, QuickAction, Span, Trigger, title_of
from spark_desktop.domain.workspace import Snapshot, snapshot_of
from spark_desktop.services.quick_actions import Asked, QuickActions

CODE = "def first(a):\n    return a\n\ndef second(b):\n    return b\n"
TESTS = "def test_first():\n    assert first(1) == 1\n"


class Desk:
    """The service over files in memory; ``pairs`` are the test files of each path."""

    def __init__(self) -> None:
        self.texts = {"stats.py": CODE}
        self.pairs: dict[str, tuple[str, ...]] = {}
        self.requests: list[Trigger] = []
        self.actions = QuickActions(self, LineSyntax(), self, self._request)

    def snapshot(self, path: str = "stats.py") -> Snapshot:
        return snapshot_of(path, SourceText(self.texts[path]))

    async def read(self, path: str) -> Snapshot:
        if path not in self.texts:
            raise FileError(f"{path} does not exist.", "Choose another file.")
        return self.snapshot(path)

    async def files(self, below: str = "") -> tuple[str, ...]:
        return tuple(sorted(path for path in self.texts if path.startswith(below)))

    async def tests_of(self, path: str) -> tuple[str, ...]:
        return self.pairs.get(path, ())

    async def begin(self, action: QuickAction, lines: Span, path: str = "stats.py") -> str | Asked:
        return await self.actions.begin(action, self.snapshot(path), lines)

    def _request(self, trigger: Trigger) -> str:
        self.requests.append(trigger)
        return f"p{len(self.requests)}"

    @property
    def request(self) -> Instruction:
        (request,) = self.requests
        assert isinstance(request, Instruction)
        return request


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize(
    ("action", "title"),
    [
        (QuickAction.FIX, "fix lines 4 to 5"),
        (QuickAction.DOCUMENT, "document lines 4 to 5"),
        (QuickAction.SIMPLIFY, "simplify lines 4 to 5"),
    ],
)
async def test_what_changes_code_is_a_proposal_for_the_selected_lines(
    desk: Desk, action: QuickAction, title: str
) -> None:
    assert await desk.begin(action, Span(3, 5)) == "p1"
    assert (desk.request.lines, desk.request.action) == (Span(3, 5), action)
    assert desk.request.instruction
    assert title_of(desk.request) == title


async def test_a_single_line_stands_for_the_definition_around_it(desk: Desk) -> None:
    await desk.begin(QuickAction.FIX, Span(4, 5))
    assert desk.request.lines == Span(3, 5)


async def test_an_explanation_is_a_question_that_names_the_code_and_its_lines(desk: Desk) -> None:
    asked = await desk.begin(QuickAction.EXPLAIN, Span(1, 2))
    assert isinstance(asked, Asked)
    assert asked.text == "Explain `first` (stats.py, lines 1 to 3): what does it do, and why?"
    assert (asked.path, asked.lines) == ("stats.py", Span(0, 3))
    assert not desk.requests


async def test_lines_without_a_definition_are_explained_by_their_numbers(desk: Desk) -> None:
    desk.texts["stats.py"] = "import os\nimport sys\n"
    asked = await desk.begin(QuickAction.EXPLAIN, Span(0, 2))
    assert isinstance(asked, Asked)
    assert asked.text == "Explain stats.py, lines 1 to 2: what does this code do, and why?"
    desk.texts["stats.py"] = "import os\n"
    asked = await desk.begin(QuickAction.EXPLAIN, Span(0, 1))
    assert isinstance(asked, Asked)
    assert asked.text.startswith("Explain stats.py, line 1:")


async def test_a_test_is_proposed_for_the_file_of_the_tests(desk: Desk) -> None:
    desk.texts["tests/test_stats.py"] = TESTS
    desk.pairs["stats.py"] = ("tests/gone.py", "tests/test_stats.py")
    assert await desk.begin(QuickAction.TEST, Span(3, 5)) == "p1"
    assert (desk.request.snapshot.path, desk.request.lines) == ("tests/test_stats.py", None)
    assert "`second` of stats.py" in desk.request.instruction
    assert desk.request.about == "second"
    assert title_of(desk.request) == "write a test"


async def test_in_a_long_file_of_tests_the_new_one_goes_to_the_last(desk: Desk) -> None:
    desk.texts["test_stats.py"] = TESTS * 40
    desk.pairs["stats.py"] = ("test_stats.py",)
    await desk.begin(QuickAction.TEST, Span(3, 5))
    assert desk.request.lines == Span(78, 80)


async def test_in_a_file_of_tests_the_test_goes_there(desk: Desk) -> None:
    desk.texts["test_stats.py"] = TESTS
    await desk.begin(QuickAction.TEST, Span(0, 2), "test_stats.py")
    assert desk.request.snapshot.path == "test_stats.py"


async def test_without_a_file_of_tests_the_chat_is_asked_for_a_new_one(desk: Desk) -> None:
    asked = await desk.begin(QuickAction.TEST, Span(3, 5))
    assert isinstance(asked, Asked)
    assert "a test for `second` (stats.py, lines 4 to 5)" in asked.text
    assert "tests/test_stats.py" in asked.text
    assert not desk.requests


async def test_a_test_of_no_definition_is_refused(desk: Desk) -> None:
    desk.texts["stats.py"] = "import os\nimport sys\n"
    with pytest.raises(SparkError, match="no function or class"):
        await desk.begin(QuickAction.TEST, Span(0, 2))


async def test_a_language_whose_tests_have_no_usual_name_is_refused(desk: Desk) -> None:
    desk.texts["stats.zig"] = CODE
    with pytest.raises(SparkError, match=r"does not know where tests of stats\.zig stand"):
        await desk.begin(QuickAction.TEST, Span(0, 2), "stats.zig")


async def test_what_is_switched_off_is_refused(desk: Desk) -> None:
    desk.actions.chosen = Actions(fix=False)
    with pytest.raises(SparkError, match="switched off"):
        await desk.begin(QuickAction.FIX, Span(0, 2))
    assert await desk.begin(QuickAction.SIMPLIFY, Span(0, 2)) == "p1"


@pytest.mark.parametrize(
    ("path", "known", "new"),
    [
        ("src/shop/stats.py", (), "tests/test_stats.py"),
        ("src/shop/stats.py", ("unit/shop/test_cart.py", "src/a.py"), "unit/shop/test_stats.py"),
        ("pkg/stats.go", (), "pkg/stats_test.go"),
        ("notes.txt", (), ""),
    ],
)
def test_a_new_test_stands_beside_those_that_are_known(
    path: str, known: tuple[str, ...], new: str
) -> None:
    assert new_test_path(path, known) == new


async def test_an_action_goes_the_way_of_every_proposal_to_the_file(world_of) -> None:
    files = MemoryFiles()
    files.write("stats.py", CODE)
    world = world_of(files, Answer("```python\ndef second(b):\n    return b or 0\n```"))
    actions = QuickActions(world.files, LineSyntax(), Desk(), world.turns.request)
    proposal_id = await actions.begin(QuickAction.FIX, files.snapshot("stats.py"), Span(4, 5))
    await world.turns.idle()
    proposal = world.board.get(proposal_id)
    assert isinstance(proposal.state, Ready)
    asked = world.endpoint.requests[0].messages[-1].text
    assert "Fix the mistakes in this code" in asked
    assert "def first" not in asked
    await world.review.accept(proposal_id)
    assert files.text("stats.py").endswith("def second(b):\n    return b or 0\n")


async def asked_for_a_test(world_of, *answers: str):
    """Return the proposal of a test of `second`, the file of the tests, and what was asked."""
    files = MemoryFiles()
    files.write("stats.py", CODE)
    files.write("test_stats.py", TESTS)
    world = world_of(files, *(Answer(f"```python\n{one}```") for one in answers))
    desk = Desk()
    desk.texts["test_stats.py"] = TESTS
    desk.pairs["stats.py"] = ("test_stats.py",)
    actions = QuickActions(world.files, LineSyntax(), desk, world.turns.request)
    snapshot = files.snapshot("stats.py")
    proposal_id = await actions.begin(QuickAction.TEST, snapshot, Span(3, 5))
    await world.turns.idle()
    return world.board.get(proposal_id), world.endpoint.requests


NEW_TEST = f"{TESTS}\n\ndef test_second():\n    assert second(2) == 2\n"


async def test_a_test_that_is_added_is_shown_with_that_as_its_evidence(world_of) -> None:
    proposal, requests = await asked_for_a_test(world_of, NEW_TEST)
    assert isinstance(proposal.state, Ready)
    assert [one.passed for one in proposal.evidence if one.name == "adds a test"] == [True]
    assert len(requests) == 1


async def test_an_answer_that_drops_the_tests_is_asked_for_again(world_of) -> None:
    copied = "def second(b):\n    return b\n"
    proposal, requests = await asked_for_a_test(world_of, copied, NEW_TEST)
    assert isinstance(proposal.state, Ready)
    assert "With the answer test_first is gone" in requests[1].messages[-1].text


async def test_an_answer_that_adds_no_test_is_withheld(world_of) -> None:
    proposal, _requests = await asked_for_a_test(world_of, *(["def other():\n    pass\n"] * 9))
    assert isinstance(proposal.state, Withheld)
    assert "test_first is gone" in proposal.state.reason
