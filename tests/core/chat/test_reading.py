"""The parts of an answer: reasoning, content and calls, however it is cut into pieces."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_core.chat.reading import AnswerReader
from inference_core.domain.chat import ArgumentsPart, CallPart, ContentPart, ReasoningPart
from inference_core.domain.generation import Candidate, TextPiece, TokenLogprob

TOOLS = ("add", "now")


def parts_of(pieces, tools=TOOLS, thinking=False):
    reader = AnswerReader(tools, thinking)
    parts = [part for piece in pieces for part in reader.feed(TextPiece(piece))]
    return parts + reader.end()


def summary(parts):
    """Content, reasoning, and name and arguments of each call."""
    calls = [[part.name, ""] for part in parts if isinstance(part, CallPart)]
    for part in parts:
        if isinstance(part, ArgumentsPart):
            calls[part.index][1] += part.text
    content = "".join(part.text for part in parts if isinstance(part, ContentPart))
    reasoning = "".join(part.text for part in parts if isinstance(part, ReasoningPart))
    return content, reasoning, [tuple(call) for call in calls]


def tagged(name="add", arguments='{"a": 1}'):
    return f'<tool_call>\n{{"name": "{name}", "arguments": {arguments}}}\n</tool_call>'


ADD = ("add", '{"a": 1}')

# The answer, its content, its reasoning, its calls.
CASES = {
    "text": ("hello", "hello", "", []),
    "nothing": ("", "", "", []),
    "blanks": (" \n", " \n", "", []),
    "blanks around text": ("\n hello \n", "\n hello \n", "", []),
    "reasoning": ("<think>\nhm\n</think>\n\nhello", "hello", "hm", []),
    "reasoning without an end": ("<think>hm", "", "hm", []),
    "reasoning of nothing": ("<think>\n\n</think>\n\nhello", "hello", "", []),
    "reasoning with a tag that is none": ("<think>a </thin b</think>c", "c", "a </thin b", []),
    "reasoning that is not at the beginning": ("a <think>b</think>", "a <think>b</think>", "", []),
    "the beginning of a tag": ("<thin", "<thin", "", []),
    "a call": (tagged(), "", "", [ADD]),
    "a call in one line": ('<tool_call>{"name":"add","arguments":{"a":1}}</tool_call>', "", "", [
        ("add", '{"a":1}')]),
    "a call after text": ("Let me see.\n" + tagged(), "Let me see.", "", [ADD]),
    "a call before text": (tagged() + "\n\nDone.", "Done.", "", [ADD]),
    "a call after reasoning": ("<think>hm</think>\n" + tagged(), "", "hm", [ADD]),
    "calls": (tagged() + "\n" + tagged("now", "{}"), "", "", [ADD, ("now", "{}")]),
    "parameters": ('<tool_call>{"name": "add", "parameters": {"a": 1}}</tool_call>', "", "", [ADD]),
    "arguments first": ('<tool_call>{"arguments": {"a": 1}, "name": "add"}</tool_call>', "", "", [
        ADD]),
    "arguments as text": (tagged(arguments='"{\\"a\\": 1}"'), "", "", [ADD]),
    "arguments of nothing": ('<tool_call>{"name": "now"}</tool_call>', "", "", [("now", "{}")]),
    "arguments that are null": (tagged("now", "null"), "", "", [("now", "{}")]),
    "tags in arguments": (tagged(arguments='{"a": "</tool_call>\\"}"}'), "", "", [
        ("add", '{"a": "</tool_call>\\"}"}')]),
    "brackets in arguments": (tagged(arguments='{"a": [{"b": "]"}]}'), "", "", [
        ("add", '{"a": [{"b": "]"}]}')]),
    "members after the arguments": (
        '<tool_call>{"name": "add", "arguments": {"a": 1}, "id": {"x": "}"}}</tool_call>!',
        "!", "", [ADD]),
    "no bracket at the end": ('<tool_call>{"name": "add", "arguments": {"a": 1}</tool_call>.', ".",
        "", [ADD]),
    "no tag at the end": ('<tool_call>{"name": "add", "arguments": {"a": 1}}', "", "", [ADD]),
    "half a tag at the end": ('<tool_call>{"name": "add", "arguments": {"a": 1}}\n</tool', "", "", [
        ADD]),
    "cut arguments": ('<tool_call>{"name": "add", "arguments": {"a": ', "", "", [
        ("add", '{"a": ')]),
    "arguments without an end": (
        '<tool_call>{"name": "add", "arguments": {"a": 1 </tool_call> b', "b", "", [
            ("add", '{"a": 1 ')]),
    "bare call": ('{"name": "add", "arguments": {"a": 1}}', "", "", [ADD]),
    "bare call with blanks": ('\n {"name":"add","parameters":{"a": 1}} \n', "", "", [ADD]),
    "bare call of Llama": ('{"type": "function", "name": "add", "parameters": {"a": 1}}', "", "", [
        ADD]),
    "bare call in a fence": ('```json\n{"name": "add", "arguments": {"a": 1}}\n```', "", "", [ADD]),
    "bare call in a nameless fence": ('```\n{"name": "add", "arguments": {"a": 1}}\n```', "", "", [
        ADD]),
    "bare calls in a list": (
        '[{"name": "add", "arguments": {"a": 1}}, {"name": "now", "arguments": {}}]', "", "",
        [ADD, ("now", "{}")]),
    "bare calls in lines": (
        '{"name": "add", "arguments": {"a": 1}}\n{"name": "now", "arguments": {}}', "", "",
        [ADD, ("now", "{}")]),
    "bare call after reasoning": ('<think>x</think>\n{"name": "add", "arguments": {"a": 1}}', "",
        "x", [ADD]),
}  # fmt: skip

# What is no call, and comes out as it went in.
CONTENTS = {
    "an unknown tool": tagged("rm"),
    "an unknown tool after text": "Well. \n " + tagged("rm") + " so.",
    "a broken call": '<tool_call>\n{"name": "add", "arg',
    "no JSON": "<tool_call>\nadd(1)\n</tool_call>",
    "nothing in tags": "<tool_call></tool_call>",
    "a list in tags": "<tool_call>[]</tool_call>",
    "arguments that are a number": tagged(arguments="5"),
    "arguments that are text": tagged(arguments='"five"'),
    "arguments that are text of a list": tagged(arguments='"[1]"'),
    "broken JSON": '<tool_call>{"name" "add"}</tool_call>',
    "JSON too deep": '<tool_call>{"arguments": ' + "[" * 5000 + "]" * 5000 + "}</tool_call>",
    "half a tag": "a < b <tool_c",
    "a bare object": '{"a": 1}',
    "a bare object with the name of none": '{"name": "Bob", "arguments": {}}',
    "a bare name": '{"name": "add"}',
    "a bare null": '{"name": "add", "arguments": null}',
    "a bare number": '{"name": "add", "arguments": 5}',
    "a bare name that is no text": '{"name": 5, "arguments": {}}',
    "a bare call and text": '{"name": "add", "arguments": {}} is it.',
    "a bare call that is cut": '{"name": "add", "arguments": {',
    "an empty list": "[]",
    "a list of numbers": "[1]",
    "a list with something else": '[{"name": "add", "arguments": {}}, {"a": 1}]',
    "a broken list": '[{"name": "add", "arguments": {}} {"name": "add", "arguments": {}}]',
    "code in a fence": "```python\nprint(1)\n```",
    "an empty fence": "```json\n```",
    "a fence with another object": '```json\n{"a": 1}\n```',
    "a bare call that is too deep": '{"name": "add", "arguments": ' + '{"a":' * 5000 + "1",
    "a bad name": '{"name": "\\x", "arguments": {}}',
}


@pytest.mark.parametrize(("text", "content", "reasoning", "calls"), CASES.values(), ids=CASES)
def test_an_answer_is_taken_apart(text, content, reasoning, calls):
    assert summary(parts_of([text])) == (content, reasoning, calls)


@pytest.mark.parametrize(("text", "content", "reasoning", "calls"), CASES.values(), ids=CASES)
def test_an_answer_is_taken_apart_character_by_character_as_well(text, content, reasoning, calls):
    assert summary(parts_of(text)) == (content, reasoning, calls)


@pytest.mark.parametrize("text", CONTENTS.values(), ids=CONTENTS)
def test_what_is_no_call_is_content_and_nothing_of_it_is_lost(text):
    assert summary(parts_of([text])) == (text, "", [])
    assert summary(parts_of(text)) == (text, "", [])


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            *("<think>", "</think>", "<tool_call>", "</tool_call>", "```json", "```", "[", "]"),
            *('{"name": "add", "arguments": ', '{"name": "rm", "arguments": ', '{"a": 1}', "}"),
            *(", ", '"', "{", "<", "x", " ", "\n", tagged(), tagged("rm"), tagged("now", "{}")),
        ]
    ),
    max_size=12,
).map("".join)


@given(FRAGMENTS, st.data(), st.booleans())
def test_how_an_answer_is_cut_changes_nothing(text, data, thinking):
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=8).map(sorted))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    whole = summary(parts_of([text], thinking=thinking))
    assert summary(parts_of(pieces, thinking=thinking)) == whole
    assert summary(parts_of(text, thinking=thinking)) == whole


@given(FRAGMENTS)
def test_without_tools_and_reasoning_content_is_what_was_written(text):
    text = text.replace("<think>", "")
    assert summary(parts_of(text, tools=())) == (text, "", [])


@given(st.text(), st.lists(st.integers(1, 5)))
def test_plain_text_with_tools_is_what_was_written(text, sizes):
    pieces = []
    for size in sizes:
        pieces.append(text[:size])
        text = text[size:]
    pieces.append(text)
    assert summary(parts_of(pieces))[0] == "".join(pieces)


# -- when it comes ---------------------------------------------------------------------------


def test_content_without_tools_is_told_with_its_piece():
    reader = AnswerReader()
    assert reader.feed(TextPiece("a <tool_c")) == [ContentPart("a <tool_c")]


def test_arguments_are_told_as_they_come():
    reader = AnswerReader(TOOLS)
    [call] = reader.feed(TextPiece('<tool_call>\n{"name": "add", "arguments": {'))[:1]
    assert (call.index, call.name) == (0, "add")
    assert reader.feed(TextPiece('"a"')) == [ArgumentsPart(0, '"a"')]
    assert reader.feed(TextPiece(": 1}}")) == [ArgumentsPart(0, ": 1}")]
    assert reader.feed(TextPiece("\n</tool_call>")) == reader.end() == []


def test_what_may_begin_a_call_is_held_back_until_it_is_decided():
    reader = AnswerReader(TOOLS)
    assert reader.feed(TextPiece("so <tool")) == [ContentPart("so")]
    assert reader.feed(TextPiece("_box>")) == [ContentPart(" <tool_box>")]


def test_text_that_cannot_become_a_bare_call_is_not_held_back():
    reader = AnswerReader(TOOLS)
    assert reader.feed(TextPiece('{"nam')) == []
    assert summary(reader.feed(TextPiece('e": "Bob", '))) == ('{"name": "Bob",', "", [])


def test_reasoning_is_told_as_it_comes_also_where_the_prompt_began_it():
    reader = AnswerReader(thinking=True)
    assert reader.feed(TextPiece("\nhm ")) == [ReasoningPart("hm")]
    assert reader.feed(TextPiece("so")) == [ReasoningPart(" so")]
    assert reader.feed(TextPiece("</think>\n\nyes")) == [ContentPart("yes")]


def test_a_reasoning_may_begin_twice():
    assert summary(parts_of(["<think>a</think>b"], thinking=True)) == ("b", "a", [])


def test_each_call_has_an_id_of_its_own():
    ids = [part.id for part in parts_of([tagged() + tagged()]) if isinstance(part, CallPart)]
    assert len(set(ids)) == 2
    assert all(id.startswith("call_") and len(id) == 29 for id in ids)


# -- tokens ----------------------------------------------------------------------------------


def logprob(text):
    return TokenLogprob(Candidate(text, text.encode(), -0.5))


def test_probabilities_travel_with_their_content():
    reader = AnswerReader(TOOLS)
    pieces = ["yes", " <tool", "s>", "\n", "<tool_call>", tagged()[11:]]
    parts = []
    for piece in pieces:
        parts += reader.feed(TextPiece(piece, 1, (logprob(piece),)))
    parts += reader.end()
    contents = [part for part in parts if isinstance(part, ContentPart)]
    assert [part.text for part in contents] == ["yes", " <tools>"]
    told = [[entry.chosen.text for entry in part.logprobs] for part in contents]
    assert told == [["yes"], [" <tool", "s>"]]


@given(FRAGMENTS.filter(lambda text: "<tool_call>" not in text and "think>" not in text))
def test_no_token_of_content_is_lost(text):
    pieces = [TextPiece(sign, 1, (logprob(sign),)) for sign in text]
    reader = AnswerReader(("unknown",))
    parts = [part for piece in pieces for part in reader.feed(piece)] + reader.end()
    assert sum(part.tokens for part in parts) == len(text)
    entries = [entry for part in parts for entry in part.logprobs]
    assert "".join(entry.chosen.text for entry in entries) == text


NAMES = st.text(max_size=5)
VALUES = st.recursive(
    NAMES | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=4,
)


@given(st.dictionaries(NAMES, VALUES, max_size=3))
def test_any_arguments_come_as_they_were_written(value):
    written = json.dumps(value)
    assert summary(parts_of(tagged(arguments=written)))[2] == [("add", written)]
