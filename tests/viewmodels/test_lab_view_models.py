"""The lab's lanes, report and live speeds, on the project's fakes."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.conversation import Thread, Turn, TurnState
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.errors import FileError, ProfileError
from spark_desktop.domain.events import TurnChanged
from spark_desktop.domain.lab import Column
from spark_desktop.domain.lab_profile import Profile
from spark_desktop.domain.lab_proposal import ProposalFigures
from spark_desktop.domain.proposal import Streaming
from spark_desktop.viewmodels.lab_lanes import MOST_LANES
from spark_desktop.viewmodels.notice import Intent
from spark_desktop.viewmodels.project import ProjectViewModels
from tests.fakes import CODEX, SPARK
from tests.interface_fakes import MODEL, NOON, TIMING, USAGE, FakeProject, proposal, turn, until

EMULATION = Emulation("codex-spark", "Codex-Spark", "replay", "vendor", 1000.0, 998.0, 0.0, 4.0)
MISSING = ProfileError("The core's program is missing.", "Run 'spark doctor'.")


def answered(name: str = "t1", minutes: int = 0, **more: object) -> Turn:
    made = replace(turn(name, "Because `x`."), usage=USAGE, timing=TIMING)
    return replace(made, created=NOON + timedelta(minutes=minutes), **more)


def keep(project: FakeProject, *turns: Turn, thread: str = "th1") -> None:
    project.chat.known[thread] = Thread(thread, f"Thread {thread}", NOON, turns)


async def opened(models: ProjectViewModels, lanes: int) -> None:
    models.lab.set_open(True)
    await until(lambda: len(models.lab.lanes.lanes) == lanes)


async def test_without_answers_the_lab_says_what_to_do(models: ProjectViewModels) -> None:
    models.lab.set_open(True)
    lanes = models.lab.lanes
    await until(lambda: lanes.notice is not None and lanes.notice.text == "No answers yet.")
    assert lanes.notice is not None
    assert lanes.notice.action is not None
    assert lanes.notice.action.intent is Intent.ASK
    assert not lanes.can_add


async def test_the_newest_answer_is_watched_at_first(
    project: FakeProject, models: ProjectViewModels
) -> None:
    keep(project, answered("old", 1))
    keep(project, answered("older", 0), answered("newest", 9), thread="th0")
    await opened(models, 3)
    assert models.lab.lanes.answer is not None
    assert models.lab.lanes.answer.id == "newest"
    choices = [[one.id for one in choice.answers] for choice in models.lab.lanes.choices]
    assert choices == [["old"], ["newest", "older"]]


async def test_while_the_profiles_are_asked_for_the_recorded_lane_is_not_taken_for_all(
    project: FakeProject, models: ProjectViewModels
) -> None:
    keep(project, answered())
    lanes = models.lab.lanes
    told: list[str] = []
    lanes.changed.connect(
        lambda: told.append(lanes.notice.text if len(lanes.lanes) == 1 and lanes.notice else "")
    )
    await opened(models, 3)
    assert told == ["Asking the core's program for its profiles.", ""]
    assert lanes.notice is None


async def test_a_lane_is_the_recorded_one_or_a_profiles(
    project: FakeProject, models: ProjectViewModels
) -> None:
    keep(project, answered())
    await opened(models, 3)
    recorded, codex, spark = models.lab.lanes.lanes
    assert (recorded.title, recorded.is_emulated) == ("As measured", False)
    assert (codex.id, spark.id) == ("codex", "codex-spark")
    assert codex.is_emulated
    assert "second-hand" in codex.tip
    assert "shared out evenly" in codex.tip
    assert models.lab.lanes.player.duration == pytest.approx(1.31)
    assert project.lab.asked == [(("codex", "codex-spark"), USAGE)]


async def test_a_lane_says_how_far_it_is(project: FakeProject, models: ProjectViewModels) -> None:
    keep(project, answered())
    await opened(models, 3)
    _, codex, _ = models.lab.lanes.lanes
    # First token at 0.5 s, then 67 tokens a second, 50 in all.
    assert codex.amounts(0.2) == "0 of 50 tokens"
    assert codex.times(0.2) == "waiting for the first token · 0.20 s"
    assert codex.amounts(1.0) == "34 of 50 tokens · 66 t/s"
    assert codex.times(1.0) == "first token 500 ms · 1.00 s"
    assert codex.amounts(9.0) == "50 of 50 tokens · 67 t/s"
    assert codex.times(9.0) == "first token 500 ms · done in 1.23 s"


async def test_a_recorded_lane_of_an_emulated_answer_is_marked(
    project: FakeProject, models: ProjectViewModels
) -> None:
    keep(project, answered(emulation=EMULATION))
    await opened(models, 3)
    recorded = models.lab.lanes.lanes[0]
    assert (recorded.title, recorded.is_emulated) == ("As it came, emulated", True)
    assert "Achieved 998 tokens/s" in recorded.tip


async def test_tokens_that_were_not_counted_are_said_to_be_estimated(
    project: FakeProject, models: ProjectViewModels
) -> None:
    keep(project, answered(usage=None, timing=None, state=TurnState.STOPPED))
    await opened(models, 2)
    assert "estimated" in models.lab.lanes.lanes[0].tip


async def test_lanes_are_changed_added_and_removed(
    project: FakeProject, models: ProjectViewModels
) -> None:
    more = tuple(Profile(f"p{number}", f"P{number}", 10.0, 0.1) for number in range(9))
    project.lab.known = (CODEX, SPARK, *more)
    keep(project, answered())
    await opened(models, 3)
    lanes = models.lab.lanes
    lanes.remove_lane("recorded")
    await until(lambda: [lane.id for lane in lanes.lanes] == ["codex", "codex-spark"])
    assert ("recorded", "As it came") in lanes.addable
    lanes.change_lane("codex", "p3")
    await until(lambda: [lane.id for lane in lanes.lanes] == ["p3", "codex-spark"])
    for number in (0, 1, 2, 4):
        lanes.add_lane(f"p{number}")
        await until(lambda: not any(lane.id == "" for lane in lanes.lanes))
        await until(lambda number=number: lanes.lanes[-1].id == f"p{number}")
    assert len(lanes.lanes) == MOST_LANES
    assert not lanes.can_add
    lanes.add_lane("p5")
    assert len(lanes.lanes) == MOST_LANES


async def test_a_pace_that_has_a_lane_gets_no_second_one(
    project: FakeProject, models: ProjectViewModels
) -> None:
    keep(project, answered())
    await opened(models, 3)
    models.lab.lanes.add_lane("codex")
    models.lab.lanes.refresh()
    await until(lambda: len(project.lab.asked) == 2)
    assert [name for names, _ in project.lab.asked for name in names].count("codex") == 2


async def test_without_the_cores_program_the_recorded_lane_stays(
    project: FakeProject, models: ProjectViewModels
) -> None:
    keep(project, answered())
    project.lab.error = MISSING
    models.lab.set_open(True)
    lanes = models.lab.lanes
    await until(lambda: lanes.notice is not None and "missing" in lanes.notice.text)
    assert [lane.id for lane in lanes.lanes] == ["recorded"]
    assert lanes.notice is not None
    assert lanes.notice.hint == "Run 'spark doctor'."
    project.lab.error = None
    lanes.act(Intent.REPEAT)
    await until(lambda: len(lanes.lanes) == 3)
    assert lanes.notice is None


async def test_an_answer_that_is_written_is_shown_when_it_is_done(
    project: FakeProject, models: ProjectViewModels
) -> None:
    keep(project, answered(state=TurnState.STREAMING, answer="Beca"))
    models.lab.set_open(True)
    lanes = models.lab.lanes
    await until(lambda: lanes.notice is not None and "still being" in lanes.notice.text)
    assert lanes.lanes == ()
    keep(project, answered())
    project.bus.publish(TurnChanged("th1", answered()))
    await until(lambda: len(lanes.lanes) == 3)


async def test_another_answer_does_not_stop_what_is_played(
    project: FakeProject, models: ProjectViewModels
) -> None:
    keep(project, answered("t1", 1))
    await opened(models, 3)
    models.lab.lanes.choose("t1")
    player = models.lab.lanes.player
    player.toggle()
    keep(project, answered("t1", 1), answered("t2", 2))
    project.bus.publish(TurnChanged("th1", answered("t2", 2)))
    await until(lambda: len(models.lab.lanes.choices[0].answers) == 2)
    await until(lambda: len(project.lab.asked) >= 2)
    assert player.is_playing


async def test_the_proposal_in_review_can_be_watched(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(replace(proposal(), usage=USAGE, timing=TIMING))
    models.changes.choose_proposal("p1")
    await opened(models, 3)
    lanes = models.lab.lanes
    assert lanes.choices[0].heading == "The proposal in review"
    assert lanes.answer is not None
    assert lanes.answer.text.startswith("```py\nline 1\nline 2\nthree\n")


async def test_a_proposal_that_is_written_is_shown_when_it_is_done(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(replace(proposal(Streaming()), patch=None))
    models.changes.choose_proposal("p1")
    models.lab.set_open(True)
    lanes = models.lab.lanes
    await until(lambda: lanes.answer is not None)
    assert lanes.lanes == ()
    project.turns.put(replace(proposal(), usage=USAGE, timing=TIMING))
    await until(lambda: len(lanes.lanes) == 3)


async def test_a_closed_lab_reads_nothing(project: FakeProject, models: ProjectViewModels) -> None:
    project.bus.publish(TurnChanged("th1", answered()))
    await until(lambda: True)
    assert project.lab.asked == []


async def test_the_report_adds_up_and_is_sorted(
    project: FakeProject, models: ProjectViewModels
) -> None:
    keep(project, answered("t1"), answered("t2"))
    models.lab.set_open(True)
    report = models.lab.report
    await until(lambda: len(report.lines) == 3)
    assert [line.id for line in report.lines] == ["measured", "codex", "codex-spark"]
    assert report.totals == "2 answers · 400 tokens in (300 cached), 100 out"
    report.sort(Column.WAITING)
    assert [line.id for line in report.lines] == ["codex-spark", "codex", "measured"]
    report.sort(Column.WAITING)
    assert [line.id for line in report.lines] == ["measured", "codex", "codex-spark"]
    report.sort(Column.PRICE)
    assert report.lines[0].id == "codex-spark"
    assert not report.is_descending


async def test_the_report_of_one_thread_leaves_the_others_out(
    project: FakeProject, models: ProjectViewModels
) -> None:
    keep(project, answered("t1"), answered("t2"))
    keep(project, answered("t3"), thread="th2")
    models.lab.set_open(True)
    report = models.lab.report
    await until(lambda: len(report.lines) == 3)
    assert report.scope_text == "All threads and proposals of this project"
    report.choose_thread("th2")
    await until(lambda: report.report.answers == 1)
    assert report.scope_text == "Thread th2"
    report.choose_thread(None)
    await until(lambda: report.report.answers == 3)


async def test_without_the_cores_program_the_report_has_what_was_measured(
    project: FakeProject, models: ProjectViewModels
) -> None:
    keep(project, answered())
    project.lab.error = MISSING
    models.lab.set_open(True)
    report = models.lab.report
    await until(lambda: report.notice is not None and "missing" in report.notice.text)
    assert [line.id for line in report.lines] == ["measured"]


async def test_an_export_says_where_it_went_or_why_not(
    project: FakeProject, models: ProjectViewModels
) -> None:
    keep(project, answered())
    models.lab.set_open(True)
    report = models.lab.report
    await until(lambda: len(report.lines) == 3)
    report.export_csv("/out/session.csv")
    await until(lambda: report.notice is not None)
    assert report.notice is not None
    assert report.notice.text == "Written to /out/session.csv"
    assert project.lab.written[Path("/out/session.csv")].startswith(b"id,title,")
    report.act(Intent.DISMISS)
    assert report.notice is None
    project.lab.error = FileError("/out cannot be written: full.", "Choose another place.")
    report.export("/out/session.png", b"PNG")
    await until(lambda: report.notice is not None)


async def test_an_empty_session_says_what_to_do(models: ProjectViewModels) -> None:
    models.lab.set_open(True)
    await until(lambda: models.lab.report.notice is not None)
    assert models.lab.report.notice is not None
    assert models.lab.report.notice.text == "Nothing to add up yet."


async def test_emulated_speeds_are_a_series_of_their_own(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.bus.publish(TurnChanged("th1", answered("t1")))
    project.bus.publish(TurnChanged("th1", answered("t2", emulation=EMULATION)))
    project.turns.put(replace(proposal(), usage=USAGE, timing=TIMING, model=MODEL.id))
    measured, emulated = models.lab.speeds.series
    assert (measured.name, measured.is_emulated) == (MODEL.id, False)
    assert len(measured.samples) == 2
    assert emulated.name == f"{MODEL.id}, emulated as codex-spark"
    assert emulated.is_emulated
    assert len(emulated.samples) == 1


async def test_a_speed_is_that_of_the_tokens_after_the_first(
    project: FakeProject, models: ProjectViewModels
) -> None:
    timed = answered(usage=Usage(10, 51, 0), timing=Timing(0.5, 1.5))
    project.bus.publish(TurnChanged("th1", timed))
    (series,) = models.lab.speeds.series
    assert (series.samples[0].first_token, series.samples[0].rate) == (0.5, 50.0)


async def test_a_decision_on_a_proposal_is_no_new_speed(
    project: FakeProject, models: ProjectViewModels
) -> None:
    measured = replace(proposal(), usage=USAGE, timing=TIMING)
    project.turns.put(measured)
    project.turns.put(replace(measured, state=Streaming()))
    (series,) = models.lab.speeds.series
    assert len(series.samples) == 1


async def test_proposals_are_in_the_whole_projects_report_and_in_no_threads(
    project: FakeProject, models: ProjectViewModels
) -> None:
    keep(project, answered("t1"), thread="th1")
    project.lab.written_code.append(ProposalFigures("p1", "m", USAGE, TIMING))
    models.lab.set_open(True)
    report = models.lab.report
    await until(lambda: len(report.lines) == 3)
    assert report.totals.startswith("2 answers (1 of proposals) · 400 tokens in")
    report.choose_thread("th1")
    await until(lambda: report.report.answers == 1)
    assert report.totals.startswith("1 answer · ")


async def test_a_proposal_that_was_written_meanwhile_is_added_up(
    project: FakeProject, models: ProjectViewModels
) -> None:
    keep(project, answered("t1"))
    models.lab.set_open(True)
    report = models.lab.report
    await until(lambda: len(report.lines) == 3)
    project.lab.written_code.append(ProposalFigures("p1", "m", USAGE, TIMING))
    project.turns.put(replace(proposal(), model="m", usage=USAGE, timing=TIMING))
    await until(lambda: report.report.answers == 2)


async def test_lanes_that_were_chosen_are_told_and_can_be_restored(
    project: FakeProject, models: ProjectViewModels
) -> None:
    keep(project, answered())
    await opened(models, 3)
    lanes = models.lab.lanes
    told: list[tuple[str, ...]] = []
    lanes.wanted_changed.connect(lambda: told.append(lanes.wanted))
    lanes.remove_lane("codex")
    await until(lambda: len(lanes.lanes) == 2)
    assert [set(names) & {"codex", "codex-spark"} for names in told] == [{"codex-spark"}]
    lanes.restore_wanted(("codex", "gone", "codex"))
    lanes.refresh()
    await until(lambda: [lane.id for lane in lanes.lanes] == ["codex"])
    assert lanes.wanted == ("codex", "gone")


async def test_a_lane_that_had_no_room_is_not_wanted_twice(
    project: FakeProject, models: ProjectViewModels
) -> None:
    keep(project, answered())
    await opened(models, 3)
    lanes = models.lab.lanes
    lanes.restore_wanted(("recorded", "codex", "codex-spark"))
    lanes.change_lane("recorded", "codex")
    assert lanes.wanted == ("codex", "codex-spark")
