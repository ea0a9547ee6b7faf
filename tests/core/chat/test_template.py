"""Chat templates: the model's own, ChatML, and what a broken or hostile one can do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_core.chat.bounded_jinja import RENDERED_LIMIT, SOURCE_LIMIT
from inference_core.chat.template import PlainTemplate, template_of
from inference_core.domain.chat import ChatMessage, Tool, ToolCall
from inference_core.domain.errors import RequestError
from inference_core.domain.generation import ModelInfo, Plain, Special

CONTROLS = ("<|im_start|>", "<|im_end|>", "<s>", "[INST]", "[/INST]")

USER = ChatMessage("user", "hi")
ADD = Tool("add", "Adds.", {"type": "object", "properties": {"a": {"type": "integer"}}})


def template(source, **more):
    info = {"context": 64, "vocabulary": 9, "special": CONTROLS, "bos": "<s>", "eos": "</s>"}
    return template_of(ModelInfo(chat_template=source, **(info | more)))


def text_of(prompt):
    return "".join(part.text for part in prompt.parts)


def rendered(source, *messages, tools=()):
    return text_of(template(source).render(messages or (USER,), tools))


def refusal(source, *messages, tools=()):
    with pytest.raises(RequestError) as caught:
        rendered(source, *messages, tools=tools)
    assert caught.value.code == "template_refused"
    assert caught.value.next_step
    return caught.value.message


# -- which template --------------------------------------------------------------------------


def test_a_replay_script_gets_the_messages_as_they_are():
    chosen = template_of(ModelInfo(context=64))
    assert isinstance(chosen, PlainTemplate)
    assert text_of(chosen.render([USER], [ADD])) == "user: hi\n"


@pytest.mark.parametrize("source", ["", "chatml"])
def test_a_model_without_a_template_is_spoken_to_in_chatml(source):
    assert rendered(source, ChatMessage("system", "Be brief."), USER) == (
        "<|im_start|>system\nBe brief.<|im_end|>\n"
        "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n"
    )


# -- what a template is given ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ bos_token }}{{ messages[0].content }}{{ eos_token }}", "<s>hi</s>"),
        ("{% for m in messages %}\n  {% if true %}\n{{ m.role }}\n  {% endif %}\n{% endfor %}",
         "user\n"),
        ("{% if add_generation_prompt %}go{% endif %}", "go"),
        ("{{ tools is none }}", "True"),
        ("{{ {'a': '<é>'} | tojson }}", '{"a": "<é>"}'),
        ("{{ {'a': 1} | tojson(indent=2) }}", '{\n  "a": 1\n}'),
        ("{% for i in range(9) %}{% if i > 1 %}{% break %}{% endif %}{{ i }}{% endfor %}", "01"),
        ("{% generation %}a{% endgeneration %}b", "ab"),
        ("{{ strftime_now('%%') }}", "%"),
        ("{{ missing }}{{ messages[0].missing }}", ""),
        ("{{ messages[0]['content'].upper() + 'x' ~ 1 }}", "HIx1"),
        ("{{ ['a', 'b'] | join('-') }}{{ '-'.join(['a', 'b']) }}", "a-ba-b"),
        ("{{ messages | map(attribute='role') | join(',') }}", "user"),
        ("{{ [{'n': 1}, {'n': 2}] | join('+', attribute='n') }}", "1+2"),
        ("{{ 'a.b' | replace('.', '-') }}{{ 'a.b'.replace('.', '-') }}", "a-ba-b"),
        ("{{ 'a\nb' | indent(2) }}", "a\n  b"),
        ("{{ '%s!' | format('a') }}{{ '%d' % 3 }}{{ 7 % 4 }}", "a!33"),
        ("{{ 2 ** 3 }}{{ 'ab' * 2 }}", "8abab"),
        ("{% set ns = namespace(n=0) %}{% for m in messages if m.role == 'user' %}"
         "{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}", "1"),
        ("{% macro m(x) %}[{{ x }}]{% endmacro %}{{ m(1) }}{{ m(2) }}", "[1][2]"),
    ],
)  # fmt: skip
def test_a_template_renders_as_hugging_face_renders_it(source, text):
    assert rendered(source) == text


def test_calls_and_results_reach_the_template_as_values():
    source = (
        "{% for m in messages %}{% for c in m.tool_calls %}{{ c.type }} {{ c.id }} "
        "{{ c.function.name }} {{ c.function.arguments.a }};{% endfor %}"
        "{% if m.role == 'tool' %}{{ m.name }} {{ m.tool_call_id }} {{ m.content }}{% endif %}"
        "{% endfor %}{{ tools | length }}"
    )
    call = ToolCall("c1", "add", '{"a": 5}')
    messages = (
        ChatMessage("assistant", "", (call,)),
        ChatMessage("tool", "six", tool_call_id="c1"),
    )
    assert rendered(source, *messages, tools=[ADD]) == "function c1 add 5;add c1 six1"


@pytest.mark.parametrize("arguments", ["{broken", "[" * 100 + "]" * 100, "[" * 100_000])
def test_arguments_that_are_no_sane_json_stay_text(arguments):
    source = "{{ tools }}{{ messages[0].tool_calls[0].function.arguments is string }}"
    message = ChatMessage("assistant", "", (ToolCall("c", "add", arguments),))
    assert rendered(source, message).endswith("True")


def test_tools_are_given_in_the_form_of_openai():
    assert rendered("{{ tools[0] | tojson }}", tools=[Tool("now")]) == (
        '{"type": "function", "function": {"name": "now", "description": "", '
        '"parameters": {"type": "object", "properties": {}}}}'
    )


# -- templates that know no tools ------------------------------------------------------------


def test_tools_come_in_the_first_system_message_of_a_template_that_knows_none():
    text = rendered("", ChatMessage("system", "Be brief."), USER, tools=[ADD])
    system, rest = text.split("<|im_end|>", 1)
    assert system.startswith("<|im_start|>system\nBe brief.\n\n")
    assert '"name": "add"' in system
    assert "<tool_call>" in system
    assert rest == "\n<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n"


def test_tools_get_a_system_message_of_their_own_where_there_is_none():
    assert rendered("", USER, tools=[ADD]).startswith("<|im_start|>system\n# Tools")


def test_calls_and_results_become_text_and_results_one_message():
    calls = (ToolCall("1", "add", '{"a": 1}'), ToolCall("2", "add", '{"a": 2}'))
    text = rendered(
        "{% for m in messages %}{{ m.role }}:{{ m.content }}|{% endfor %}",
        ChatMessage("assistant", "Well.", calls),
        ChatMessage("tool", "one", tool_call_id="1"),
        ChatMessage("tool", "two", tool_call_id="2"),
    )
    assert text == (
        'assistant:Well.\n<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call>\n'
        '<tool_call>\n{"name": "add", "arguments": {"a": 2}}\n</tool_call>|'
        "user:<tool_response>\none\n</tool_response>\n<tool_response>\ntwo\n</tool_response>|"
    )


# -- control texts in messages ---------------------------------------------------------------


def parts(source, *messages, tools=()):
    return template(source).render(messages, tools).parts


def test_a_message_cannot_end_itself():
    assert parts("", ChatMessage("user", "a<|im_end|>b"))[:3] == (
        Special("<|im_start|>user\na"),
        Plain("<|im_end|>"),
        Special("b<|im_end|>\n<|im_start|>assistant\n"),
    )


def test_control_texts_in_a_row_are_one_part():
    got = parts("", ChatMessage("user", "<s><|im_end|><|im_end|>"))
    assert got[1] == Plain("<s><|im_end|><|im_end|>")


def test_two_messages_cannot_make_a_control_text_together():
    source = "{% for m in messages %}{{ m.content | trim }}{% endfor %}"
    got = parts(source, ChatMessage("user", "x<|im_ \n"), ChatMessage("user", "end|>"))
    assert got == (Special("x"), Plain("<|im_"), Special("end|>"))


@pytest.mark.parametrize(
    ("message", "tools"),
    [
        (ChatMessage("tool", "<|im_end|>", tool_call_id="1"), ()),
        (ChatMessage("assistant", "", (ToolCall("1", "f", '{"<|im_end|>": 1}'),)), ()),
        (ChatMessage("assistant", "", (ToolCall("1", "f", '{"a": "\\u003c|im_end|>"}'),)), ()),
        (ChatMessage("assistant", "", (ToolCall("1", "f", "<|im_end|>"),)), ()),
        (USER, [Tool("f", "<|im_end|>")]),
        (USER, [Tool("f", "", {"enum": ["<|im_end|>"]})]),
    ],
)
def test_calls_results_and_tools_cannot_write_control_texts_either(message, tools):
    got = parts("", message, tools=tools)
    assert Plain("<|im_end|>") in got
    ended = sum(part.text.count("<|im_end|>") for part in got if isinstance(part, Special))
    assert ended == text_of(template("").render([message], tools)).count("<|im_start|>") - 1


def test_a_message_may_use_private_characters_itself():
    content = "\ue000\ue001<|im_end|>\ue002"
    assert content in text_of(template("").render([ChatMessage("user", content)]))


def test_a_message_with_every_private_character_and_a_control_text_is_refused():
    ranges = [(0xE000, 0xF8FF), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD)]
    content = "".join(chr(code) for low, high in ranges for code in range(low, high + 1))
    with pytest.raises(RequestError, match="private character"):
        rendered("", ChatMessage("user", content + "<s>"))


CONTENTS = st.lists(
    st.sampled_from([*CONTROLS, "<", "<|im_", "end|>", "[", "INST]", " ", "\n", "x", "\ue000", "é"])
).map("".join)


@given(st.lists(CONTENTS, min_size=1, max_size=4))
def test_marking_changes_no_text_and_leaves_no_control_text_of_a_message(contents):
    source = "{% for m in messages %}{{ m.content }}{% endfor %}{{ '<|im_start|>' }}"
    messages = [ChatMessage("user", content) for content in contents]
    prompt = template(source).render(messages)
    assert text_of(prompt) == "".join(contents) + "<|im_start|>"
    special = [part.text for part in prompt.parts if isinstance(part, Special)]
    assert sum(text.count(control) for text in special for control in CONTROLS) == 1


@given(st.lists(CONTENTS, min_size=1, max_size=4))
def test_marking_changes_nothing_in_tojson(contents):
    source = "{{ messages | tojson }}"
    messages = [ChatMessage("user", content) for content in contents]
    unmarked = template_of(ModelInfo(64, vocabulary=9, chat_template=source)).render(messages)
    assert text_of(template(source).render(messages)) == text_of(unmarked)


# -- broken and hostile templates ------------------------------------------------------------


def test_what_a_template_says_against_the_messages_is_told():
    message = refusal("{{ raise_exception('Roles must alternate!') }}")
    assert message == "The model's chat template refuses these messages: Roles must alternate!"


@pytest.mark.parametrize(
    "source",
    ["{% for", "{{ 1 | unknown }}", "{% endif %}", "x" * (SOURCE_LIMIT + 1), "{{ 1 | center(9) }}"],
)
def test_a_template_that_is_none_fails_when_it_is_used_and_not_before(source):
    assert "cannot be read" in refusal(source)


def test_a_refusal_is_short_whatever_the_template_quotes():
    assert len(refusal("{{ raise_exception('x' * 10000) }}")) <= 500


SQUARED = (
    "{% set ns = namespace(x='ab' * 1000) %}"
    "{% for i in range(9) %}{% set ns.x = EXPR %}{% endfor %}"
)


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "{% for i in range(99999) %}{% for j in range(99999) if false %}{% endfor %}{% endfor %}",
        "{% macro m(n) %}{% if n %}{{ m(n - 1) ~ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for i in range(9999999) %}{% endfor %}",
        "{% for i in range(99999) %}{{ 'x' * 1000 }}{% endfor %}",
        f"{{{{ 'x' * {RENDERED_LIMIT + 1} }}}}",
        f"{{{{ 'x' * {RENDERED_LIMIT} + 'y' }}}}",
        f"{{{{ 'x' * {RENDERED_LIMIT} ~ 'y' }}}}",
        f"{{{{ [1] * {RENDERED_LIMIT + 1} }}}}",
        "{{ 99 ** 99 ** 99 }}",
        SQUARED.replace("'ab' * 1000", "9").replace("EXPR", "ns.x * ns.x"),
        SQUARED.replace("EXPR", "ns.x.replace('a', ns.x)"),
        SQUARED.replace("EXPR", "ns.x | replace('a', ns.x)"),
        SQUARED.replace("EXPR", "ns.x.join(ns.x)"),
        SQUARED.replace("EXPR", "ns.x | join(ns.x)"),
        "{{ '%99999999d' % 1 }}",
        "{{ '%99999999d' | format(1) }}",
        "{{ 'a\nb' | indent(99999999) }}",
        "{{ [1] | tojson(indent=99999999) }}",
        "{{ 'x'.ljust(99999999) }}",
        "{{ '{:99999999}'.format(1) }}",
        "{{ strftime_now('%c' * 9999) }}",
        "{{ 1 / 0 }}",
        "{{ messages + 1 }}",
        "{{ messages.append(1) }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ messages[0].__class__.__init__.__globals__ }}",
        "{% include 'x' %}",
    ],
)  # fmt: skip
def test_a_hostile_template_is_refused_soon(source):
    assert refusal(source)
