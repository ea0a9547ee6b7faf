"""What saves would have started is listed, and started at a click."""

from dataclasses import replace

import pytest

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import ChangeIgnored, SaveSettled
from spark_desktop.domain.inbox_entry import InboxEntry, Outcome, burst_reason
from spark_desktop.domain.trigger import EditComment, Span, Stub, Trigger
from spark_desktop.domain.workspace import Ignored, IgnoreReason
from spark_desktop.viewmodels.project import ProjectViewModels
from tests.interface_fakes import FakeProject, snapshot

COMMENT = EditComment(snapshot(), Span(3, 4), "sort it")
STUB = Stub(snapshot(), Span(0, 2), Span(1, 2), "median")


def burst(name: str = "b", offered: tuple[Trigger, ...] = (COMMENT,) * 3) -> InboxEntry:
    paths = tuple(f"src/{number}.py" for number in range(1000))
    reason = burst_reason(1000, True, len(offered))
    return InboxEntry(name, paths, Outcome.IGNORED, reason, offered=offered, is_burst=True)


def held(name: str, path: str = "src/stats.py") -> InboxEntry:
    reason = "held back while Spark is quiet: stub median()"
    return InboxEntry(name, (path,), Outcome.IGNORED, reason, IgnoreReason.QUIET, offered=(STUB,))


async def test_a_switch_of_branches_offers_its_comments(
    models: ProjectViewModels, project: FakeProject
) -> None:
    project.bus.publish(SaveSettled(burst()))
    (row,) = models.offers.rows
    assert row.button == "Start 3 comments"
    assert row.text.startswith("Branch switched: 1000 files changed; nothing proposed.")
    assert "src/parser.py: sort it" in row.tip
    models.offers.start("b")
    assert (project.inbox.started, models.offers.rows) == (["b"], ())


async def test_a_long_list_of_comments_is_cut_in_the_tip(
    models: ProjectViewModels, project: FakeProject
) -> None:
    project.bus.publish(SaveSettled(burst(offered=(COMMENT,) * 40)))
    assert models.offers.rows[0].tip.endswith("…")
    assert models.offers.rows[0].tip.count("sort it") == 12


async def test_what_quiet_holds_back_is_offered_with_its_reason(
    models: ProjectViewModels, project: FakeProject
) -> None:
    project.bus.publish(SaveSettled(held("q")))
    (row,) = models.offers.rows
    assert row.button == "Start 1 proposal"
    assert row.text == "stats.py · held back while Spark is quiet: stub median()"


async def test_what_is_held_stays_over_later_saves_of_its_file_until_it_is_not_needed(
    models: ProjectViewModels, project: FakeProject
) -> None:
    project.bus.publish(SaveSettled(burst()))
    project.bus.publish(SaveSettled(held("q1")))
    project.bus.publish(SaveSettled(held("q2", "src/other.py")))
    nothing = InboxEntry("q3", ("src/stats.py",), Outcome.IGNORED, "nothing in it")
    project.bus.publish(SaveSettled(nothing))
    assert [row.id for row in models.offers.rows] == ["q2", "q1", "b"]
    project.bus.publish(SaveSettled(replace(held("q1"), offered=())))
    assert [row.id for row in models.offers.rows] == ["q2", "b"]


async def test_what_was_taken_off_the_list_comes_back_only_with_something_new(
    models: ProjectViewModels, project: FakeProject
) -> None:
    project.bus.publish(SaveSettled(held("q1")))
    models.offers.dismiss("q1")
    project.bus.publish(SaveSettled(held("q2")))
    assert models.offers.rows == ()
    more = replace(held("q3"), offered=(STUB, replace(STUB, name="mode")))
    project.bus.publish(SaveSettled(more))
    assert [row.id for row in models.offers.rows] == ["q3"]


async def test_an_entry_that_was_started_elsewhere_is_offered_no_longer(
    models: ProjectViewModels, project: FakeProject
) -> None:
    project.bus.publish(SaveSettled(held("q")))
    started = InboxEntry("q", ("src/stats.py",), Outcome.QUEUED, "median", requests=("p1",))
    project.bus.publish(SaveSettled(started))
    assert models.offers.rows == ()


async def test_one_that_is_taken_off_the_list_starts_nothing(
    models: ProjectViewModels, project: FakeProject
) -> None:
    project.bus.publish(SaveSettled(burst()))
    models.offers.dismiss("b")
    models.offers.dismiss("b")
    assert (models.offers.rows, project.inbox.started) == ((), [])


async def test_the_newest_twenty_are_kept(models: ProjectViewModels, project: FakeProject) -> None:
    for number in range(25):
        project.bus.publish(SaveSettled(burst(f"b{number}")))
    assert [row.id for row in models.offers.rows] == [f"b{n}" for n in range(24, 4, -1)]


async def test_an_entry_that_is_gone_is_told_and_taken_off(
    models: ProjectViewModels, project: FakeProject
) -> None:
    project.bus.publish(SaveSettled(burst()))
    project.inbox.error = SparkError("This entry is gone.", "Save the file again.")
    models.offers.start("b")
    assert models.changes.notice is not None
    assert models.changes.notice.text == "This entry is gone."
    assert models.offers.rows == ()


@pytest.mark.parametrize(
    ("outcome", "reason", "told"),
    [
        (
            Outcome.MERGED,
            "what it asks for waits already",
            "merged: what it asks for waits already",
        ),
        (Outcome.SUPERSEDED, "replaced by a newer save", "superseded: replaced by a newer save"),
    ],
)
async def test_what_was_merged_or_superseded_is_listed_with_its_reason(
    models: ProjectViewModels, project: FakeProject, outcome: Outcome, reason: str, told: str
) -> None:
    project.bus.publish(SaveSettled(InboxEntry("e", ("src/parser.py",), outcome, reason)))
    (row,) = models.changes.ignored.rows
    assert (row.title, row.detail) == ("parser.py", told)
    chosen: list[str] = []
    models.changes.file_chosen.connect(chosen.append)
    models.changes.choose_file(row.id)
    assert chosen == ["src/parser.py"]


async def test_files_that_are_part_of_a_burst_have_no_rows_of_their_own(
    models: ProjectViewModels, project: FakeProject
) -> None:
    for path in ("src/0.py", "mine.py"):
        project.bus.publish(ChangeIgnored(Ignored(path, IgnoreReason.NO_TRIGGER)))
    project.bus.publish(SaveSettled(burst()))
    project.bus.publish(SaveSettled(replace(burst(), reason="more")))
    assert [row.title for row in models.changes.ignored.rows] == ["1000 files", "mine.py"]


async def test_a_file_whose_save_asks_for_something_after_all_is_ignored_no_longer(
    models: ProjectViewModels, project: FakeProject
) -> None:
    for path in ("src/parser.py", "mine.py"):
        project.bus.publish(ChangeIgnored(Ignored(path, IgnoreReason.PAUSED)))
    project.bus.publish(SaveSettled(InboxEntry("e", ("src/parser.py",), Outcome.QUEUED, "it")))
    assert [row.title for row in models.changes.ignored.rows] == ["mine.py"]
    # What of it is left out is told after it.
    project.bus.publish(ChangeIgnored(Ignored("src/parser.py", IgnoreReason.TOO_MANY)))
    assert len(models.changes.ignored.rows) == 2


async def test_what_was_queued_stands_in_the_inbox_alone(
    models: ProjectViewModels, project: FakeProject
) -> None:
    project.bus.publish(SaveSettled(InboxEntry("e", ("src/parser.py",), Outcome.QUEUED, "it")))
    assert models.changes.ignored.rows == ()
