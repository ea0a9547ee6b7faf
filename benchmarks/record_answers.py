"""Records what small models really answer to the product's prompts, as data for the tests.

``nice -n 19 python -m benchmarks.record_answers --model qwen2.5-coder-0.5b [NAME ...]`` asks the
product's own core, with one thread, and writes a file for each case into ``tests/data/answers``.
One that is there is left alone (``--again``: asked again). What the engine must do with an answer,
``expected`` in the file, is written by a person who has read it.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.answer_cases import CASES, SMALL, Case, Chat, Edit
from benchmarks.answer_samples import SAMPLES
from benchmarks.cores import CONTEXT, Json, Listener, catalogue_path, running_core, stream_chat
from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.adapters.syntax_problems import SyntaxProblems
from spark_desktop.domain.completion import ChatRequest, Message, Role
from spark_desktop.domain.context_item import ContextItem, ItemKind, ItemRef
from spark_desktop.domain.text import decode
from spark_desktop.domain.trigger import (
    FailingTest,
    Instruction,
    ModelTrigger,
    Repair,
    Span,
    Stub,
)
from spark_desktop.domain.workspace import Snapshot, snapshot_of
from spark_desktop.services.breakage import Breakage
from spark_desktop.services.prompts import (
    blocks_request,
    compaction_request,
    continuation,
    failing_instruction,
    item_text,
    language_of,
    placing_request,
    question_system,
    question_text,
    refused,
    region_request,
    revised,
)
from spark_desktop.services.second_try import told_of
from spark_desktop.services.target import target_of, whole_file

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "data" / "answers"
# No case asks for more; a chat of the product may take 1,024.
MOST_TOKENS = 500
SEED = 7
THREADS = 1

_SYNTAX = TreeSitterSyntax()


def recorded(folder: Path, model: str, name: str) -> Path:
    """The file of a recording."""
    return folder / f"{model.rsplit('-', 1)[-1]}-{name}.json"


def trigger_of(edit: Edit) -> ModelTrigger:
    """What asks for the edit in the app. Raises ValueError where the file holds no such thing."""
    snapshot = snapshot_of(edit.path, decode(text_of(edit).encode()))
    if edit.test:
        lines = None if edit.lines is None else Span(*edit.lines)
        return FailingTest(snapshot, lines, edit.test, edit.report)
    if edit.saved is not None:
        return _repair(snapshot_of(edit.path, decode(SAMPLES[edit.path].encode())), snapshot)
    if edit.instruction:
        lines = None if edit.lines is None else Span(*edit.lines)
        return Instruction(snapshot, lines, edit.instruction)
    for trigger in _SYNTAX.triggers(snapshot):
        if isinstance(trigger, Stub):
            return trigger
    raise ValueError(f"{edit.path} holds no stub")


def text_of(edit: Edit) -> str:
    """The text of the edit's file. Raises ValueError where what a save replaced is not in it."""
    text = SAMPLES[edit.path]
    if edit.saved is None:
        return text
    if text.count(edit.saved[0]) != 1:
        raise ValueError(f"{edit.path} does not hold once: {edit.saved[0]}")
    return text.replace(*edit.saved)


def _repair(before: Snapshot, after: Snapshot) -> ModelTrigger:
    for trigger in asyncio.run(Breakage(SyntaxProblems())(before, after)):
        if isinstance(trigger, Repair):
            return trigger
    raise ValueError(f"nothing is broken in {after.path}")


def request_of(case: Case, earlier: Json | None) -> ChatRequest:
    """The request of a case; ``earlier`` is the recording that it comes after."""
    if isinstance(case, Edit):
        return edit_request(case, earlier)
    return chat_request(case, earlier)


def edit_request(edit: Edit, earlier: Json | None) -> ChatRequest:
    """The request for a region; ``earlier`` is the recording that it comes after."""
    trigger = trigger_of(edit)
    if edit.in_blocks and isinstance(trigger, Instruction):
        whole = whole_file(trigger)
        return blocks_request(edit.path, whole.content, whole.instruction)
    target = target_of(trigger, _SYNTAX)
    if isinstance(trigger, FailingTest):
        # All that are recorded are small models, which would repeat the report.
        target = replace(target, instruction=failing_instruction(trigger, brief=True))
    attempts = []
    if earlier is not None:
        said = refused(edit.reason) if edit.reason else revised(edit.comments)
        attempts = [(str(earlier["answer"]), said)]
    return region_request(edit.path, target.text, target.instruction, attempts)


def chat_request(chat: Chat, earlier: Json | None) -> ChatRequest:
    """The request for an answer of the chat; ``earlier`` is the recording that it comes after."""
    items = [_item(path) for path in chat.files]
    system = question_system(chat.summary, chat.edits)
    if earlier is None:
        asked = question_text(chat.question, items)
        return ChatRequest((system, Message(Role.USER, asked)), max_tokens=chat.most)
    question, answer = str(earlier["messages"][-1]["content"]), str(earlier["answer"])
    if chat.problem is not None:
        return placing_request(question, answer, told_of(chat.problem), chat.edits)
    if chat.sums_up:
        return compaction_request([(question, answer)], system, chat.most)
    said = continuation() if chat.goes_on else chat.question
    told = [Message(Role.USER, question), Message(Role.ASSISTANT, answer)]
    return ChatRequest((system, *told, Message(Role.USER, said)), max_tokens=chat.most)


def _item(path: str) -> str:
    text = SAMPLES[path]
    item = ContextItem(ItemRef(ItemKind.OPEN, path), f"File: {path}", text, language_of(path))
    return item_text(item, None)


def record(core: Listener, model: str, case: Case, earlier: Json | None) -> Json:
    """Ask, and return the recording."""
    request = request_of(case, earlier)
    messages = [{"role": one.role.value, "content": one.text} for one in request.messages]
    most = min(MOST_TOKENS, request.max_tokens)
    settings: Json = {"temperature": request.temperature, "max_tokens": most, "seed": SEED}
    told = {key: value for key, value in settings.items() if key != "max_tokens"}
    streamed = stream_chat(core, messages, most, **told)
    return {
        "name": case.name,
        "model": model,
        "settings": {**settings, "threads": THREADS, "context": CONTEXT},
        **question_of(case),
        "messages": messages,
        "answer": streamed.text,
        "tokens": streamed.tokens,
        "finish": "length" if streamed.tokens >= most else "stop",
        "expected": None,
    }


def question_of(case: Case) -> Json:
    """What a recording tells of its question: the files, and how it was asked."""
    return {"files": _files(case), "asked": _asked(case)}


def _files(case: Case) -> dict[str, str]:
    if isinstance(case, Edit):
        return {case.path: text_of(case)}
    return {path: SAMPLES[path] for path in case.files}


def _asked(case: Case) -> Json:
    if isinstance(case, Chat):
        return {"how": "chat", "after": case.after, "goes_on": case.goes_on}
    trigger = trigger_of(case)
    lines = None if trigger.lines is None else [trigger.lines.start, trigger.lines.end]
    told: Json = {}
    how = "instruction" if case.instruction else "stub"
    if isinstance(trigger, Repair):
        how, told = "repair", {"problem": str(trigger.problem)}
    elif isinstance(trigger, FailingTest):
        how, told = "failing", {"test": trigger.name, "report": trigger.report}
    elif case.in_blocks:
        how = "blocks"
    return {
        "how": how,
        "path": case.path,
        "lines": lines,
        "instruction": case.instruction,
        "after": case.after,
        "refused": case.reason,
        **told,
    }


def record_all(core: Listener, model: str, cases: Sequence[Case], folder: Path) -> None:
    """Record each case into the folder, and tell how far it came."""
    folder.mkdir(parents=True, exist_ok=True)
    for case in cases:
        before = recorded(folder, model, case.after)
        earlier = json.loads(before.read_text(encoding="utf-8")) if case.after else None
        made = record(core, model, case, earlier)
        file = recorded(folder, model, case.name)
        file.write_text(as_text(file, made), encoding="utf-8", newline="\n")
        print(f"{file.name}: {made['tokens']} tokens, {made['finish']}", file=sys.stderr)


def as_text(file: Path, made: Mapping[str, object]) -> str:
    """The text of a recording, judged as the one in the file where its answer is the same."""
    if file.exists():
        old = json.loads(file.read_text(encoding="utf-8"))
        if old["answer"] == made["answer"]:
            made = {**made, "expected": old["expected"]}
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def chosen(model: str, names: Sequence[str], folder: Path, again: bool) -> list[Case]:
    """The cases to record. Raises ValueError for a name that no case of the model has."""
    own = {case.name: case for case in CASES if model in case.models}
    unknown = [name for name in names if name not in own]
    if unknown:
        raise ValueError(f"no case of {model} is called {', '.join(unknown)}")
    wanted = [own[name] for name in names] or list(own.values())
    return [case for case in wanted if again or not recorded(folder, model, case.name).exists()]


def main(words: Sequence[str]) -> int:
    """Record what the words name; return the exit code."""
    parser = argparse.ArgumentParser(prog="benchmarks.record_answers", description=__doc__)
    parser.add_argument("--model", default=SMALL, help="of the catalogue (default: %(default)s)")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--again", action="store_true", help="ask what is recorded already, too")
    parser.add_argument("names", nargs="*", help="of cases (default: all of the model)")
    given = parser.parse_args(words)
    cases = chosen(given.model, given.names, given.folder, given.again)
    if cases:
        path = catalogue_path(given.model)
        with running_core(path, "--threads", str(THREADS)) as core:
            record_all(core, given.model, cases, given.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
