"""A question with items: what is sent, what the turn keeps, what is previewed."""

import pytest
from fakes import Answer, MemoryFiles

from spark_desktop.domain.completion import ModelInfo
from spark_desktop.domain.context_item import ItemKind, ItemRef, Question
from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.errors import ContextExceededError, EndpointUnreachableError, FileError
from spark_desktop.domain.text import digest_of

A = ItemRef(ItemKind.FILE, "a.py")
CLIP = ItemRef(ItemKind.CLIPBOARD, text="copied ``` text")


async def question(world, text="Why?", refs=(A,), path=None):
    thread = await world.chat.current()
    return Question(f"q-{text}", thread.id, text, refs, path)


async def test_items_stand_in_their_order_before_the_question(world_of):
    world = world_of(MemoryFiles(a__py="A = 1\n"), "Because.")
    await world.chat.answer(await question(world, refs=(A, CLIP)))
    assert world.endpoint.requests[0].messages[-1].text == (
        "File: a.py\n\n```python\nA = 1\n```\n\n"
        "From the clipboard:\n\n````\ncopied ``` text\n````\n\nWhy?"
    )


async def test_the_turn_keeps_what_went_with_it(world_of):
    world = world_of(MemoryFiles(a__py="A = 1\n"), "Because.")
    turn = await world.chat.answer(await question(world))
    (kept,) = turn.attached
    assert (kept.ref, kept.digest, kept.left_out) == (A, digest_of(b"A = 1\n"), "")
    assert kept.tokens > 0
    assert (await world.chat.current()).turns == (turn,)


async def test_a_cut_file_is_kept_with_what_was_left_out(world_of):
    world = world_of(MemoryFiles(a__py="value = compute(one, two)\n" * 2000), "Because.")
    turn = await world.chat.answer(await question(world))
    assert turn.state is TurnState.DONE
    assert turn.attached[0].left_out.startswith("lines ")
    assert "(lines 1 to " in world.endpoint.requests[0].messages[-1].text


async def test_a_repeat_reads_the_items_anew_and_keeps_pasted_text(world_of):
    lost = EndpointUnreachableError("The core ended.", "Repeat the turn.")
    world = world_of(MemoryFiles(a__py="A = 1\n"), Answer(error=lost), "Because.")
    failed = await world.chat.answer(await question(world, refs=(A, CLIP)))
    world.files.write("a.py", "A = 2\n")
    again = await world.chat.repeat((await world.chat.current()).id, failed.id)
    assert again.attached[0].digest == digest_of(b"A = 2\n")
    sent = world.endpoint.requests[-1].messages[-1].text
    assert "A = 2" in sent
    assert "copied" in sent


async def test_a_repeat_without_its_file_changes_nothing(world_of):
    world = world_of(MemoryFiles(a__py="A = 1\n"), "Because.")
    turn = await world.chat.answer(await question(world))
    del world.files.data["a.py"]
    with pytest.raises(FileError):
        await world.chat.repeat((await world.chat.current()).id, turn.id)
    assert (await world.chat.current()).turns == (turn,)


async def test_later_prompts_repeat_the_items_word_for_word_also_after_a_restart(world_of):
    world = world_of(MemoryFiles(a__py="A = 1\n"), "One.", "Two.")
    await world.chat.answer(await question(world))
    world.files.write("a.py", "A = 2\n")
    await world.chat.ask("And now?")
    first, second = world.endpoint.requests
    assert second.messages[: len(first.messages)] == first.messages
    assert list(world.memory.texts.values()) == [
        {"q-Why?": first.messages[-1].text, second_id(world): "And now?"}
    ]


def second_id(world):
    return [key for texts in world.memory.texts.values() for key in texts][1]


async def test_the_open_file_is_not_sent_twice(world_of):
    world = world_of(MemoryFiles(a__py="A = 1\n"), "One.")
    turn = await world.chat.answer(await question(world, refs=(A,), path="a.py"))
    assert [kept.ref for kept in turn.attached] == [A]
    assert turn.path == "a.py"


async def test_turns_that_were_left_out_once_stay_out_so_that_prompts_begin_the_same(world_of):
    lines = "value = compute(one, two)\n"
    # Summing up is not what this is about: it fails.
    broken = Answer("")
    files = MemoryFiles(a__py=lines * 300, b__py=lines * 330)
    world = world_of(files, "One.", "Two.", broken, "Three.", broken, "Four.")
    await world.chat.answer(await question(world, "1?"))
    await world.chat.answer(await question(world, "2?", refs=(ItemRef(ItemKind.FILE, "b.py"),)))
    await world.chat.answer(await question(world, "3?", refs=(A,)))
    asked = [r for r in world.endpoint.requests if "Sum up" not in r.messages[-1].text]
    begin = asked[-1].messages[:2]
    await world.chat.ask("Small?")
    assert world.endpoint.requests[-1].messages[:2] == begin


async def test_the_preview_plans_as_the_sending_does(world_of):
    world = world_of(MemoryFiles(a__py="value = compute(one, two)\n" * 2000), "Because.")
    asked = await question(world)
    preview = await world.composing.preview.look(asked)
    assert preview.plan is not None
    await world.chat.answer(asked)
    sent = world.endpoint.requests[0].messages[-1].text
    (piece,) = preview.plan.pieces
    assert piece.lines is not None
    assert f"(lines 1 to {piece.lines.end})" in sent
    assert not preview.is_exact


async def test_the_preview_counts_exactly_once_the_model_counted(world_of):
    world = world_of(MemoryFiles(a__py="A = 1\n"))
    world.tokenizer.model_id = "fake-model"
    asked = await question(world)
    assert not (await world.composing.preview.look(asked)).is_exact
    assert await world.composing.preview.measure(asked)
    preview = await world.composing.preview.look(asked)
    assert preview.is_exact
    assert preview.items[0].is_exact
    assert not await world.composing.preview.measure(asked)


async def test_the_preview_says_which_item_cannot_go(world_of):
    world = world_of(MemoryFiles())
    preview = await world.composing.preview.look(await question(world))
    assert preview.items[0].error is not None
    assert preview.plan is not None


async def test_the_preview_refuses_what_no_context_can_hold(world_of):
    world = world_of(MemoryFiles())
    world.endpoint.become(ModelInfo("tiny", context=128, fim=False))
    asked = await question(world, "word " * 200, refs=())
    preview = await world.composing.preview.look(asked)
    assert isinstance(preview.error, ContextExceededError)
    assert not await world.composing.preview.measure(asked)
    turn = await world.chat.answer(asked)
    assert turn.state is TurnState.FAILED
    assert "128" in turn.error


async def test_a_cut_file_that_is_denser_than_estimated_still_fits_when_it_is_sent(world_of):
    # Data of hexadecimal digits: two characters a token, where code has more than three.
    world = world_of(MemoryFiles(data__py="0x1f, 0x2e,\n" * 10_000), "So.")

    async def dense(text):
        return len(text) // 2

    world.tokenizer.model_id, world.tokenizer.count = "small", dense
    turn = await world.chat.answer(await question(world, refs=(ItemRef(ItemKind.FILE, "data.py"),)))
    assert turn.state is TurnState.DONE
    (request,) = world.endpoint.requests
    sent = sum(len(message.text) // 2 for message in request.messages)
    assert 6_000 < sent <= world.endpoint.model.context - request.max_tokens


async def test_a_file_whose_beginning_is_the_densest_part_fits_too(world_of):
    text = "0x1f, 0x2e,\n" * 3000 + "a much longer word, and another one\n" * 3000
    world = world_of(MemoryFiles(data__py=text), "So.")

    async def dense(text):
        return 4 * text.count("0x") + text.count("word")

    world.tokenizer.model_id, world.tokenizer.count = "small", dense
    await world.chat.answer(await question(world, refs=(ItemRef(ItemKind.FILE, "data.py"),)))
    (request,) = world.endpoint.requests
    sent = sum([await dense(message.text) for message in request.messages])
    assert 4_000 < sent <= world.endpoint.model.context - request.max_tokens
