"""What stands between two texts, asked in every way, with the tokens of every family."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from remote_fakes import CHAT, INFILL, FakeVendor, collect, delta, end_of, spec_of, sse, tells, told

from spark_desktop.adapters.chat_endpoint import ChatEndpoint
from spark_desktop.adapters.fill_in_families import FAMILIES, Family, family_of, laid_out
from spark_desktop.adapters.fill_in_wire import fill_in_body, fill_in_route
from spark_desktop.domain.completion import FinishReason, InfillRequest, Usage
from spark_desktop.domain.endpoints import FillInWay
from spark_desktop.domain.errors import EndpointRejectedError

GAP = InfillRequest("a{", "}b")
FILES = replace(GAP, extra=(("x.py", "x = 1"), ("y.py", "y = 2")))
QWEN = "Qwen/Qwen2.5-Coder-7B-Instruct"


@pytest.mark.parametrize(
    ("way", "url", "route"),
    [
        (FillInWay.INFILL, "http://localhost:8080/v1", "http://localhost:8080/infill"),
        (FillInWay.INFILL, "http://localhost:8080", "http://localhost:8080/infill"),
        (FillInWay.SUFFIX, "https://v.test/v1", "https://v.test/v1/completions"),
        (
            FillInWay.SUFFIX,
            "https://api.deepseek.com/v1",
            "https://api.deepseek.com/beta/completions",
        ),
        (
            FillInWay.SUFFIX,
            "https://api.deepseek.com/beta",
            "https://api.deepseek.com/beta/completions",
        ),
        (FillInWay.FIM_ROUTE, "https://v.test/v1/", "https://v.test/v1/fim/completions"),
        (FillInWay.TOKENS, "https://v.test/v1?a=1", "https://v.test/v1/completions?a=1"),
    ],
)
def test_each_way_has_its_route(way: FillInWay, url: str, route: str) -> None:
    assert fill_in_route(spec_of(url, fill_in=way)) == route


def body(way: FillInWay, request: InfillRequest = INFILL, model: str = QWEN) -> dict[str, Any]:
    return fill_in_body(request, spec_of(id=model, fill_in=way))


def test_infill_has_the_files_by_name() -> None:
    assert body(FillInWay.INFILL) == {
        "model": QWEN,
        "input_prefix": "def f(",
        "input_suffix": "):",
        "input_extra": [{"filename": "b.py", "text": "x = 1"}],
        "n_predict": 9,
        "temperature": 0.0,
        "stream": True,
    }


def test_a_suffix_is_a_field_of_completions() -> None:
    assert body(FillInWay.SUFFIX, replace(INFILL, stop=("\n",))) == {
        "model": QWEN,
        "prompt": "def f(",
        "suffix": "):",
        "max_tokens": 9,
        "temperature": 0.0,
        "stop": ["\n"],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_mistrals_route_has_codestrals_files_before_the_prefix() -> None:
    assert body(FillInWay.FIM_ROUTE, FILES, "codestral-latest") == {
        "model": "codestral-latest",
        "prompt": "+++++ x.py\nx = 1\n+++++ y.py\ny = 2\n+++++ file\na{",
        "suffix": "}b",
        "max_tokens": 512,
        "temperature": 0.0,
        "stream": True,
    }


@pytest.mark.parametrize(
    ("model", "alone", "with_files"),
    [
        (
            QWEN,
            "<|fim_prefix|>a{<|fim_suffix|>}b<|fim_middle|>",
            "<|repo_name|>project\n<|file_sep|>x.py\nx = 1\n<|file_sep|>y.py\ny = 2\n"
            "<|file_sep|>file\n<|fim_prefix|>a{<|fim_suffix|>}b<|fim_middle|>",
        ),
        ("codellama:7b-code", "<PRE> a{ <SUF>}b <MID>", "<PRE> a{ <SUF>}b <MID>"),
        (
            "bigcode/starcoder2-15b",
            "<fim_prefix>a{<fim_suffix>}b<fim_middle>",
            "<repo_name>project<file_sep>x.py\nx = 1\n<file_sep>y.py\ny = 2\n"
            "<file_sep><fim_prefix>a{<fim_suffix>}b<fim_middle>",
        ),
        (
            "deepseek-ai/DeepSeek-Coder-V2-Lite-Base",
            "<｜fim▁begin｜>a{<｜fim▁hole｜>}b<｜fim▁end｜>",  # noqa: RUF001
            "<｜fim▁begin｜>#x.py\nx = 1\n\n#y.py\ny = 2\n\na{<｜fim▁hole｜>}b<｜fim▁end｜>",  # noqa: RUF001
        ),
        (
            "mistralai/Codestral-22B-v0.1",
            "[SUFFIX]}b[PREFIX]a{",
            "[SUFFIX]}b[PREFIX]+++++ x.py\nx = 1\n+++++ y.py\ny = 2\n+++++ file\na{",
        ),
        (
            "google/codegemma-2b",
            "<|fim_prefix|>a{<|fim_suffix|>}b<|fim_middle|>",
            "x.py\nx = 1<|file_separator|>y.py\ny = 2<|file_separator|>"
            "<|fim_prefix|>a{<|fim_suffix|>}b<|fim_middle|>",
        ),
    ],
)
def test_each_family_has_its_own_tokens(model: str, alone: str, with_files: str) -> None:
    family = family_of(model)
    assert family is not None
    assert laid_out(GAP, family) == alone
    assert laid_out(FILES, family) == with_files
    asked = body(FillInWay.TOKENS, replace(GAP, stop=("\n",)), model)
    assert asked["prompt"] == alone
    assert asked["stop"] == ["\n", *family.stops]


def test_an_unknown_family_is_named_and_others_are_offered() -> None:
    with pytest.raises(EndpointRejectedError, match=r"How gpt-9 is asked .* Qwen2\.5-Coder"):
        body(FillInWay.TOKENS, model="gpt-9")


@given(
    st.sampled_from(FAMILIES),
    st.lists(st.sampled_from(["x", "\n", "<PRE>", "<|fim_suffix|>", "{after}", "\0", "[SUFFIX]"])),
)
def test_tokens_in_the_users_text_are_no_tokens(family: Family, words: list[str]) -> None:
    text = "".join(words)
    prompt = laid_out(InfillRequest(text, text, ((text, text),)), family)
    empty = laid_out(InfillRequest("", "", (("", ""),)), family)
    for mark in family.marks:
        assert prompt.count(mark) == empty.count(mark)


def endpoint(vendor: FakeVendor, **model: Any) -> ChatEndpoint:
    return ChatEndpoint(vendor.client(), spec_of(**model))


async def test_completions_fill_in() -> None:
    vendor = FakeVendor(
        [
            tells(
                {"choices": [{"text": "<think>"}]},
                {"choices": [{"text": "x<|fim_"}]},
                {"choices": [{"text": "pad|>rest", "finish_reason": "stop"}]},
            )
        ]
    )
    served = endpoint(vendor, id=QWEN, fill_in=FillInWay.TOKENS)
    chunks = await collect(served, INFILL)
    # Code may begin with any tag; a family's token that comes as text is the end.
    assert told(chunks) == ("<think>x", "")
    assert vendor.asked[0].url.path == "/v1/completions"
    assert served.model.fim


async def test_infill_is_asked_for_beside_v1() -> None:
    end = {"content": "", "stop": True, "stop_type": "limit", "timings": {"prompt_n": 3}}
    vendor = FakeVendor([tells({"content": "a"}, end)])
    chunks = await collect(endpoint(vendor, fill_in=FillInWay.INFILL), INFILL)
    assert vendor.asked[0].url.path == "/infill"
    assert told(chunks)[0] == "a"
    assert (end_of(chunks).reason, end_of(chunks).usage) == (FinishReason.LENGTH, Usage(3, 0, 0))


async def test_mistrals_route_answers_as_a_chat_does() -> None:
    vendor = FakeVendor([tells(delta(content="x"), delta("stop"), "[DONE]")])
    served = endpoint(vendor, id="codestral-latest", fill_in=FillInWay.FIM_ROUTE)
    assert told(await collect(served, INFILL))[0] == "x"
    assert vendor.asked[0].url.path == "/v1/fim/completions"


async def test_a_model_that_cannot_fill_in_is_not_asked() -> None:
    vendor = FakeVendor([tells("[DONE]")])
    served = endpoint(vendor)
    assert not served.model.fim
    with pytest.raises(EndpointRejectedError, match="Vendor cannot fill in text"):
        await collect(served, INFILL)
    assert vendor.asked == []
    assert sse() == ""
    await collect(served, CHAT)
