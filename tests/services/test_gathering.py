"""What joins a proposal's prompt beside its region."""

import asyncio
import re
from dataclasses import replace

import pytest
from fakes import FakeClock, MemoryFiles
from index_fakes import KnownCode

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.code import Definition, Import, Reference, UseKind
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import EndpointError
from spark_desktop.domain.events import FilesChanged
from spark_desktop.domain.gathered import Gathered
from spark_desktop.domain.prompt_layout import ALL_KINDS, ContextPlan, PartKind, told
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.trigger import (
    EditComment,
    FailingTest,
    Instruction,
    QuickAction,
    Repair,
    Span,
    Stub,
)
from spark_desktop.services.bus import Bus
from spark_desktop.services.code_lookup import CodeLookup
from spark_desktop.services.diagnostics import Diagnostics
from spark_desktop.services.gathering import Gathering
from spark_desktop.services.recent_edits import RecentEdits
from spark_desktop.services.secret_guard import SecretGuard
from spark_desktop.services.tasks import TaskScope

STATS = '''\
"""Statistics."""

from shop.money import Price, rounded
import math


def total(values):
    """Return the sum."""
    return sum(values)


def mean(prices):
    # use rounded AI!
    return rounded(total(prices) / len(prices))


def spread(values):
    return max(values) - min(values)
'''
MONEY = '''\
class Price:
    """An amount of money.

    In cents.
    """

    def __init__(self, cents):
        self.cents = cents
        self.currency = "EUR"
        self.is_known = True


def rounded(value, digits=2):
    """Round half up."""
    return math.floor(value * 10**digits + 0.5) / 10**digits


def unused(value):
    return value
'''
TESTS = """\
from shop.stats import mean, spread


def test_the_mean_of_two():
    assert mean([1, 2]) == 1.5


def test_the_spread():
    assert spread([1, 2]) == 1


def test_no_mean_of_nothing():
    with raises(ValueError):
        mean([])
"""
REGION = Span(11, 14)


def project(**more: str) -> MemoryFiles:
    files = MemoryFiles()
    files.write("shop/stats.py", STATS)
    files.write("shop/money.py", MONEY)
    files.write("tests/test_stats.py", TESTS)
    for path, text in more.items():
        files.write(path, text)
    return files


class Desk:
    """A project in memory, and what would be gathered for it."""

    def __init__(
        self,
        files: MemoryFiles | None = None,
        kinds: frozenset[PartKind] = ALL_KINDS,
        index: KnownCode | None = None,
        tokens: int = 10_000,
    ) -> None:
        self.files = files or project()
        self.bus = Bus()
        self.scope = TaskScope("test")
        guard, syntax = SecretGuard(self.files), TreeSitterSyntax()
        lookup = CodeLookup(self.files, guard, syntax, FakeClock())
        lookup.index = index
        self.edits = RecentEdits(guard, self.bus, self.scope)
        self.diagnostics = Diagnostics(syntax)
        plan = ContextPlan(frozenset(kinds), tokens)
        self.gathering = Gathering(lookup, self.edits, self.diagnostics, lambda _work: plan)

    def comment(self, text: str = "use rounded") -> EditComment:
        return EditComment(self.files.snapshot("shop/stats.py"), Span(12, 13), text)

    async def gather(self, trigger=None, region=REGION, budget=10_000) -> Gathered:
        return await self.gathering.gather(trigger or self.comment(), region, budget, words)

    async def texts(self, *kinds: PartKind, trigger=None, region=REGION) -> list[str]:
        gathered = await self.gather(trigger, region)
        return [part.text for part in gathered.parts if part.kind in kinds]


async def words(text: str) -> int:
    return len(text.split())


def only(*kinds: PartKind) -> frozenset[PartKind]:
    return frozenset(kinds)


def definition(name: str, path: str, line: int, container: str = "") -> Definition:
    return Definition(name, "function", path, Span(line, line + 1), f"def {name}():", container)


async def test_the_file_shows_its_imports_and_signatures_whatever_the_region():
    desk = Desk(kinds=only(PartKind.IMPORTS, PartKind.OUTLINE))
    first = await desk.gather()
    assert [part.text for part in first.parts] == [
        "from shop.money import Price, rounded\nimport math",
        "def total(values):\ndef mean(prices):\ndef spread(values):",
    ]
    assert all(part.is_stable for part in first.parts)
    assert (await desk.gather(region=Span(16, 18))).parts == first.parts


async def test_definitions_that_the_region_uses_are_shown_the_short_ones_whole():
    desk = Desk(kinds=only(PartKind.DEFINITIONS))
    gathered = await desk.gather()
    assert {part.title: part.text for part in gathered.parts} == {
        "shop/money.py, line 13": MONEY[MONEY.index("def rounded") : MONEY.index("\n\n\ndef unus")],
        "shop/stats.py": STATS[STATS.index("def total") : STATS.index("\n\n\ndef mean")],
    }


async def test_a_long_definition_is_its_signature_and_what_it_is_for():
    desk = Desk(kinds=only(PartKind.DEFINITIONS))
    shown = await desk.texts(PartKind.DEFINITIONS, trigger=desk.comment("return a `Price`"))
    told_of_price = 'class Price:\n    """An amount of money."""\n    def __init__(self, cents):'
    assert told_of_price in shown


async def test_the_index_knows_what_is_meant_by_an_import():
    index = KnownCode()
    index.known = [
        definition("rounded", "other/geometry.py", 0),
        definition("rounded", "shop/money.py", 3),
    ]
    index.imported = [Import("shop/stats.py", "shop.money", "shop/money.py", ("Price", "rounded"))]
    files = project(**{"other/geometry.py": "def rounded(shape):\n    return shape\n"})
    gathered = await Desk(files, only(PartKind.DEFINITIONS), index).gather()
    assert [part.title for part in gathered.parts] == ["shop/money.py, line 13"]


async def test_without_an_index_the_file_whose_folders_an_import_names_is_meant():
    files = project(**{"other/money.py": "def rounded(value):\n    return int(value)\n"})
    files.data = dict(sorted(files.data.items()))
    gathered = await Desk(files, only(PartKind.DEFINITIONS)).gather()
    assert [part.title for part in gathered.parts if "money" in part.title] == [
        "shop/money.py, line 13"
    ]


async def test_files_of_one_package_of_go_know_each_other():
    index = KnownCode()
    index.known = [definition("Round", path, 0) for path in ("other/a.go", "shop/a.go")]
    files = project(
        **{
            "shop/stats.go": "package shop\n\nfunc Mean() int {\n\treturn Round(1)\n}\n",
            "shop/a.go": "func Round(x int) int {\n\treturn x\n}\n",
        }
    )
    desk = Desk(files, only(PartKind.DEFINITIONS), index)
    comment = replace(desk.comment(), snapshot=files.snapshot("shop/stats.go"))
    gathered = await desk.gather(comment, Span(2, 5))
    assert [part.title for part in gathered.parts] == ["shop/a.go, line 1"]


async def test_a_name_that_means_several_things_is_left_out():
    index = KnownCode()
    index.known = [definition("rounded", path, 0) for path in ("a.py", "b.py")]
    files = project(**{"a.py": "def rounded(): ...\n", "b.py": "def rounded(): ...\n"})
    gathered = await Desk(files, only(PartKind.DEFINITIONS), index).gather()
    assert gathered.parts == ()


async def test_a_definition_that_the_index_knows_from_an_older_text_is_found_where_it_is_now():
    index = KnownCode()
    index.known = [definition("rounded", "shop/money.py", 0)]
    gathered = await Desk(kinds=only(PartKind.DEFINITIONS), index=index).gather()
    assert [part.title for part in gathered.parts] == ["shop/money.py, line 13"]


async def test_a_definition_that_is_gone_is_not_shown():
    index = KnownCode()
    index.known = [definition("rounded", "shop/gone.py", 0), definition("total", "a.py", 5)]
    files = project(**{"a.py": "x = 1\n"})
    assert (await Desk(files, only(PartKind.DEFINITIONS), index).gather()).parts == ()


async def test_an_index_that_is_not_ready_is_not_asked():
    index = KnownCode()
    index.is_ready = False
    gathered = await Desk(kinds=only(PartKind.DEFINITIONS), index=index).gather()
    assert len(gathered.parts) == 2
    assert index.asked == []


async def test_the_paired_test_shows_the_cases_that_name_the_function():
    desk = Desk(kinds=only(PartKind.TESTS))
    gathered = await desk.gather()
    assert [part.title for part in gathered.parts] == [
        "tests/test_stats.py, line 4",
        "tests/test_stats.py, line 12",
    ]
    assert gathered.parts[0].text == ("def test_the_mean_of_two():\n    assert mean([1, 2]) == 1.5")


async def test_the_case_that_fails_is_shown_first_and_whole():
    desk = Desk(kinds=only(PartKind.TESTS))
    failing = FailingTest(
        desk.files.snapshot("shop/stats.py"),
        REGION,
        "tests/test_stats.py::test_no_mean_of_nothing[0]",
        "ZeroDivisionError",
    )
    gathered = await desk.gather(failing)
    assert gathered.parts[0].text.startswith("def test_no_mean_of_nothing")
    assert len(gathered.parts) == 2


async def test_cases_take_at_most_thirty_lines():
    cases = "".join(
        f"def test_{number}():\n" + "    x = 1\n" * 8 + "    mean(x)\n\n\n" for number in range(9)
    )
    files = project()
    files.write("tests/test_stats.py", cases)
    shown = await Desk(files, only(PartKind.TESTS)).texts(PartKind.TESTS)
    assert len(shown) == 3
    assert sum(text.count("\n") + 1 for text in shown) == 30


async def test_of_a_long_case_the_lines_around_the_call_are_shown():
    files = project()
    body = "".join(f"    step({number})\n" for number in range(30))
    files.write("tests/test_stats.py", f"def test_all():\n{body}    mean([1])\n{body}")
    shown = await Desk(files, only(PartKind.TESTS)).texts(PartKind.TESTS)
    assert shown == ["step(28)\nstep(29)\nmean([1])\nstep(0)\nstep(1)"]


async def test_tests_are_not_shown_for_tests():
    desk = Desk(kinds=only(PartKind.TESTS))
    comment = replace(desk.comment(), snapshot=desk.files.snapshot("tests/test_stats.py"))
    assert (await desk.gather(comment, Span(3, 5))).parts == ()


async def test_lines_that_call_a_stub_are_shown_but_not_those_of_tests():
    index = KnownCode()
    index.uses = [
        Reference("mean", "tests/test_stats.py", 4, 11, UseKind.CALL),
        Reference("mean", "app.py", 0, 23, UseKind.IMPORT),
        Reference("mean", "app.py", 2, 8, UseKind.CALL),
    ]
    files = project(**{"app.py": "from shop.stats import mean\n\nprint(mean(prices))\n"})
    desk = Desk(files, only(PartKind.CALLERS), index)
    stub = Stub(files.snapshot("shop/stats.py"), REGION, Span(12, 14), "mean")
    gathered = await desk.gather(stub)
    assert [(part.title, part.text) for part in gathered.parts] == [
        ("app.py, line 3", "print(mean(prices))")
    ]
    assert (await desk.gather()).parts == (), "a function with a body says itself what it takes"


async def test_a_save_elsewhere_that_shares_a_name_is_shown():
    desk = Desk(kinds=only(PartKind.EDITS))
    await desk.gather()
    desk.edits.see(desk.files.snapshot("shop/money.py"))
    desk.files.write("shop/money.py", MONEY.replace("digits=2", "places=2"))
    desk.bus.publish(FilesChanged(("shop/money.py",)))
    await settled(desk)
    (part,) = (await desk.gather()).parts
    assert part.title == "Saved lately: shop/money.py, line 13"
    assert part.text == "-def rounded(value, digits=2):\n+def rounded(value, places=2):"
    other = replace(desk.comment(), lines=Span(17, 18), instruction="make it faster")
    assert (await desk.gather(other, Span(16, 18))).parts == ()


async def test_a_large_save_is_left_out_with_its_size():
    desk = Desk(kinds=only(PartKind.EDITS))
    desk.edits.see(desk.files.snapshot("shop/money.py"))
    more = "".join(f"    rounded({number})\n" for number in range(20))
    desk.files.write("shop/money.py", f"{MONEY}{more}")
    desk.bus.publish(FilesChanged(("shop/money.py",)))
    await settled(desk)
    gathered = await desk.gather()
    assert gathered.parts == ()
    assert [one.reason for one in gathered.left_out] == ["a change of 20 lines"]


async def test_the_projects_linter_is_asked_where_something_is_to_be_mended():
    desk = Desk(kinds=only(PartKind.DIAGNOSTICS))
    asked = []

    async def lint(path, before, after):
        asked.append((path, before))
        report = (
            "shop/stats.py:14:12: F821 Undefined name `rounded`\n"
            "shop/stats.py:17:1: D103 elsewhere\nother.txt:14:1: E1 of another file\n"
        )
        return (Check("ruff check", False, "2 new", report=report),)

    desk.diagnostics.project = lint
    assert (await desk.gather()).parts == ()
    assert asked == []
    shown = await desk.texts(PartKind.DIAGNOSTICS, trigger=desk.comment("fix the type error"))
    assert shown == ["`return rounded(total(prices) / len(prices))`: F821 Undefined name `rounded`"]
    assert asked == [("shop/stats.py", "")]
    fix = Instruction(desk.files.snapshot("shop/stats.py"), REGION, "mend it", QuickAction.FIX)
    assert len(await desk.texts(PartKind.DIAGNOSTICS, trigger=fix)) == 1


async def test_syntax_errors_of_the_region_are_told_but_not_to_who_repairs_them():
    files = project()
    files.write("shop/stats.py", STATS.replace("len(prices))", "len(prices)"))
    desk = Desk(files, only(PartKind.DIAGNOSTICS))
    shown = await desk.texts(PartKind.DIAGNOSTICS)
    assert re.fullmatch(r"syntax errors in this code: [12]", shown[0])
    assert (await desk.gather(region=Span(6, 8))).parts == ()
    repair = Repair(files.snapshot("shop/stats.py"), REGION, "a bracket is missing")
    assert (await desk.gather(repair)).parts == ()


async def test_the_rules_of_the_project_are_bounded_and_the_rest_is_named():
    files = project(**{"AGENTS.md": "".join(f"- rule {number}\n" for number in range(60))})
    gathered = await Desk(files, only(PartKind.RULES)).gather()
    assert gathered.parts[0].text.endswith("- rule 39\n")
    assert [(one.title, one.reason) for one in gathered.left_out] == [
        ("AGENTS.md", "only its first 40 lines are shown")
    ]


async def test_the_map_comes_from_the_index():
    index = KnownCode()
    index.drawn = "shop/money.py\n  def rounded(value, digits=2)\n"
    gathered = await Desk(kinds=only(PartKind.MAP), index=index).gather()
    assert gathered.parts[0].text == index.drawn
    assert (await Desk(kinds=only(PartKind.MAP)).gather()).parts == ()


async def test_only_the_kinds_that_are_switched_on_are_gathered():
    for kind in PartKind:
        gathered = await Desk(kinds=only(kind)).gather()
        assert {part.kind for part in gathered.parts} <= {kind}
    assert (await Desk(kinds=only()).gather()).parts == ()


async def test_a_part_with_a_secret_goes_and_is_named():
    index = KnownCode()
    # Put together here, so that this file is none that holds a secret.
    letters = "gh" + "p_0aBcD1eFgH2iJkL3mNoP4qRsT5uVwX6yZ7Ab"
    index.drawn = f'TOKEN = "{letters}"\n'
    gathered = await Desk(kinds=only(PartKind.MAP), index=index).gather()
    assert gathered.parts == ()
    assert gathered.left_out[0].reason == "may hold secrets: a value of TOKEN in line 1"


async def test_files_that_may_hold_secrets_are_named_and_never_shown():
    files = project()
    # Put together here, as above.
    letters = "kJ8#mQ2$vX9!" + "pL4zT7w"
    files.write("shop/money.py", MONEY + f'\npassword = "{letters}"\n')
    gathered = await Desk(files, only(PartKind.DEFINITIONS)).gather()
    assert [part.title for part in gathered.parts] == ["shop/stats.py"]
    assert [one.title for one in gathered.left_out] == ["shop/money.py"]
    assert "kJ8" not in told(gathered.parts)


@pytest.mark.parametrize(
    ("path", "head"),
    [("vendor/money.py", ""), ("shop/money.py", "# Code generated by x. DO NOT EDIT.\n")],
)
async def test_generated_and_copied_files_are_named_and_never_shown(path, head):
    files = project()
    files.write(path, head + MONEY)
    if path != "shop/money.py":
        del files.data["shop/money.py"]
    gathered = await Desk(files, only(PartKind.DEFINITIONS)).gather()
    assert [part.title for part in gathered.parts] == ["shop/stats.py"]
    assert [(one.title, one.reason) for one in gathered.left_out] == [
        (path, "generated, or not of this project")
    ]


async def test_what_does_not_fit_the_budget_is_named_with_its_size():
    desk = Desk(kinds=only(PartKind.TESTS, PartKind.DEFINITIONS))
    gathered = await desk.gather(budget=40)
    assert gathered.tokens <= 40
    assert gathered.parts
    assert all("no room" in one.reason for one in gathered.left_out)
    assert gathered.left_out


async def test_the_models_plan_bounds_the_budget():
    assert (await Desk(tokens=0).gather()).parts == ()


async def test_tokens_are_estimated_where_they_cannot_be_counted():
    async def fails(_text: str) -> int:
        raise EndpointError("The server is gone.", "Start it.")

    desk = Desk(kinds=only(PartKind.IMPORTS))
    gathered = await desk.gathering.gather(desk.comment(), REGION, 1_000, fails)
    assert gathered.tokens > 10


async def test_a_prompt_begins_the_same_for_another_region_instruction_and_later_saves():
    desk = Desk()
    beginning = told(
        (
            await desk.gathering.beginning(
                desk.files.snapshot("shop/stats.py"), *(WorkKind.EDIT, 10_000, words)
            )
        ).parts
    )
    assert "def spread(values):" in beginning
    first = await desk.gather()
    desk.files.write("shop/money.py", MONEY.replace("digits", "places"))
    desk.bus.publish(FilesChanged(("shop/money.py",)))
    await settled(desk)
    second = await desk.gather(desk.comment("make it faster with fsum()"), Span(6, 8))
    assert told(first.parts) != told(second.parts)
    assert told(first.parts).startswith(beginning)
    assert told(second.parts).startswith(beginning)


async def settled(desk: Desk) -> None:
    """Return when the saves are compared."""
    await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))
