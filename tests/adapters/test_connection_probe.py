"""A connection is tested against servers at loopback: each step failing in turn, and each found."""

import asyncio
import socket
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from spark_desktop.adapters.chat_endpoint import ChatEndpoint
from spark_desktop.adapters.connection_probe import NetworkProbe
from spark_desktop.adapters.network import NetworkPolicy, client_for
from spark_desktop.adapters.ollama_endpoint import OllamaEndpoint
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.domain.connection_check import CheckKind, CheckOutcome, CheckReport
from spark_desktop.domain.endpoints import (
    EndpointSpec,
    FillInWay,
    Limits,
    RemoteModel,
    Route,
    WireProtocol,
)
from spark_desktop.domain.errors import EndpointRejectedError, UntrustedServerError
from spark_desktop.domain.secret import Secret
from spark_desktop.services.connection_check import ConnectionCheck
from spark_desktop.services.ports import Endpoint
from tests.hostile.asking import CANARY, Noted
from tests.hostile.certificates import Authority
from tests.hostile.proxy import HostileProxy
from tests.hostile.server import HostileServer, close, endless, head, sends
from tests.model_servers import ModelServer, llama_server, ollama, vendor, vllm

KEY = CANARY.reveal()
PASSED, FAILED, ABSENT, SKIPPED = (
    *(CheckOutcome.PASSED, CheckOutcome.FAILED),
    *(CheckOutcome.ABSENT, CheckOutcome.SKIPPED),
)


class OpenConnector:
    """Opens the product's own endpoints anew each time."""

    def __init__(self) -> None:
        self.clients: list[object] = []

    async def open(self, spec: EndpointSpec, key: Secret | None) -> Endpoint:
        client = client_for(spec, key, NetworkPolicy(), Noted())
        self.clients.append(client)
        if spec.protocol is WireProtocol.OLLAMA:
            return OllamaEndpoint(client, spec, silence=20.0)
        return ChatEndpoint(client, spec, silence=20.0)

    async def drop(self, endpoint_id: str) -> None:
        await self.close()

    async def close(self) -> None:
        for client in self.clients:
            await client.aclose()


def probe() -> NetworkProbe:
    return NetworkProbe(NetworkPolicy(), Noted())


def spec_at(server: HostileServer, **known: object) -> EndpointSpec:
    return EndpointSpec("one", "One", f"{server.url}/v1", **known)


async def checked(spec: EndpointSpec, key: Secret | None = None) -> CheckReport:
    check = ConnectionCheck(probe(), OpenConnector(), SystemClock())
    reports = [report async for report in check.run(spec, key)]
    assert reports[-1].is_over
    return reports[-1]


def outcome(report: CheckReport, kind: CheckKind) -> CheckOutcome:
    step = report.step(kind)
    assert step is not None
    return step.outcome


def found(report: CheckReport, kind: CheckKind) -> str:
    step = report.step(kind)
    assert step is not None
    return step.found


def failure(report: CheckReport) -> tuple[CheckKind, str, str]:
    """The one step that failed, with every later one skipped for it."""
    failed = report.failed
    assert failed is not None
    behind = report.steps[report.steps.index(failed) + 1 :]
    assert {step.outcome for step in behind} == {SKIPPED}
    assert all(failed.kind.label in step.found for step in behind)
    return failed.kind, failed.found, failed.next_step


@asynccontextmanager
async def running(models: ModelServer):
    async with models.server().running() as server:
        yield server


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


# What is found.


async def test_vllm_is_found_to_fill_in_with_the_models_own_tokens() -> None:
    async with running(vllm()) as server:
        report = await checked(spec_at(server))
    model = report.spec.chosen
    assert (report.spec.id, report.failed) == ("one", None)
    assert (model.id, model.context) == ("Qwen/Qwen2.5-Coder-1.5B", 32768)
    assert model.fill_in is FillInWay.TOKENS
    assert (model.tools, model.structured_output) == (True, True)
    assert found(report, CheckKind.CONTEXT) == "32768 tokens, as the server tells."
    assert found(report, CheckKind.MODELS) == "1 model: Qwen/Qwen2.5-Coder-1.5B (32768)"
    assert outcome(report, CheckKind.TLS) is SKIPPED


async def test_llama_server_is_found_with_the_context_it_runs_with() -> None:
    async with running(llama_server()) as server:
        report = await checked(spec_at(server))
    assert report.spec.chosen.context == 4096
    assert report.spec.chosen.fill_in is FillInWay.INFILL
    assert found(report, CheckKind.FILL_IN) == "Through the route /infill."


@pytest.mark.parametrize(("loaded", "context"), [(True, 4096), (False, 8192)])
async def test_ollama_is_found_with_the_context_that_it_cuts_at(loaded, context) -> None:
    async with running(ollama(loaded)) as server:
        spec = EndpointSpec("one", "One", server.url, WireProtocol.OLLAMA)
        report = await checked(spec)
    model = report.spec.chosen
    assert (model.id, model.context) == ("qwen2.5-coder:1.5b", context)
    assert model.fill_in is FillInWay.SUFFIX


async def test_the_models_own_tokens_are_not_guessed() -> None:
    async with running(vllm()) as server:
        with pytest.raises(EndpointRejectedError, match="How other is asked"):
            await probe().fill_in(spec_at(server, model="other"), None, FillInWay.TOKENS)
        assert server.requests == []


async def test_a_server_that_ignores_the_suffix_does_not_fill_in() -> None:
    async with running(vendor(KEY)) as server:
        report = await checked(spec_at(server), CANARY)
    assert outcome(report, CheckKind.FILL_IN) is ABSENT
    model = report.spec.chosen
    assert model.fill_in is FillInWay.NONE
    assert (model.tools, model.structured_output) == (False, False)


async def test_a_context_that_nobody_tells_is_named_by_the_refusal_of_too_many_tokens() -> None:
    async with running(vendor(KEY, context=5000)) as server:
        report = await checked(spec_at(server), CANARY)
    assert report.spec.chosen.context == 5000


async def test_no_vendor_that_charges_up_front_is_asked_for_too_many_tokens() -> None:
    models = vendor(KEY, context=5000)
    async with running(models) as server:
        report = await checked(spec_at(server, limits=Limits(charged_up_front=True)), CANARY)
    assert outcome(report, CheckKind.CONTEXT) is ABSENT
    assert "cut without a word" in found(report, CheckKind.CONTEXT)
    assert max(int(str(chat["max_tokens"])) for chat in models.chats) < 1000


async def test_what_is_known_of_a_model_stays_where_the_server_tells_nothing() -> None:
    known = RemoteModel("big", "Big", 9000, max_output=800)
    async with running(vendor(KEY)) as server:
        report = await checked(spec_at(server, model="big", models=(known,)), CANARY)
    assert (report.spec.chosen.context, report.spec.chosen.title) == (9000, "Big")
    assert found(report, CheckKind.CONTEXT) == "9000 tokens by what is known of the model."


async def test_a_model_that_is_not_listed_is_asked_all_the_same() -> None:
    async with running(vendor(KEY)) as server:
        report = await checked(spec_at(server, model="alias"), CANARY)
    assert found(report, CheckKind.MODELS) == "1 model, alias not among them: big"
    assert outcome(report, CheckKind.FIRST_TOKEN) is PASSED
    assert [model.id for model in report.listed] == ["big"]


async def test_every_report_on_the_way_has_one_more_step() -> None:
    async with running(vllm()) as server:
        check = ConnectionCheck(probe(), OpenConnector(), SystemClock())
        lengths = [len(report.steps) async for report in check.run(spec_at(server), None)]
    assert lengths == [*(n for n in range(1, 12) for _ in range(2)), 11]


# Each step failing in turn.


async def test_a_name_that_is_not_known_ends_the_test() -> None:
    report = await checked(EndpointSpec("one", "One", "https://nowhere.invalid/v1"))
    kind, told, next_step = failure(report)
    assert (kind, told) == (
        CheckKind.NAME,
        "The name of nowhere.invalid cannot be looked up.",
    )
    assert "online" in next_step


async def test_an_address_that_is_none_fails_at_once() -> None:
    kind, told, next_step = failure(await checked(EndpointSpec("one", "One", "smoke://signals")))
    assert kind is CheckKind.NAME
    assert "no web address" in told
    assert "https://" in next_step


async def test_plain_http_to_another_machine_is_refused_before_anything_is_sent() -> None:
    kind, told, _ = failure(await checked(EndpointSpec("one", "One", "http://192.0.2.1/v1")))
    assert kind is CheckKind.NAME
    assert "without TLS" in told


async def test_a_port_without_a_server_fails_to_connect() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    kind, told, next_step = failure(
        await checked(EndpointSpec("one", "One", f"http://127.0.0.1:{port}/v1"))
    )
    assert kind is CheckKind.TCP
    assert told == f"Nothing listens at 127.0.0.1:{port}: the connection was refused."
    assert "whether the server runs" in next_step


@pytest.mark.parametrize(
    ("host", "days", "self_signed", "told"),
    [
        ("127.0.0.1", (-5, -1), False, "has expired"),
        ("other.example", (-1, 5), False, "is for another host"),
        ("127.0.0.1", (-1, 5), True, "signed by nobody but itself"),
    ],
)
async def test_a_certificate_that_is_wrong_is_said_in_plain_words(
    authority, host, days, self_signed, told
) -> None:
    pem = authority.issue(host, days=days, self_signed=self_signed)
    server = HostileServer(vllm().answer, authority.serving(pem))
    async with server.running():
        route = Route(ca_file=authority.file)
        kind, found_, next_step = failure(await checked(spec_at(server, route=route)))
    assert kind is CheckKind.TLS
    assert told in found_
    assert next_step


async def test_a_certificate_is_shown_with_its_issuer_and_the_days_that_are_left(authority) -> None:
    pem = authority.issue("127.0.0.1", days=(-1, 8))
    server = HostileServer(vllm().answer, authority.serving(pem))
    async with server.running():
        report = await checked(spec_at(server, route=Route(ca_file=authority.file)))
    assert report.failed is None
    assert found(report, CheckKind.TLS) == (
        "TLS 1.3; the certificate for 127.0.0.1, by A test's authority, is good for 7 days."
    )


async def test_a_server_that_wants_a_client_certificate_says_so(authority) -> None:
    context = authority.serving(authority.issue("127.0.0.1"), wants_client=True)
    server = HostileServer(vllm().answer, context)
    async with server.running():
        with pytest.raises(UntrustedServerError, match="a client certificate"):
            await probe().shake_hands(spec_at(server, route=Route(ca_file=authority.file)))


async def test_a_key_that_is_refused_is_told_from_one_that_is_missing() -> None:
    async with running(vendor(KEY)) as server:
        kind, told, next_step = failure(await checked(spec_at(server), Secret("another-one")))
        assert kind is CheckKind.AUTH
        assert "refused the key: HTTP status 401" in told
        assert "whole" in next_step
        _, told, next_step = failure(await checked(spec_at(server)))
        assert "wants a key" in told
        assert "Enter the key" in next_step


async def test_a_key_that_the_server_repeats_is_never_shown() -> None:
    models = vendor("another")
    async with running(models) as server:
        report = await checked(spec_at(server), CANARY)
    assert KEY not in repr(report)
    repeats = {"error": {"message": f"Something broke for {KEY}"}}
    models = vendor(KEY)
    models.routes["GET /v1/models"] = lambda _: (500, repeats)
    async with running(models) as server:
        kind, told, _ = failure(await checked(spec_at(server), CANARY))
    assert kind is CheckKind.AUTH
    assert "Something broke for" in told
    assert KEY not in repr(told)


async def test_a_ca_file_that_cannot_be_read_is_named_before_anything_is_asked() -> None:
    spec = EndpointSpec(
        "one", "One", "https://127.0.0.1:1/v1", route=Route(ca_file="/nowhere/ca.pem")
    )
    kind, told, next_step = failure(await checked(spec))
    assert kind is CheckKind.NAME
    assert "/nowhere/ca.pem cannot be read" in told
    assert "PEM" in next_step


async def test_models_that_everybody_may_see_say_nothing_of_the_key() -> None:
    models = vendor("another", open_routes=("GET /v1/models",))
    async with running(models) as server:
        report = await checked(spec_at(server), CANARY)
    assert "the first answer tells" in found(report, CheckKind.AUTH)
    kind, told, _ = failure(report)
    assert kind is CheckKind.FIRST_TOKEN
    assert "refused" in told


async def test_an_address_with_a_wrong_path_is_told_from_a_wrong_key() -> None:
    async with running(vendor(KEY)) as server:
        spec = replace(spec_at(server), url=f"{server.url}/api/v9")
        kind, told, next_step = failure(await checked(spec, CANARY))
    assert kind is CheckKind.AUTH
    assert told == f"There is nothing at {server.url}/api/v9."
    assert "/v1" in next_step


async def test_a_cloud_without_a_list_of_models_is_let_pass() -> None:
    models = vendor(KEY)
    del models.routes["GET /v1/models"]
    async with running(models) as server:
        report = await checked(spec_at(server, model="big"), CANARY)
    assert "no list of models" in found(report, CheckKind.AUTH)
    assert outcome(report, CheckKind.MODELS) is ABSENT
    assert outcome(report, CheckKind.FIRST_TOKEN) is PASSED


async def test_without_a_list_a_model_has_to_be_named() -> None:
    models = vendor(KEY)
    del models.routes["GET /v1/models"]
    async with running(models) as server:
        kind, told, next_step = failure(await checked(spec_at(server), CANARY))
    assert (kind, told) == (CheckKind.FIRST_TOKEN, "No model is named.")
    assert next_step


async def test_a_model_that_does_not_answer_ends_the_test() -> None:
    refusal = (404, {"error": {"message": "The model `big` does not exist"}})
    async with running(vendor(KEY, refuses_chat=refusal)) as server:
        kind, told, _ = failure(await checked(spec_at(server), CANARY))
    assert kind is CheckKind.FIRST_TOKEN
    assert "does not exist" in told


async def test_an_answer_without_a_word_is_no_first_token() -> None:
    async with running(vendor(KEY, pieces=())) as server:
        kind, told, _ = failure(await checked(spec_at(server), CANARY))
    assert (kind, told) == (CheckKind.FIRST_TOKEN, "big ended its answer without a word.")


async def test_a_web_page_instead_of_an_api_is_named() -> None:
    page = head(content_type="text/html", content_length="4") + b"<p/>"
    async with HostileServer(sends(page)).running() as server:
        kind, told, next_step = failure(await checked(spec_at(server)))
    assert kind is CheckKind.AUTH
    assert "web page" in told
    assert "/v1" in next_step


async def test_an_endless_list_of_models_is_cut_and_said() -> None:
    begin = head(content_type="application/json", connection="close")
    async with HostileServer(endless(begin, b"[" * 65536)).running() as server:
        kind, told, _ = failure(await checked(spec_at(server)))
    assert kind is CheckKind.AUTH
    assert "more than" in told


# Through a proxy.


async def test_the_way_through_a_proxy_is_said_with_its_certificate(authority) -> None:
    pem = authority.issue("far.example", days=(-1, 8))
    server = HostileServer(vllm().answer, authority.serving(pem))
    async with server.running(), HostileProxy(server.port).running() as proxy:
        spec = EndpointSpec(
            "one",
            "One",
            "https://far.example/v1",
            route=Route(proxy=proxy.url, ca_file=authority.file),
        )
        looked_up = await probe().look_up(spec)
        assert (looked_up.host, looked_up.addresses) == ("far.example", ("127.0.0.1",))
        connected = await probe().connect(spec)
        assert looked_up.proxy == connected.proxy == f"127.0.0.1:{proxy.port}"
        shaken = await probe().shake_hands(spec)
    assert shaken is not None
    assert (shaken.subject, shaken.issuer) == ("far.example", "A test's authority")


async def test_a_proxy_that_refuses_is_named(authority) -> None:
    refusal = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    async with HostileProxy(1, refusal).running() as proxy:
        spec = EndpointSpec("one", "One", "https://far.example/v1", route=Route(proxy=proxy.url))
        kind, told, _ = failure(await checked(spec))
    assert kind is CheckKind.TLS
    assert f"The proxy 127.0.0.1:{proxy.port} refused" in told


# Ending it.


async def test_a_test_that_is_left_closes_what_it_has_open() -> None:
    asked = asyncio.Event()

    async def stalled(_asked, writer) -> None:
        asked.set()
        await asyncio.Event().wait()
        await close(writer)

    async with HostileServer(stalled).running() as server:
        check = ConnectionCheck(probe(), OpenConnector(), SystemClock())

        async def run() -> None:
            async for _ in check.run(spec_at(server), None):
                pass

        task = asyncio.create_task(run())
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_what_is_asked_stands_in_the_ledger() -> None:
    ledger = Noted()
    async with running(vllm()) as server:
        await NetworkProbe(NetworkPolicy(), ledger).connect(spec_at(server))
    (contact,) = ledger.contacts
    assert (contact.port, contact.purpose) == (server.port, "test the connection to One")
