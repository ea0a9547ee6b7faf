import io
import json
from pathlib import Path

import pytest

from spark_desktop.cli.exit_codes import ExitCode, UsageError
from spark_desktop.cli.grammar import build_parser
from spark_desktop.cli.output import Output
from spark_desktop.cli.snooze import run
from spark_desktop.domain.handover import Handover, Snooze, decode, encode
from spark_desktop.places import data_folder


class Command:
    """The command with a running app, or none."""

    def __init__(self) -> None:
        self.out, self.err = io.BytesIO(), io.StringIO()
        self.has_app = True
        self.handed: list[tuple[Path, Handover]] = []

    async def __call__(self, *words: str) -> ExitCode:
        args = build_parser().parse_args(["snooze", *words])
        output = Output(self.out, self.err, args.json)
        return await run(args, output, _no_project, self._hand_over)

    async def _hand_over(self, data_dir: Path, message: Handover) -> bool:
        self.handed.append((data_dir, message))
        return self.has_app


async def _no_project(root: Path, model: str | None) -> None:
    raise AssertionError("no project is needed")


@pytest.mark.parametrize(
    ("words", "message", "said"),
    [
        ((), Snooze(60), "spark: snoozed for 60 minutes\n"),
        (("1",), Snooze(1), "spark: snoozed for 1 minute\n"),
        (("1440",), Snooze(1440), "spark: snoozed for 1440 minutes\n"),
        (("morning",), Snooze(until_morning=True), "spark: snoozed until tomorrow morning\n"),
        (("off",), Snooze(), "spark: watching goes on\n"),
    ],
)
async def test_the_running_app_is_told(words: tuple[str, ...], message: Snooze, said: str) -> None:
    command = Command()
    assert await command(*words) is ExitCode.OK
    assert command.handed == [(data_folder(), message)]
    assert (command.out.getvalue(), command.err.getvalue()) == (b"", said)
    assert decode(encode(message)) == message


async def test_as_json_it_says_which_time_was_taken() -> None:
    command = Command()
    await command("15", "--json")
    assert json.loads(command.out.getvalue()) == {"event": "snooze", "time": "15"}


@pytest.mark.parametrize("time", ["0", "-5", "1441", "1.5", "soon", "٣", ""])
async def test_what_is_no_time_is_refused_and_nobody_is_told(time: str) -> None:
    command = Command()
    with pytest.raises(UsageError) as refused:
        await command("--", time)
    assert str(refused.value) == (
        f"{time!r} is no time for a snooze. Say 1 to 1440 minutes, morning, or off."
    )
    assert command.handed == []


async def test_without_an_app_it_is_an_error_that_says_how_to_start_one() -> None:
    command = Command()
    command.has_app = False
    with pytest.raises(UsageError, match="No Spark runs with a folder open in it"):
        await command("15")
    assert command.err.getvalue() == ""
