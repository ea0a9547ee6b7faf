"""A failing test whose mistake is not where its run points at first."""

from fakes import MemoryFiles

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.patch import apply
from spark_desktop.domain.proposal import Check, Proposal, Queued
from spark_desktop.domain.trigger import FailingTest, Instruction, Span
from spark_desktop.services.judging import Judge
from spark_desktop.services.other_places import OtherPlaces
from spark_desktop.services.small_mends import SmallMends

SYNTAX = TreeSitterSyntax()
KIT = "def connect(pads):\n    for pad in pads:\n        pad.hit = lambda: play(pad)\n"
RIGHT = KIT.replace("lambda: play", "lambda pad=pad: play")
PADS = "def hit(pads, number):\n    return pads[number]\n"


class Run:
    """Passes where the kit is right; keeps which files were tried."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, trigger, path, before, after):
        self.asked.append(path)
        passed = path == "kit.py" and after.endswith(RIGHT)
        return (Check("pytest", passed, "", proves=True),)


def files_of() -> MemoryFiles:
    files = MemoryFiles(kit__py=KIT, pads__py=PADS)
    files.write("gone.py", PADS)
    return files


def proposal_of(files: MemoryFiles, *others: str) -> Proposal:
    def failing(path, more=()):
        lines = Span(0, files.snapshot(path).text.content.count("\n"))
        return FailingTest(files.snapshot(path), lines, "test_hit", "1 != 2", ("pytest",), "", more)

    trigger = failing("pads.py", tuple(failing(path) for path in others))
    return Proposal("p", trigger, Queued(), model="small")


async def mended(files, proposal, run):
    judge = Judge(SYNTAX)
    judge.by_trigger = run
    return await OtherPlaces(files, SYNTAX, SmallMends(SYNTAX, judge, files)).mended(proposal)


async def test_the_other_places_are_tried_in_their_order():
    files, run = files_of(), Run()
    found, target = await mended(files, proposal_of(files, "gone.py", "kit.py"), run)
    assert apply(KIT, found.patch.hunks) == RIGHT
    assert (found.trigger.snapshot.path, target.content) == ("kit.py", KIT)
    assert found.region == target.region
    assert run.asked.index("gone.py") < run.asked.index("kit.py")
    assert "pads.py" not in run.asked  # that was tried before


async def test_a_place_is_looked_up_in_the_file_as_it_is_now():
    files, run = files_of(), Run()
    proposal = proposal_of(files, "gone.py", "kit.py")
    del files.data["gone.py"]
    files.write("kit.py", "import pads\n\n\n" + KIT)
    found, _ = await mended(files, proposal, run)
    assert found.trigger.lines == Span(3, 6)
    assert "gone.py" not in run.asked


async def test_without_a_proof_or_another_place_there_is_nothing():
    files, run = files_of(), Run()
    assert await mended(files, proposal_of(files, "gone.py"), run) is None
    assert await mended(files, proposal_of(files), run) is None
    asked = Instruction(files.snapshot("kit.py"), Span(0, 1), "mend it")
    assert await mended(files, Proposal("p", asked, Queued(), model="small"), run) is None
