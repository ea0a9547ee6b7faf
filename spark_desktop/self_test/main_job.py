"""The main job, once: window, watcher, edit, core, tokens."""

import time

from spark_desktop.domain.completion import (
    ChatRequest,
    Finished,
    Message,
    ReasoningChunk,
    Role,
    TextChunk,
)
from spark_desktop.domain.core_state import CoreDownloading, CoreFailed, CoreReady
from spark_desktop.domain.errors import FileError, ModelStoreError
from spark_desktop.domain.events import FilesChanged
from spark_desktop.domain.history import FileChange
from spark_desktop.domain.patch import compute
from spark_desktop.domain.self_test import Outcome, Seen
from spark_desktop.domain.words import say
from spark_desktop.self_test.stage import REPLAY, NotTriedError, Stage
from spark_desktop.views.theme import load_theme

_TOKENS = 10
_ASKED = "Write the numbers from 1 to 20, separated by commas."
_SAVED = "notes.txt"
# Windows' line endings, a byte-order mark, letters of two bytes, no ending of the last line.
_EDITED, _BYTES = "letter.txt", b"\xef\xbb\xbfDear \xd0\x96,\r\nit rains.\r\nYours"
_BEFORE, _AFTER = "it rains", "the sun shines"
# A notice that was lost in starting to watch is no fault: the file is saved again, twice as late
# each time, since a burst of saves is told when it is over.
_AGAIN_S = 0.5
_FEWEST_COLOURS = 8


async def model_file(stage: Stage) -> Seen:
    """Compare the model's file with its hash; one that is missing is not fetched."""
    found = await stage.model()
    if found.choice.startswith(REPLAY):
        return Seen(Outcome.NOTE, say("recorded answers in the place of a model"))
    where = say("comes with Spark") if found.is_bundled else found.path
    text = say(
        "{name}, {size:,.0f} MB, hash compared in {seconds:.1f} s, {where}",
        name=found.choice,
        size=found.size / 1e6,
        seconds=found.seconds,
        where=where,
    )
    return Seen(Outcome.OK, text)


async def window(stage: Stage) -> Seen:
    """Open the real window with a project in it, and draw it in both themes."""
    began = time.monotonic()
    desktop = await stage.window()
    shown = time.monotonic() - began
    if desktop.project is None or desktop.window.project is None:
        notice = desktop.window.welcome.notice
        reason = notice.text if notice is not None else say("nothing is told")
        return Seen(Outcome.FAILED, say("the project did not open: {reason}", reason=reason))
    pictures = []
    for name in ("dark", "light"):
        desktop.window.set_theme(load_theme(name))
        image = desktop.window.grab().toImage()
        colours = {image.pixel(x, y) for x in range(0, image.width(), 3) for y in (20, 60, 200)}
        if len(colours) < _FEWEST_COLOURS:
            return Seen(Outcome.FAILED, say("the window is empty in the theme {name}", name=name))
        pictures.append(image)
    if pictures[0] == pictures[1]:
        return Seen(Outcome.FAILED, say("both themes look the same"))
    text = say(
        "opened with a project after {seconds:.2f} s, {width} x {height} pixels, both themes drawn",
        seconds=shown,
        width=pictures[0].width(),
        height=pictures[0].height(),
    )
    return Seen(Outcome.OK, text)


async def watcher(stage: Stage) -> Seen:
    """Save a file as an editor does, and wait until the project says so."""
    project = await stage.project()
    heard: list[float] = []

    def hear(event: FilesChanged) -> None:
        if _SAVED in event.paths:
            heard.append(time.monotonic())

    forget = project.bus.subscribe(FilesChanged, hear)
    path, saves, saved = stage.project_folder / _SAVED, 0, 0.0

    def seen() -> bool:
        nonlocal saves, saved
        if not heard and time.monotonic() - saved > _AGAIN_S * 2**saves:
            saves, saved = saves + 1, time.monotonic()
            path.write_text(f"save {saves}\n", encoding="utf-8")
        return bool(heard)

    try:
        await stage.until(say("no event came for a file that was saved"), seen)
    finally:
        forget()
    text = say(
        "a saved file was seen after {milliseconds:.0f} ms (save {saves})",
        milliseconds=1000 * (heard[0] - saved),
        saves=saves,
    )
    return Seen(Outcome.OK, text)


async def edit(stage: Stage) -> Seen:
    """Apply, undo, redo and undo an edit of a file, and compare every byte each time."""
    project = await stage.project()
    path = stage.project_folder / _EDITED
    path.write_bytes(_BYTES)
    snapshot = await project.files.read(_EDITED)
    content = snapshot.text.content
    patch = compute(_EDITED, snapshot.digest, content, content.replace(_BEFORE, _AFTER))
    changed = _BYTES.replace(_BEFORE.encode(), _AFTER.encode())
    edits, began = project.edits, time.monotonic()
    step = await edits.apply([FileChange(snapshot, patch.hunks)], "self-test")
    for what, work, wanted in (
        (say("applied"), None, changed),
        (say("undone"), edits.undo, _BYTES),
        (say("redone"), edits.redo, changed),
        (say("undone"), edits.undo, _BYTES),
    ):
        if work is not None:
            await work(step.id)
        if path.read_bytes() != wanted:
            raise FileError(
                say("{path} has other bytes after it was {what}.", path=path, what=what)
            )
    text = say(
        "applied, undone, redone, undone in {milliseconds:.0f} ms, {count} bytes compared each",
        milliseconds=1000 * (time.monotonic() - began),
        count=len(_BYTES),
    )
    return Seen(Outcome.OK, text)


async def core(stage: Stage) -> Seen:
    """Start the core and wait until it can answer; a download is broken off."""
    project = await stage.project()
    began = time.monotonic()
    project.core.start()

    def settled() -> bool:
        stage.tell_core()
        return isinstance(project.core.state, CoreReady | CoreFailed | CoreDownloading)

    await stage.until(say("the core does not become ready"), settled)
    stage.tell_core()
    state = project.core.state
    if isinstance(state, CoreFailed):
        return Seen(Outcome.FAILED, state.reason, state.next_step)
    if not isinstance(state, CoreReady):
        project.core.stop()
        raise ModelStoreError(
            say("the core began to fetch its model, and was stopped"),
            say("Fetch it in the window's Models, then try again."),
        )
    text = say(
        "ready {seconds:.1f} s after it was waited for, {model}, context {context:,} tokens",
        seconds=time.monotonic() - began,
        model=state.model.id,
        context=state.model.context,
    )
    return Seen(Outcome.OK, text)


async def tokens(stage: Stage) -> Seen:
    """Have the model write ten tokens, and count what comes."""
    try:
        await stage.model()
    except ModelStoreError as error:
        raise NotTriedError(say("not tried: there is no model"), error.next_step) from error
    project = await stage.project()
    endpoint = await project.core.endpoint()
    stage.tell_core()
    request = ChatRequest((Message(Role.USER, _ASKED),), _TOKENS, temperature=0.0)
    pieces, end = 0, None
    stage.waiting_for = say("the model does not write ten tokens")
    async with endpoint.stream(request) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, TextChunk | ReasoningChunk):
                pieces += 1
            elif isinstance(chunk, Finished):
                end = chunk
    stage.waiting_for = ""
    count = 0 if end is None else end.usage.completion_tokens
    if end is None or end.timing is None or count < _TOKENS or pieces < 2:
        text = say("%n token(s) came, pieces: {pieces}", "", count, pieces=pieces)
        return Seen(Outcome.FAILED, text, say("'spark ask hello' shows what the model says."))
    writing = max(end.timing.total - end.timing.first_token, 1e-9)
    text = say(
        "{count} tokens, pieces: {pieces}, the first after {first:.0f} ms, {rate:.0f} tokens/s",
        count=count,
        pieces=pieces,
        first=1000 * end.timing.first_token,
        rate=(count - 1) / writing,
    )
    return Seen(Outcome.OK, text)
