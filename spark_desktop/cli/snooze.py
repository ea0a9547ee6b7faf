"""``spark snooze``: the running app starts nothing for a while, or goes on."""

import argparse
from collections.abc import Awaitable, Callable
from pathlib import Path

from spark_desktop.cli.exit_codes import ExitCode, UsageError
from spark_desktop.cli.output import Output
from spark_desktop.cli.session import ProjectFactory
from spark_desktop.domain.handover import Handover, Snooze
from spark_desktop.domain.rest import MOST_MINUTES
from spark_desktop.domain.words import say
from spark_desktop.places import data_folder

HandOver = Callable[[Path, Handover], Awaitable[bool]]
_MORNING, _OFF = "morning", "off"


async def running_app(data_dir: Path, message: Handover) -> bool:
    """Tell the app that runs on ``data_dir``; return whether one took it."""
    from spark_desktop.adapters.single_instance import hand_over

    return await hand_over(data_dir, message)


async def run(
    args: argparse.Namespace,
    output: Output,
    factory: ProjectFactory,
    hand_over: HandOver = running_app,
) -> ExitCode:
    """Tell the running app; without one, or without an open folder in it, that is an error."""
    del factory  # The app knows which project is open.
    message = _message(args.time)
    if not await hand_over(data_folder(), message):
        raise UsageError(
            say("No Spark runs with a folder open in it."),
            say("Start it (spark-desktop), and open one."),
        )
    if output.structured:
        output.record({"event": "snooze", "time": args.time})
    elif args.time == _OFF:
        output.note(say("spark: watching goes on"))
    elif args.time == _MORNING:
        output.note(say("spark: snoozed until tomorrow morning"))
    else:
        output.note(say("spark: snoozed for %n minute(s)", "", message.minutes))
    return ExitCode.OK


def _message(time: str) -> Snooze:
    if time in (_MORNING, _OFF):
        return Snooze(until_morning=time == _MORNING)
    if not (time.isascii() and time.isdigit() and 1 <= int(time) <= MOST_MINUTES):
        raise UsageError(
            say("{time} is no time for a snooze.", time=repr(time)),
            say("Say 1 to {most} minutes, morning, or off.", most=MOST_MINUTES),
        )
    return Snooze(int(time))
