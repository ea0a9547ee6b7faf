"""The endpoints are kept in a file that a person may edit."""

import os
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from law_cases import cases

from spark_desktop.adapters.endpoint_file import EndpointFile, load_presets
from spark_desktop.domain.endpoint_book import EndpointBook
from spark_desktop.domain.endpoints import (
    AuthKind,
    EndpointSpec,
    FillInWay,
    Limits,
    Price,
    RemoteModel,
    Route,
    WireProtocol,
    WorkKind,
)
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.spending import Budget

PRICE = Price(0.35, 0.75, date(2026, 11, 1), "the vendor's page", cached=0.1, fast=6.0)
MODEL = RemoteModel("big", "Big", 131072, 40000, FillInWay.SUFFIX, tools=True, price=PRICE)
SPEC = EndpointSpec(
    "mine",
    "My server",
    "https://mine.example/v1",
    WireProtocol.ANTHROPIC,
    AuthKind.HEADER,
    "x-api-key",
    "MINE_KEY",
    "big",
    (MODEL,),
    (("x-team", "blue"),),
    Limits(requests_per_minute=30, charged_up_front=True),
    Route(proxy="http://proxy:3128", ca_file="/etc/ca.pem", plain_http=True),
)
PRESETS = load_presets()


@pytest.fixture
def file(tmp_path):
    return EndpointFile(tmp_path / "config" / "endpoints.toml", PRESETS)


async def kept(file, book):
    await file.save(book)
    read, problems = EndpointFile(file.file, PRESETS).load()
    assert problems == ()
    return read


async def test_without_a_file_there_are_none(file):
    assert file.load() == (EndpointBook(), ())


async def test_everything_is_read_back_as_it_was(file):
    book = EndpointBook((SPEC,), budget=Budget(20.0, stops=True, warn_at=0.5))
    book = book.with_order(WorkKind.CHAT, ("mine", "local")).with_hedge(WorkKind.EDIT, 1.5)
    read = await kept(file, book)
    assert read.specs == (SPEC,)
    assert (dict(read.orders), dict(read.hedge)) == (dict(book.orders), dict(book.hedge))
    assert read.budget == book.budget


async def test_a_share_to_warn_at_beyond_the_budget_is_the_budget(file):
    file.file.parent.mkdir(parents=True)
    file.file.write_text("[budget]\nmonth = 5\nwarn_at = 80\n", encoding="utf-8")
    assert file.load()[0].budget == Budget(5.0, warn_at=1.0)


names = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=12)
specs = st.builds(
    EndpointSpec,
    id=names.filter(lambda one: one != "local"),
    title=names,
    url=names,
    protocol=st.sampled_from(WireProtocol),
    auth=st.sampled_from(AuthKind),
    model=names,
    models=st.lists(st.builds(RemoteModel, id=names, fill_in=st.sampled_from(FillInWay))).map(
        tuple
    ),
    route=st.builds(Route, proxy=st.text(max_size=5).filter(str.isalnum)),
)


@settings(max_examples=cases(40))
@given(st.lists(specs, max_size=3, unique_by=lambda spec: spec.id))
async def test_any_endpoints_are_read_back_as_they_were(tmp_path_factory, several):
    file = EndpointFile(tmp_path_factory.mktemp("book") / "endpoints.toml", PRESETS)
    assert (await kept(file, EndpointBook(tuple(several)))).specs == tuple(several)


async def test_a_presets_own_words_are_not_written_so_that_later_ones_count(file):
    spec = replace(PRESETS["cerebras"], preset="cerebras")
    assert (await kept(file, EndpointBook((spec,)))).specs == (spec,)
    written = file.file.read_text()
    assert "api.cerebras" not in written
    assert "context" not in written


async def test_comments_and_unknown_keys_stay(file):
    await file.save(EndpointBook((SPEC,)))
    text = file.file.read_text().replace(
        'id = "mine"', '# the fast one\nid = "mine"\nlater = "unknown"'
    )
    file.file.write_text(text)
    await file.save(EndpointBook((replace(SPEC, title="Other"),)))
    again = file.file.read_text()
    assert "# the fast one" in again
    assert 'later = "unknown"' in again
    assert 'title = "Other"' in again


async def test_one_that_is_removed_goes_and_the_others_stay(file):
    other = replace(SPEC, id="other")
    await file.save(EndpointBook((SPEC, other)))
    assert (await kept(file, EndpointBook((other,)))).specs == (other,)
    assert (await kept(file, EndpointBook())).specs == ()


def written(file, text):
    file.file.parent.mkdir(parents=True, exist_ok=True)
    file.file.write_text(text)
    return file.load()


def test_a_file_that_is_no_toml_is_kept_aside_and_named(file):
    book, (problem,) = written(file, "endpoints = [")
    assert book == EndpointBook()
    (aside,) = file.file.parent.glob("endpoints.toml.broken-*")
    assert aside.name in str(problem)
    assert aside.read_text() == "endpoints = ["


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[endpoints]]\nid = 'a'\n", "has no id or no url"),
        ("[[endpoints]]\nid = 'a'\nurl = 5\n", "endpoints[1].url is 5, not text"),
        ("[[endpoints]]\nid = 'a'\nurl = 'x'\nprotocol = 'gopher'\n", "not one of openai-chat"),
        ("[[endpoints]]\nid = 'local'\nurl = 'x'\n", "the id local is taken"),
        ("[[endpoints]]\nid='a'\nurl='x'\nmodels=[{context=3}]\n", "models[1] has no id"),
        (
            "[[endpoints]]\nid='a'\nurl='x'\nmodels=[{id='m',price={input=1,output=2}}]\n",
            "needs input, output, as_of and source",
        ),
        ("[[endpoints]]\nid='a'\nurl='x'\nroute={plain_http=1}\n", "not true or false"),
        ("[[endpoints]]\nid='a'\nurl='x'\nmodels=[{id='m',context=-1}]\n", "a whole number"),
        ("endpoints = 3\n", "not a list of tables"),
        ("order = 3\n", "order is 3, not a table"),
        ("[order]\nchat = 'fast'\n", "not a list of texts"),
        ("[budget]\nmonth = -3\n", "not a number from 0 on"),
        ("[budget]\nmonth = nan\n", "not a number from 0 on"),
        ("[hedge]\nchat = true\n", "not a number from 0 on"),
    ],
)
def test_what_cannot_be_used_is_named_and_the_rest_is_read(file, text, said):
    good = "[[endpoints]]\nid = 'good'\nurl = 'https://good.example'\n"
    whole = text + good if text.startswith("[") else text
    book, problems = written(file, whole)
    assert said in str(problems[0])
    assert str(file.file) in str(problems[0])
    assert book.spec("good") is not None or not text.startswith("[")


@pytest.mark.parametrize("text", ["a = " + 5000 * "[" + 5000 * "]", "a = " + 5000 * "9"])
def test_a_file_that_no_parser_takes_is_kept_aside(file, text):
    book, (problem,) = written(file, text)
    assert book == EndpointBook()
    assert "It is kept as endpoints.toml.broken-" in str(problem)


def test_bytes_that_are_no_text_are_kept_aside(file):
    file.file.parent.mkdir()
    file.file.write_bytes(b"title = \xff")
    _, (problem,) = file.load()
    assert "(it is not UTF-8). It is kept as" in str(problem)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
def test_a_pipe_is_not_waited_for(file):
    file.file.parent.mkdir()
    os.mkfifo(file.file)
    _, (problem,) = file.load()
    assert "it is no file" in str(problem)


async def test_what_was_refused_stays_in_the_file_until_its_author_mends_it(file):
    text = (
        "[[endpoints]]\nid = 'half'\n\n[[endpoints]]\nid = 'mine'\nurl = 'https://x/v1'\n"
        "title = 5\n\n[budget]\nmonth = -3\n"
    )
    book, problems = written(file, text)
    assert len(problems) == 3
    await file.save(book.with_spec(replace(SPEC, title="mine")))
    again = file.file.read_text()
    assert "id = 'half'" in again
    assert "title = 5" in again
    assert "month = -3" in again
    assert 'url = "https://mine.example/v1"' in again


async def test_a_file_that_was_broken_meanwhile_is_kept_aside_which_is_said(file):
    await file.save(EndpointBook((SPEC,)))
    file.file.write_text("endpoints = [")
    told = await file.save(EndpointBook((SPEC,)))
    assert "It is kept as" in str(told)
    assert file.load() == (EndpointBook((SPEC,)), ())


def test_a_huge_file_is_not_read(file):
    _, (problem,) = written(file, "#" * (2 << 20))
    assert "cannot be read" in str(problem)


async def test_a_folder_that_cannot_be_written_is_an_error_that_names_the_file(tmp_path):
    (tmp_path / "config").write_text("a file")
    file = EndpointFile(tmp_path / "config" / "endpoints.toml", PRESETS)
    with pytest.raises(StoreError, match="could not be written"):
        await file.save(EndpointBook((SPEC,)))


async def test_an_endpoint_with_an_open_field_in_its_presets_address_is_not_used(file):
    file.file.parent.mkdir(parents=True)
    file.file.write_text('[[endpoints]]\nid = "mine"\npreset = "azure"\n', encoding="utf-8")
    book, (problem,) = file.load()
    assert book.specs == ()
    assert "its url still has {resource}" in problem


async def test_what_a_test_found_of_a_model_keeps_the_presets_price_without_freezing_it(file):
    preset = PRESETS["cerebras"]
    found = replace(preset.models[0], context=65536)
    spec = replace(preset, preset="cerebras", models=(found, *preset.models[1:]))
    read = await kept(file, EndpointBook((spec,)))
    assert read.specs == (spec,)
    written = file.file.read_text(encoding="utf-8")
    assert "context = 65536" in written
    assert "price" not in written


async def test_a_price_of_the_users_own_is_kept(file):
    preset = PRESETS["cerebras"]
    agreed = replace(preset.models[0], price=PRICE)
    spec = replace(preset, preset="cerebras", models=(agreed, *preset.models[1:]))
    assert (await kept(file, EndpointBook((spec,)))).specs == (spec,)


async def test_a_list_that_holds_no_tables_is_written_anew(file):
    file.file.parent.mkdir()
    file.file.write_text('endpoints = ["mine", 3]\n', encoding="utf-8")
    book, problems = file.load()
    assert (book.specs, bool(problems)) == ((), True)
    assert (await kept(file, book.with_spec(SPEC))).specs == (SPEC,)


async def test_an_order_without_anybody_that_is_known_leaves_the_core_to_answer(file):
    file.file.parent.mkdir()
    file.file.write_text(
        '[order]\nchat = ["gone", "local"]\nedit = ["gone"]\nsuggestion = []\n', encoding="utf-8"
    )
    book, problems = file.load()
    assert [book.order(kind) for kind in (WorkKind.CHAT, WorkKind.EDIT, WorkKind.SUGGESTION)] == [
        ("local",),
        ("local",),
        (),
    ]
    assert [problem.partition(": ")[2] for problem in problems] == [
        "order.chat: there is no endpoint gone.",
        "order.edit: there is no endpoint gone.",
    ]
