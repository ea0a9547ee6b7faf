"""Endpoints on the command line: listed, added, tested, ordered and compared, and no key shown."""

import argparse
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from endpoint_fakes import MemoryBook, MemorySecrets
from fakes import Answer, FakeClock, FakeEndpoint

from spark_desktop.adapters.preset_files import load_preset_files
from spark_desktop.cli.endpoint_tools import EndpointTools
from spark_desktop.cli.endpoints import run, typed_key
from spark_desktop.cli.exit_codes import ExitCode, UsageError
from spark_desktop.cli.grammar import build_parser
from spark_desktop.cli.output import Output
from spark_desktop.domain.completion import Finished, Usage
from spark_desktop.domain.connection_check import Access, Connected, Handshake, Lookup
from spark_desktop.domain.endpoint_book import EndpointBook
from spark_desktop.domain.endpoints import (
    AuthKind,
    EndpointSpec,
    FillInWay,
    Price,
    RemoteModel,
    Route,
    WireProtocol,
    WorkKind,
)
from spark_desktop.domain.errors import (
    AccessRefusedError,
    EndpointRejectedError,
    RouteError,
    SecretStoreError,
    StoreError,
)
from spark_desktop.domain.secret import Secret
from spark_desktop.domain.spending import Budget
from spark_desktop.domain.standings import AnswerRecord
from spark_desktop.domain.words import say
from spark_desktop.services.bus import Bus
from spark_desktop.services.connection_check import ConnectionCheck
from spark_desktop.services.endpoint_guess import EndpointGuess
from spark_desktop.services.endpoint_health import Health
from spark_desktop.services.endpoints import EndpointsService
from spark_desktop.services.keys import Keys

KEY = "canary-5f1c9b0e7d"
PRICE = Price(2.0, 10.0, date(2026, 11, 1), "https://box.example/prices")
BOX = EndpointSpec(
    "box",
    "Box",
    "https://box.example/v1",
    key_env="BOX_KEY",
    model="big",
    models=(RemoteModel("big", context=4096, tools=True, price=PRICE),),
)
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


class NowClock(FakeClock):
    def now(self) -> datetime:
        return NOW


class MemoryLog:
    def __init__(self, *records: AnswerRecord) -> None:
        self.kept = records

    def note(self, record: AnswerRecord) -> None:
        raise AssertionError("nothing is asked")

    async def records(self, since: datetime) -> tuple[AnswerRecord, ...]:
        return tuple(record for record in self.kept if record.when >= since)


class EasyProbe:
    """Every step passes, unless the key is ``refused``."""

    def __init__(self) -> None:
        self.refused = False
        self.keys: list[Secret | None] = []

    async def look_up(self, spec: EndpointSpec) -> Lookup:
        return Lookup("box.example", ("192.0.2.7",))

    async def connect(self, spec: EndpointSpec) -> Connected:
        return Connected(0.01)

    async def shake_hands(self, spec: EndpointSpec) -> Handshake | None:
        return Handshake(
            "TLS 1.3", "box.example", "An authority", NOW + timedelta(days=30, hours=1)
        )

    async def access(self, spec: EndpointSpec, key: Secret | None) -> Access:
        self.keys.append(key)
        if self.refused:
            raise AccessRefusedError("box.example refused the key.", "Check it.")
        return Access.GRANTED

    async def models(self, spec: EndpointSpec, key: Secret | None) -> tuple[RemoteModel, ...]:
        if spec.protocol is not WireProtocol.CHAT:
            raise EndpointRejectedError("nothing there")
        return (RemoteModel("big", context=8192),)

    async def described(self, spec: EndpointSpec, key: Secret | None) -> RemoteModel:
        return RemoteModel("big", context=8192)

    async def fill_in(self, spec: EndpointSpec, key: Secret | None, way: FillInWay) -> str:
        raise EndpointRejectedError("no such route")


class OneConnector:
    def __init__(self, endpoint: FakeEndpoint) -> None:
        self.endpoint = endpoint

    async def open(self, spec: EndpointSpec, key: Secret | None) -> FakeEndpoint:
        return self.endpoint

    async def drop(self, endpoint_id: str) -> None:
        return

    async def close(self) -> None:
        return


class Spark:
    """The command on a book, a keyring and a log in memory."""

    def __init__(self, book: EndpointBook | None = None) -> None:
        self.store = MemoryBook(book)
        self.secrets = MemorySecrets()
        self.probe = EasyProbe()
        self.log = MemoryLog()
        self.environment: dict[str, str] = {}
        self.typed = f"{KEY}\n"
        self.written = ""

    async def __call__(self, *words: str) -> ExitCode:
        out, err = io.BytesIO(), io.StringIO()
        args: argparse.Namespace = build_parser().parse_args(["endpoints", *words])
        try:
            return await run(
                args, Output(out, err, args.json), _no_project, self._open, lambda _: self.typed
            )
        finally:
            self.text, self.err = out.getvalue().decode(), err.getvalue()
            self.written += self.text + self.err

    @property
    def json(self) -> dict[str, object]:
        return json.loads(self.text.splitlines()[-1])

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[EndpointTools]:
        answers = Answer("one", "two", end=Finished(usage=Usage(9, 40))), Answer("no"), Answer("no")
        connector, clock = OneConnector(FakeEndpoint(*answers)), NowClock()
        keys = Keys(self.secrets, self.environment)
        endpoints = EndpointsService(self.store, keys, connector, Health(Bus(), clock))
        presets = load_preset_files()
        check = ConnectionCheck(self.probe, connector, clock)
        guess = EndpointGuess(self.probe, presets)
        yield EndpointTools(endpoints, presets, check, guess, self.log, clock)


async def _no_project(*_named: object) -> None:
    raise AssertionError("endpoints belong to no project")


@pytest.fixture
def spark() -> Spark:
    book = EndpointBook((BOX,)).with_order(WorkKind.CHAT, ("box", "local"))
    return Spark(book)


# List and show.


async def test_without_endpoints_the_next_step_is_said() -> None:
    spark = Spark()
    assert await spark() is ExitCode.OK
    assert "spark endpoints add URL" in spark.err


async def test_endpoints_are_listed_with_the_work_they_are_asked_for(spark) -> None:
    await spark("list")
    assert spark.text == "box  big  box.example  chat 1\n"
    await spark("list", "--json")
    (one,) = spark.json["endpoints"]
    assert (one["id"], one["places"]) == ("box", {"chat": 1})
    assert spark.json["orders"]["chat"] == ["box", "local"]


async def test_what_could_not_be_read_of_the_file_is_said() -> None:
    spark = Spark()
    spark.store.problems = (say("endpoints.toml is no list of endpoints."),)
    await spark("list")
    assert "spark: endpoints.toml is no list of endpoints." in spark.err


async def test_an_endpoint_is_shown_with_where_its_key_is(spark) -> None:
    await spark("show", "box")
    assert "none in the keyring or BOX_KEY: spark endpoints key set box" in spark.text
    assert "$2 in, $10 out for a million tokens (2026-11-01" in spark.text
    spark.environment["BOX_KEY"] = KEY
    await spark("show", "box", "--json")
    assert spark.json["key"] == "environment"
    assert spark.json["model"]["context"] == 4096
    assert KEY not in spark.written


async def test_a_keyring_that_cannot_be_read_is_said_where_the_key_would_stand(spark) -> None:
    spark.secrets.broken = SecretStoreError("No keyring answers.")
    await spark("show", "box")
    assert "key        No keyring answers." in spark.text


async def test_an_unknown_endpoint_is_refused_with_those_that_there_are(spark) -> None:
    with pytest.raises(UsageError) as raised:
        await spark("show", "bxo")
    assert "There are: box." in str(raised.value)
    with pytest.raises(UsageError, match="spark endpoints add URL"):
        await Spark()("test", "box")


# Presets and adding.


async def test_presets_are_listed_with_what_has_to_be_filled_in(spark) -> None:
    await spark("presets")
    (line,) = [line for line in spark.text.splitlines() if line.startswith("vertex")]
    assert line.endswith("--set region=us-central1 --set project=my-project")
    await spark("presets", "--json")
    listed = {preset["id"]: preset for preset in spark.json["presets"]}
    assert listed["azure"]["fields"] == {"resource": "my-resource"}
    assert listed["groq"]["models"][0]["price"]["source"].startswith("https://")


async def test_an_endpoint_is_added_from_a_preset_with_its_fields() -> None:
    spark = Spark()
    await spark("add", "--preset", "bedrock", "--set", "region=eu-west-1", "--name", "AWS")
    assert spark.text == "bedrock\n"
    assert "spark endpoints key set bedrock" in spark.err
    (spec,) = spark.store.kept.specs
    assert spec.url == "https://bedrock-runtime.eu-west-1.amazonaws.com/openai/v1"
    assert (spec.title, spec.preset) == ("AWS", "bedrock")


async def test_a_second_one_of_a_preset_gets_an_id_of_its_own() -> None:
    spark = Spark()
    await spark("add", "--preset", "groq")
    await spark("add", "--preset", "groq", "--json")
    assert spark.json["id"] == "groq-2"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "by its address or by a preset"),
        (("https://box.example", "--preset", "groq"), "by its address or by a preset"),
        (("--preset", "gorq"), "There is no preset gorq. There are: anthropic"),
        (("--preset", "bedrock", "--set", "region"), "region fills in nothing"),
        (("https://box.example", "--set", "a=b"), "nothing to fill in"),
    ],
)
async def test_arguments_that_do_not_fit_are_refused(words, told) -> None:
    spark = Spark()
    with pytest.raises(UsageError) as raised:
        await spark("add", *words)
    assert told in str(raised.value)
    assert spark.store.kept.specs == ()


async def test_a_missing_field_is_asked_for() -> None:
    with pytest.raises(RouteError, match="Azure OpenAI needs its Resource"):
        await Spark()("add", "--preset", "azure")


async def test_an_address_is_asked_for_its_protocol_and_first_model() -> None:
    spark = Spark()
    await spark("add", "https://box.example/v1/chat/completions", "--model", "small")
    (spec,) = spark.store.kept.specs
    assert (spec.id, spec.url, spec.model) == ("box", "https://box.example/v1", "small")
    assert (spec.protocol, spec.auth) == (WireProtocol.CHAT, AuthKind.NONE)


async def test_a_named_protocol_is_taken_without_asking() -> None:
    spark = Spark()
    words = ("--protocol", "anthropic-messages", "--key-env", "BOX_KEY", "--plain-http")
    await spark("add", "http://box.example/v1", *words)
    (spec,) = spark.store.kept.specs
    assert (spec.protocol, spec.auth_header) == (WireProtocol.ANTHROPIC, "x-api-key")
    assert (spec.key_env, spec.route.plain_http) == ("BOX_KEY", True)
    await spark("add", "https://other.example/v1", "--protocol", "openai-responses")
    assert spark.store.kept.specs[-1].protocol is WireProtocol.RESPONSES


async def test_the_way_to_a_server_is_added_with_it(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    spark = Spark()
    await spark("add", "https://box.example", "--ca-file", "ca.pem", "--proxy", "http://p:3128")
    (spec,) = spark.store.kept.specs
    assert spec.route == Route(proxy="http://p:3128", ca_file=str(tmp_path / "ca.pem"))


async def test_a_server_at_this_machine_is_asked_without_a_key_until_one_is_named() -> None:
    spark = Spark()
    await spark("add", "localhost:8000", "--protocol", "openai-chat")
    await spark("add", "localhost:8000", "--protocol", "openai-chat", "--key-env", "BOX_KEY")
    assert [spec.auth for spec in spark.store.kept.specs] == [AuthKind.NONE, AuthKind.BEARER]


def test_the_grammar_knows_every_protocol_and_kind_of_work() -> None:
    parser = build_parser()
    for protocol in WireProtocol:
        parser.parse_args(["endpoints", "add", "x", "--protocol", protocol.value])
    for kind in WorkKind:
        parser.parse_args(["endpoints", "order", kind.value, "local"])


async def test_a_book_that_cannot_be_written_is_an_error() -> None:
    spark = Spark()
    spark.store.broken = StoreError("endpoints.toml cannot be written.")
    with pytest.raises(StoreError):
        await spark("add", "--preset", "groq")


# Testing.


async def test_a_test_prints_each_step_and_keeps_what_it_found(spark) -> None:
    spark.environment["BOX_KEY"] = KEY
    assert await spark("test", "box") is ExitCode.OK
    assert "ok     Certificate        TLS 1.3; the certificate for box.example" in spark.text
    assert "none   Tools" in spark.text
    assert spark.probe.keys == [Secret(KEY)]
    model = spark.store.kept.specs[0].chosen
    assert (model.context, model.tools, model.price) == (8192, False, PRICE)
    assert KEY not in spark.written


async def test_a_test_that_fails_says_the_next_step_and_keeps_nothing(spark) -> None:
    spark.probe.refused = True
    assert await spark("test", "box") is ExitCode.FAILED
    assert "failed Key                box.example refused the key." in spark.text
    assert "→ Check it." in spark.text
    assert spark.store.kept.specs == (BOX,)


async def test_the_steps_of_a_test_are_json_lines(spark) -> None:
    spark.probe.refused = True
    await spark("test", "box", "--json")
    lines = [json.loads(line) for line in spark.text.splitlines()]
    assert [line["event"] for line in lines] == ["step"] * 11 + ["tested"]
    assert {line["outcome"] for line in lines[4:-1]} == {"skipped"}
    assert (lines[3]["step"], lines[3]["next_step"]) == ("auth", "Check it.")
    assert (lines[-1]["ok"], lines[-1]["id"]) == (False, "box")


async def test_without_a_readable_keyring_a_server_is_tested_without_a_key(spark) -> None:
    spark.secrets.broken = SecretStoreError("No keyring answers.", "Start one.")
    assert await spark("test", "box") is ExitCode.OK
    assert "spark: No keyring answers. Start one." in spark.err
    assert spark.probe.keys == [None]


# Keys.


async def test_a_key_goes_into_the_keyring_and_is_never_printed(spark) -> None:
    await spark("key", "set", "box")
    assert spark.secrets.kept == {"box": Secret(KEY)}
    await spark("key", "set", "box", "--json")
    assert spark.json == {"event": "key set", "id": "box"}
    await spark("show", "box")
    assert "key        keyring" in spark.text
    await spark("key", "forget", "box")
    assert spark.secrets.kept == {}
    assert KEY not in spark.written


@pytest.mark.parametrize("typed", ["", "  \n", "ключ", "a\x00b"])
async def test_what_is_no_key_is_refused(spark, typed) -> None:
    spark.typed = typed
    with pytest.raises(UsageError, match="That is no key"):
        await spark("key", "set", "box")
    assert spark.secrets.kept == {}


async def test_a_key_is_never_an_argument() -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["endpoints", "key", "set", "box", KEY])


async def test_an_endpoint_without_a_key_takes_none() -> None:
    spark = Spark(EndpointBook((replace(BOX, auth=AuthKind.NONE),)))
    with pytest.raises(UsageError, match="asked without a key"):
        await spark("key", "set", "box")
    await spark("show", "box")
    assert "key        none is sent" in spark.text


async def test_a_keyring_that_refuses_is_an_error(spark) -> None:
    spark.secrets.broken = SecretStoreError("No keyring answers.")
    for action in ("set", "forget"):
        with pytest.raises(SecretStoreError):
            await spark("key", action, "box")


# Removing and ordering.


async def test_a_removed_endpoint_takes_its_key_with_it(spark) -> None:
    spark.secrets.kept["box"] = Secret(KEY)
    await spark("remove", "box")
    assert (spark.store.kept.specs, spark.secrets.kept) == ((), {})
    assert spark.store.kept.order(WorkKind.CHAT) == ("local",)


async def test_an_endpoint_is_removed_also_without_a_keyring(spark) -> None:
    spark.secrets.broken = SecretStoreError("No keyring answers.")
    await spark("remove", "box", "--json")
    assert spark.json == {"event": "endpoint removed", "id": "box"}
    assert "No keyring answers." in spark.err


async def test_an_order_is_kept_for_one_kind_of_work(spark) -> None:
    await spark("order", "edit", "local", "box")
    assert spark.text == "edit: local, then box\n"
    assert spark.store.kept.order(WorkKind.EDIT) == ("local", "box")
    await spark("order", "edit", "box", "--json")
    assert spark.json == {"event": "order", "kind": "edit", "ids": ["box"]}


@pytest.mark.parametrize(("ids", "told"), [(("nobody",), "no endpoint"), (("box", "box"), "twice")])
async def test_an_order_of_unknown_or_double_ones_is_refused(spark, ids, told) -> None:
    with pytest.raises(UsageError, match=told):
        await spark("order", "chat", *ids)


# Figures.


def asked(days: float, endpoint: str = "box", **known: object) -> AnswerRecord:
    when = NOW - timedelta(days=days)
    return AnswerRecord(when, endpoint, "big", WorkKind.CHAT, **known)  # type: ignore[arg-type]


ANSWERED = {"usage": Usage(10, 101), "first_token": 0.25, "total": 1.25, "cost": 0.01}


async def test_the_leaderboard_compares_by_the_users_own_answers(spark) -> None:
    local = asked(2, "local", usage=Usage(10, 11), first_token=0.5, total=1.0)
    spark.log = MemoryLog(asked(1, **ANSWERED), asked(3, error="LimitError"), local)
    await spark("leaderboard")
    rows = [line.split() for line in spark.text.splitlines()]
    assert rows[1] == ["box", "big", "2", *["0.25", "s", "0.25", "s", "100", "1.25", "s", "50%"]]
    assert rows[2][:3] == ["local", "big", "1"]
    await spark("leaderboard", "--days", "2", "--json")
    assert [line["answers"] for line in spark.json["standings"]] == [1, 1]
    assert spark.json["standings"][0]["rate"] == 100.0


async def test_without_answers_there_is_no_leaderboard(spark) -> None:
    await spark("leaderboard", "--days", "7")
    assert (spark.text, "last 7 days" in spark.err) == ("", True)


async def test_costs_are_those_of_the_month_with_what_could_not_be_counted(spark) -> None:
    spark.store.kept = replace(spark.store.kept, budget=Budget(20.0))
    unpriced = asked(1, "mine", usage=Usage(10, 10), first_token=0.1, total=0.2)
    spark.log = MemoryLog(asked(1, **ANSWERED), asked(40, **ANSWERED), unpriced)
    await spark("costs")
    assert spark.text.splitlines() == [
        "box     $0.0100",
        "mine    not known",
        "in all  $0.0100",
        "The budget of this month is $20.00.",
    ]
    assert "price of 1 answer is not known" in spark.err
    await spark("costs", "--days", "60", "--json")
    assert (spark.json["dollars"], spark.json["unpriced"]) == (0.02, 1)


@pytest.mark.parametrize("days", ["0", "-1", "x", "99999999"])
def test_days_that_are_no_days_are_refused(days) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["endpoints", "costs", "--days", days])


def test_a_key_is_read_from_standard_input_where_that_is_no_terminal(monkeypatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{KEY}\nnot this\n"))
    assert typed_key("Box") == f"{KEY}\n"


def test_a_key_is_asked_for_without_echo_at_a_terminal(monkeypatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    asked: list[str] = []
    monkeypatch.setattr("sys.stdin", Terminal("seen"))
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or KEY)
    assert typed_key("Box") == KEY
    assert asked == ["Key of Box: "]
