"""The doctor: examinations side by side, each told as it ends, and a report without secrets."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from spark_desktop.domain.doctor_report import Secrets, report_of
from spark_desktop.domain.findings import Finding, Verdict
from spark_desktop.domain.words import say

Examination = Callable[[], Finding]

_log = logging.getLogger(__name__)
# Some wait for a process; more at once would only be in each other's way.
_AT_ONCE = 4


class DoctorService:
    """Runs the examinations in OS threads of its own, so that nothing else waits for them.

    ``examinations`` gives them anew for each round. What must be asked in the window's thread is
    added with ``ask_here``.
    """

    def __init__(
        self,
        examinations: Callable[[], tuple[Examination, ...]],
        secrets: Callable[[], Secrets],
        now: Callable[[], datetime],
    ) -> None:
        self._examinations = examinations
        self._secrets = secrets
        self._now = now
        self._here: dict[str, Examination] = {}

    def ask_here(self, examinations: Mapping[str, Examination]) -> None:
        """Add examinations that run in the loop's thread, by name; a later one replaces."""
        self._here.update(examinations)

    async def examine(self, found: Callable[[int, Finding], None]) -> None:
        """Look at everything; ``found`` hears each finding with its place as soon as it is known.

        Cancelling it waits for nothing.
        """
        here = tuple(self._here.values())
        for place, look in enumerate(here):
            found(place, _looked(look))
            # One frame between two of them, however slow they are.
            await asyncio.sleep(0)
        loop = asyncio.get_running_loop()
        pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="doctor")
        try:

            async def one(place: int, look: Examination) -> None:
                found(place, await loop.run_in_executor(pool, _looked, look))

            await asyncio.gather(
                *(one(len(here) + place, look) for place, look in enumerate(self._examinations()))
            )
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def report(self, findings: tuple[Finding, ...]) -> str:
        """Return the findings as text that can be shown to anyone."""
        return report_of(findings, self._secrets(), self._now())


def _looked(look: Examination) -> Finding:
    try:
        return look()
    except Exception as error:  # noqa: BLE001 - see the next line
        # An examination of a broken machine meets what nobody foresaw; the others must go on.
        _log.exception("an examination failed")
        name = getattr(getattr(look, "func", look), "__name__", "examination").replace("_", " ")
        return Finding(
            name,
            Verdict.NOTE,
            say("it could not be examined: {reason}", reason=f"{type(error).__name__}: {error}"),
            say("Report this with the text that the button copies."),
        )
