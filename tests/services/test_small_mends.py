"""A failing test that one small change mends: the run decides, and no model is asked."""

from dataclasses import replace

from fakes import MemoryFiles

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.patch import apply
from spark_desktop.domain.proposal import Check, Proposal, Queued
from spark_desktop.domain.trigger import FailingTest, Instruction, Span
from spark_desktop.services.judging import Judge
from spark_desktop.services.small_mends import SmallMends
from spark_desktop.services.target import target_of

SYNTAX = TreeSitterSyntax()
TEXT = "def free(total):\n    return total > 5000\n\n\ndef other(a):\n    return a < 1\n"
RIGHT = TEXT.replace("> 5000", ">= 5000")
PASSED = Check("pytest", True, "ends with 0", proves=True)
FAILED = Check("pytest", False, "ends with 1", proves=True)


async def proposal_of(lines=None):
    snapshot = await MemoryFiles(a__py=TEXT).read("a.py")
    trigger = FailingTest(snapshot, lines, "test_free", "free(5000)", ("pytest",))
    return Proposal("p", trigger, Queued(), model="small")


class Run:
    """Says which texts pass; counts what it is asked."""

    def __init__(self, *right: str, proves: bool = True) -> None:
        self.right, self.proves = right, proves
        self.asked: list[str] = []

    async def __call__(self, trigger, path, before, after):
        self.asked.append(after)
        found = PASSED if after in self.right else FAILED
        return (replace(found, proves=self.proves),)


async def mended(run, proposal, most=60, project=None, files=None):
    judge = Judge(SYNTAX)
    judge.by_trigger, judge.project = run, project
    target = target_of(proposal.trigger, SYNTAX)
    tried = await SmallMends(SYNTAX, judge, files or MemoryFiles(), most).tried(proposal, target)
    return tried.found


async def test_the_change_that_the_run_proves_is_proposed_with_its_evidence():
    run = Run(RIGHT)
    found = await mended(run, await proposal_of(Span(1, 2)))
    assert apply(TEXT, found.patch.hunks) == RIGHT
    assert found.model == ""
    assert [one.name for one in found.evidence] == ["pytest", "parses", "small change"]
    assert found.evidence[-1].detail == "found by trying 1 small change, without a model"
    assert all(one.endswith("return a < 1\n") for one in run.asked)


async def test_what_a_test_in_the_same_file_expects_is_never_changed():
    text = (
        "fn f(a: i32) -> i32 {\n    a / 2 * 4\n}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n"
        "    fn f_is() {\n        let want = 7 / 2 * 4;\n        assert_eq!(f(7), want);\n"
        "    }\n}\n"
    )
    snapshot = await MemoryFiles(a__rs=text).read("a.rs")
    trigger = FailingTest(snapshot, Span(0, 3), "tests::f_is", "left: 12", ("cargo", "test"))
    run = Run(text.replace("7 / 2 * 4", "7 * 4 / 2"))
    assert await mended(run, Proposal("p", trigger, Queued(), model="small")) is None
    assert text.replace("a / 2 * 4", "a * 4 / 2") in run.asked
    assert not set(run.right).intersection(run.asked)


async def test_where_another_change_that_is_as_likely_passes_too_none_is_proposed():
    # The bound and its neighbour: both are slips of the same kind.
    text = "def free(total, least):\n    return total > 5000 and least > 1\n"
    first, other = (text.replace(f"> {one}", f">= {one}") for one in ("5000", "1\n"))
    snapshot = await MemoryFiles(a__py=text).read("a.py")
    trigger = FailingTest(snapshot, Span(0, 2), "test_free", "free(5000)", ("pytest",))
    proposal = Proposal("p", trigger, Queued(), model="small")
    assert await mended(Run(first, other), proposal) is None
    run = Run(first, text.replace("and", "or"))
    found = await mended(run, proposal)
    assert apply(text, found.patch.hunks) == first
    assert text.replace("and", "or") not in run.asked


async def test_a_slip_is_proposed_only_where_none_of_another_line_passes():
    text = "def free(total, count):\n    least = count + 1\n    return total > 5000 - least\n"
    bound, other = text.replace("> 5000", ">= 5000"), text.replace("count + 1", "count")
    snapshot = await MemoryFiles(a__py=text).read("a.py")
    trigger = FailingTest(snapshot, Span(0, 3), "test_free", "free(5000, 1)", ("pytest",))
    proposal = Proposal("p", trigger, Queued(), model="small")
    assert await mended(Run(bound, other), proposal) is None
    found = await mended(Run(bound, text.replace("- least", "+ least")), proposal)
    assert apply(text, found.patch.hunks) == bound


async def test_where_none_is_proved_there_is_none_and_the_number_is_bounded():
    run = Run()
    assert await mended(run, await proposal_of(), most=3) is None
    assert len(run.asked) == 1 + 3  # first on the text as it is


async def test_a_test_that_passes_by_now_needs_no_mending():
    run = Run(TEXT, RIGHT)
    assert await mended(run, await proposal_of()) is None
    assert run.asked == [TEXT]


async def test_a_change_that_goes_in_circles_gives_way_to_the_next():
    other = TEXT.replace("> 5000", "< 5000")

    class Circles(Run):
        async def __call__(self, trigger, path, before, after):
            if after == RIGHT:
                self.asked.append(after)
                return (Check("pytest", True, "It took too long.", is_advice=True),)
            return await super().__call__(trigger, path, before, after)

    run = Circles(other)
    found = await mended(run, await proposal_of())
    assert apply(TEXT, found.patch.hunks) == other
    assert RIGHT in run.asked


TRAP = "def names(rows, found=[]):\n    found += [row.name for row in rows if row.size > 1]\n"
TRAP += "    return found\n"
OUT = TRAP.replace("found=[]", "found=None").replace(
    "    found +=", "    if found is None:\n        found = []\n    found +=", 1
)


async def trap_of(text=TRAP):
    snapshot = await MemoryFiles(a__py=text).read("a.py")
    trigger = FailingTest(snapshot, Span(1, 2), "test_names", "names(rows)", ("pytest",))
    return Proposal("p", trigger, Queued(), model="small")


async def test_a_known_trap_comes_before_slips_and_is_named_so():
    run = Run(OUT, TRAP.replace("> 1", ">= 1"))
    found = await mended(run, await trap_of())
    assert apply(TRAP, found.patch.hunks) == OUT
    assert found.evidence[-1].name == "known trap"


async def test_where_there_is_time_for_few_half_of_them_are_slips():
    run = Run()
    assert await mended(run, await trap_of(), most=2) is None
    assert run.asked == [TRAP, OUT, TRAP.replace("> 1", ">= 1")]


async def test_where_two_ways_out_of_one_place_pass_none_is_proposed():
    text = "def pages(total, size):\n    return total // size\n"
    first, other = (
        text.replace("total // size", one) for one in ("-(-total // size)", "round(total / size)")
    )
    found = await mended(Run(first), await trap_of(text))
    assert apply(text, found.patch.hunks) == first
    assert await mended(Run(first, other), await trap_of(text)) is None


async def test_where_no_run_decides_nothing_is_tried():
    run = Run(proves=False)
    assert await mended(run, await proposal_of()) is None
    assert len(run.asked) == 1
    assert await mended(None, await proposal_of()) is None


async def test_a_change_that_the_projects_checks_refuse_gives_way_to_the_next():
    other = TEXT.replace("> 5000", "< 5000")

    async def checks(path, before, after):
        return (Check("ruff", after != RIGHT),)

    found = await mended(Run(RIGHT, other), await proposal_of(), project=checks)
    assert apply(TEXT, found.patch.hunks) == other


async def test_only_a_failing_test_is_mended_so():
    proposal = await proposal_of()
    instruction = Instruction(proposal.trigger.snapshot, None, "make it right")
    assert await mended(Run(RIGHT), replace(proposal, trigger=instruction)) is None


async def test_a_slip_is_not_believed_where_others_as_likely_were_not_tried():
    text = "def free(total, least):\n    return total > 5000 and least > 1\n"
    first = text.replace("> 5000", ">= 5000")
    found = await mended(Run(first), await trap_of(text), most=2)
    assert apply(text, found.patch.hunks) == first
    run = Run(first)
    assert await mended(run, await trap_of(text), most=1) is None
    assert run.asked == [text, first]


async def test_of_a_trap_it_is_said_that_others_as_likely_were_not_tried():
    text = "def pages(total, size):\n    return total // size\n"
    first = text.replace("total // size", "-(-total // size)")
    found = await mended(Run(first), await trap_of(text), most=2)
    assert apply(text, found.patch.hunks) == first
    last = found.evidence[-1]
    assert (last.passed, last.is_advice) == (False, True)
    assert last.detail == "There was no time to try all changes that are as likely."


async def test_where_a_program_broke_off_traps_are_mended_and_no_slips():
    text = f"{TEXT}\n\n{TRAP}"
    out, slip = f"{TEXT}\n\n{OUT}", text.replace("> 5000", ">= 5000")
    snapshot = await MemoryFiles(a__py=text).read("a.py")
    trigger = FailingTest(snapshot, Span(0, 2), "app", "KeyError", ("app",), is_checked=False)
    proposal = Proposal("p", trigger, Queued(), model="small")
    # What turns off in front of the error passes as well.
    assert await mended(Run(slip), proposal) is None
    found = await mended(Run(slip, out), proposal)
    assert apply(text, found.patch.hunks) == out


async def test_a_trap_in_the_rest_of_the_file_is_tried_last():
    text = f"{TEXT}\n\n{TRAP}"
    out = f"{TEXT}\n\n{OUT}"
    snapshot = await MemoryFiles(a__py=text).read("a.py")
    trigger = FailingTest(snapshot, Span(0, 2), "test_free", "free(5000)", ("pytest",))
    run = Run(out)
    found = await mended(run, Proposal("p", trigger, Queued(), model="small"))
    assert apply(text, found.patch.hunks) == out
    assert found.evidence[-1].name == "known trap"
    assert text.replace("> 5000", ">= 5000") in run.asked
    run = Run(text.replace("> 5000", ">= 5000"))
    found = await mended(run, Proposal("p", trigger, Queued(), model="small"))
    assert found.evidence[-1].name == "small change"
    assert run.asked[-1] == out


async def test_a_trap_in_the_rest_of_the_file_goes_before_a_slip_that_hides_it():
    text, out = f"{TEXT}\n\n{TRAP}", f"{TEXT}\n\n{OUT}"
    snapshot = await MemoryFiles(a__py=text).read("a.py")
    trigger = FailingTest(snapshot, Span(0, 2), "test_free", "free(5000)", ("pytest",))
    run = Run(out, text.replace("> 5000", ">= 5000"))
    found = await mended(run, Proposal("p", trigger, Queued(), model="small"))
    assert apply(text, found.patch.hunks) == out
    assert found.evidence[-1].name == "known trap"


MOVED = "def report(xs):\n    first = xs[0]\n    low = least(xs)\n    return first, low\n"
LEAST = "\n\ndef least(xs):\n    xs.sort()\n    return xs[0]\n"


async def test_a_trap_in_the_rest_of_the_file_goes_before_lines_that_are_only_moved():
    first, low = MOVED.split("\n")[1:3]
    text = MOVED.replace(f"{first}\n{low}", f"{low}\n{first}") + LEAST
    moved, out = MOVED + LEAST, text.replace("xs.sort()", "xs = sorted(xs)")
    snapshot = await MemoryFiles(a__py=text).read("a.py")
    trigger = FailingTest(snapshot, Span(0, 4), "test_report", "report([2, 1])", ("pytest",))
    proposal = Proposal("p", trigger, Queued(), model="small")
    found = await mended(Run(moved, out), proposal)
    assert apply(text, found.patch.hunks) == out
    # Where none is there, the order is what was meant.
    assert apply(text, (await mended(Run(moved), proposal)).patch.hunks) == moved


HEADER = """#pragma once
#include <map>
#include <string>

class Trap {
public:
    int count(const std::string& species);

private:
    std::map<std::string, int> counts_;
};
"""
SOURCE = """#include "trap.hpp"

int Trap::count(const std::string& species) {
    return counts_[species];
}
"""


async def test_what_a_class_holds_is_read_in_the_header_that_a_file_includes():
    files = MemoryFiles()
    files.write("src/trap.cpp", SOURCE)
    files.write("src/trap.hpp", HEADER)
    snapshot = await files.read("src/trap.cpp")
    trigger = FailingTest(snapshot, Span(2, 5), "trap", "2 instead of 1", ("make", "test"))
    proposal = Proposal("p", trigger, Queued(), model="small")
    right = SOURCE.replace(
        "    return counts_[species];",
        "    const auto it = counts_.find(species);\n"
        "    return it == counts_.end() ? 0 : it->second;",
    )
    found = await mended(Run(right), proposal, files=files)
    assert apply(SOURCE, found.patch.hunks) == right
    # The file's own line endings count, not those of the header.
    files.write("src/trap.cpp", SOURCE.replace("\n", "\r\n"))
    windows = replace(trigger, snapshot=await files.read("src/trap.cpp"))
    right_there = right.replace("\n", "\r\n")
    found = await mended(Run(right_there), replace(proposal, trigger=windows), files=files)
    assert found is not None
    # A header that cannot be read costs the rule and nothing else.
    del files.data["src/trap.hpp"]
    assert await mended(Run(right), proposal, files=files) is None


async def test_what_a_file_asserts_is_not_mended():
    text = "def free(total):\n    return total\n\n\nassert free(5) == 6\n"
    snapshot = await MemoryFiles(a__py=text).read("a.py")
    trigger = FailingTest(snapshot, Span(4, 5), "a.py", "5 instead of 6", ("pytest",))
    proposal = Proposal("p", trigger, Queued(), model="small")
    run = Run(text.replace("==", "!="), text.replace("6", "5"))
    assert await mended(run, proposal) is None
    assert all("assert free(5) == 6\n" in one for one in run.asked)


async def test_what_a_method_does_is_read_in_the_other_files_of_its_package_in_go():
    row = (
        "package kennel\n\nfunc Feed(dogs []Dog) {\n"
        "\tfor _, dog := range dogs {\n\t\tdog.Eat()\n\t}\n}\n"
    )
    files = MemoryFiles()
    files.write("kennel/feed.go", row)
    files.write(
        "kennel/dog.go",
        "package kennel\n\ntype Dog struct{ Fed bool }\n\nfunc (d *Dog) Eat() { d.Fed = true }\n",
    )
    snapshot = await files.read("kennel/feed.go")
    trigger = FailingTest(snapshot, Span(2, 7), "TestFeed", "not fed", ("go", "test"))
    right = row.replace("_, dog", "i").replace("\t\tdog.", "\t\tdog := &dogs[i]\n\t\tdog.")
    proposal = Proposal("p", trigger, Queued(), model="small")
    found = await mended(Run(right), proposal, files=files)
    assert apply(row, found.patch.hunks) == right
