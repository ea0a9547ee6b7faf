"""The steps that ask the model, and how the test ends, without a network."""

from dataclasses import replace

import pytest
from fakes import Answer, FakeClock, FakeEndpoint

from spark_desktop.domain.completion import (
    ChatRequest,
    Finished,
    ReasoningChunk,
    ToolCall,
    Usage,
)
from spark_desktop.domain.connection_check import (
    Access,
    CheckKind,
    CheckOutcome,
    CheckReport,
    Connected,
    Handshake,
    Lookup,
)
from spark_desktop.domain.endpoints import EndpointSpec, FillInWay, RemoteModel, WireProtocol
from spark_desktop.domain.errors import (
    AccessRefusedError,
    EndpointRejectedError,
    EndpointUnreachableError,
)
from spark_desktop.domain.secret import Secret
from spark_desktop.services.connection_check import ConnectionCheck

MODEL = RemoteModel("m", context=8192)
SPEC = EndpointSpec("mine", "Mine", "http://localhost:8000/v1", model="m")
CALL = Finished(calls=(ToolCall("1", "door_colour", '{"door": 3}'),))
HELD = Answer('{"colour": "colour-7391"}')
COUNTED = Answer("one ", "two", end=Finished(usage=Usage(9, 41)))


class ScriptedProbe:
    """Answers as it is told to; ``refused`` are the ways to fill in that the server refuses."""

    def __init__(self, *, listed: tuple[RemoteModel, ...] = (MODEL,)) -> None:
        self.listed = listed
        self.fills: dict[FillInWay, str | Exception] = {}
        self.tried: list[FillInWay] = []
        self.proxy = ""
        self.addresses = ("127.0.0.1", "::1")

    async def look_up(self, spec: EndpointSpec) -> Lookup:
        return Lookup("localhost", self.addresses, self.proxy)

    async def connect(self, spec: EndpointSpec) -> Connected:
        return Connected(0.0123, self.proxy)

    async def shake_hands(self, spec: EndpointSpec) -> Handshake | None:
        return Handshake("TLS 1.3")

    async def access(self, spec: EndpointSpec, key: Secret | None) -> Access:
        return Access.GRANTED

    async def models(self, spec: EndpointSpec, key: Secret | None) -> tuple[RemoteModel, ...]:
        return self.listed

    async def described(self, spec: EndpointSpec, key: Secret | None) -> RemoteModel:
        return MODEL

    async def fill_in(self, spec: EndpointSpec, key: Secret | None, way: FillInWay) -> str:
        self.tried.append(way)
        answer = self.fills.get(way, EndpointRejectedError("no such route"))
        if isinstance(answer, Exception):
            raise answer
        return answer


class OneConnector:
    """Opens one endpoint, whoever asks."""

    def __init__(self, endpoint: FakeEndpoint) -> None:
        self.endpoint = endpoint
        self.opened: list[EndpointSpec] = []
        self.dropped: list[str] = []

    async def open(self, spec: EndpointSpec, key: Secret | None) -> FakeEndpoint:
        self.opened.append(spec)
        return self.endpoint

    async def drop(self, endpoint_id: str) -> None:
        self.dropped.append(endpoint_id)

    async def close(self) -> None:
        return


class TickingClock(FakeClock):
    """Each look at it is a tenth of a second later."""

    def monotonic(self) -> float:
        self.seconds += 0.1
        return self.seconds


async def report_of(
    *answers: Answer, probe: ScriptedProbe | None = None, spec: EndpointSpec = SPEC
) -> tuple[CheckReport, OneConnector]:
    connector = OneConnector(FakeEndpoint(*answers))
    check = ConnectionCheck(probe or ScriptedProbe(), connector, TickingClock())
    reports = [report async for report in check.run(spec, None)]
    return reports[-1], connector


def step(report: CheckReport, kind: CheckKind) -> tuple[CheckOutcome, str]:
    found = report.step(kind)
    assert found is not None
    return found.outcome, found.found


async def test_what_a_model_can_do_is_written_into_the_endpoint() -> None:
    probe = ScriptedProbe()
    probe.fills[FillInWay.SUFFIX] = 'violet42"'
    report, _ = await report_of(COUNTED, Answer(end=CALL), HELD, probe=probe)
    assert report.failed is None
    model = report.spec.chosen
    assert (model.fill_in, model.tools, model.structured_output) == (FillInWay.SUFFIX, True, True)
    assert report.spec.id == "mine"
    assert step(report, CheckKind.SPEED) == (
        CheckOutcome.PASSED,
        "133 tokens a second, over 41 tokens.",
    )


async def test_a_model_without_tools_and_schema_is_said_to_have_none() -> None:
    claims = replace(MODEL, tools=True, structured_output=True)
    report, _ = await report_of(
        COUNTED, Answer("It is red."), Answer("Red."), spec=replace(SPEC, models=(claims,))
    )
    assert step(report, CheckKind.TOOLS)[0] is CheckOutcome.ABSENT
    assert step(report, CheckKind.STRUCTURED)[0] is CheckOutcome.ABSENT
    assert not report.spec.chosen.tools
    assert not report.spec.chosen.structured_output
    assert report.failed is None


async def test_a_server_that_refuses_tools_is_quoted() -> None:
    refused = EndpointRejectedError("tools are not supported")
    report, _ = await report_of(COUNTED, Answer(error=refused), Answer(error=refused))
    for kind in (CheckKind.TOOLS, CheckKind.STRUCTURED):
        assert step(report, kind) == (CheckOutcome.ABSENT, "tools are not supported")


async def test_the_tool_and_the_schema_are_asked_of_a_model_that_is_not_known_to_have_them() -> (
    None
):
    report, connector = await report_of(COUNTED, Answer(end=CALL), HELD)
    asked = [request for request in connector.endpoint.requests if isinstance(request, ChatRequest)]
    assert [bool(request.tools) for request in asked] == [False, True, False]
    assert [bool(request.schema) for request in asked] == [False, False, True]
    assert [spec.chosen.tools for spec in connector.opened] == [False, True, True]
    assert report.failed is None


async def test_a_failure_of_one_ability_does_not_end_the_test() -> None:
    lost = EndpointUnreachableError("localhost broke off the connection.", "Try again.")
    report, _ = await report_of(COUNTED, Answer(error=lost), HELD)
    failed = report.failed
    assert failed is not None
    assert (failed.kind, failed.found, failed.next_step) == (
        CheckKind.TOOLS,
        "localhost broke off the connection.",
        "Try again.",
    )
    assert step(report, CheckKind.STRUCTURED)[0] is CheckOutcome.PASSED


@pytest.mark.parametrize("place", [1, 2])
async def test_a_key_that_is_refused_later_is_a_failure(place: int) -> None:
    answers = [COUNTED, Answer(end=CALL), HELD]
    answers[place] = Answer(error=AccessRefusedError("The key was refused."))
    report, _ = await report_of(*answers)
    assert report.failed is not None
    assert report.failed.found == "The key was refused."


async def test_the_first_thought_counts_and_is_noted() -> None:
    end = Finished(usage=Usage(9, 1))
    report, _ = await report_of(Answer(end=ReasoningChunk("hm")), Answer(end=end), Answer(end=end))
    assert step(report, CheckKind.FIRST_TOKEN)[0] is CheckOutcome.PASSED
    assert report.spec.chosen.reasoning
    assert step(report, CheckKind.SPEED) == (
        CheckOutcome.ABSENT,
        "The answer was too short to tell.",
    )


async def test_the_known_way_to_fill_in_is_tried_first() -> None:
    probe = ScriptedProbe()
    probe.fills = {FillInWay.FIM_ROUTE: "anything", FillInWay.INFILL: ""}
    known = replace(MODEL, fill_in=FillInWay.FIM_ROUTE)
    spec = replace(SPEC, models=(known,))
    report, _ = await report_of(COUNTED, Answer(end=CALL), HELD, probe=probe, spec=spec)
    assert probe.tried == [FillInWay.FIM_ROUTE]
    assert report.spec.chosen.fill_in is FillInWay.FIM_ROUTE


async def test_every_way_is_tried_before_there_is_said_to_be_none() -> None:
    probe = ScriptedProbe()
    report, _ = await report_of(COUNTED, Answer(end=CALL), HELD, probe=probe)
    assert set(probe.tried) == set(FillInWay) - {FillInWay.NONE}
    assert step(report, CheckKind.FILL_IN) == (
        CheckOutcome.ABSENT,
        "None of the known ways fills in.",
    )


async def test_a_key_that_is_refused_while_filling_in_is_a_failure() -> None:
    probe = ScriptedProbe()
    probe.fills[FillInWay.INFILL] = AccessRefusedError("refused")
    report, _ = await report_of(COUNTED, Answer(end=CALL), HELD, probe=probe)
    assert report.failed is not None
    assert report.failed.kind is CheckKind.FILL_IN


@pytest.mark.parametrize("protocol", [WireProtocol.ANTHROPIC, WireProtocol.RESPONSES])
async def test_a_protocol_without_filling_in_is_not_tried(protocol: WireProtocol) -> None:
    probe = ScriptedProbe()
    spec = replace(SPEC, protocol=protocol)
    report, _ = await report_of(COUNTED, Answer(end=CALL), HELD, probe=probe, spec=spec)
    assert step(report, CheckKind.FILL_IN)[0] is CheckOutcome.SKIPPED
    assert probe.tried == []


async def test_the_way_to_the_server_is_told_with_its_time() -> None:
    report, _ = await report_of(COUNTED, Answer(end=CALL), HELD)
    assert step(report, CheckKind.NAME)[1] == "localhost is 127.0.0.1, ::1."
    assert step(report, CheckKind.TCP)[1] == "Connected in 12.3 ms."
    probe = ScriptedProbe()
    probe.proxy = "proxy:3128"
    report, _ = await report_of(COUNTED, Answer(end=CALL), HELD, probe=probe)
    assert "through the proxy proxy:3128: 127.0.0.1, ::1" in step(report, CheckKind.NAME)[1]
    assert step(report, CheckKind.TCP)[1] == "Connected to the proxy proxy:3128 in 12.3 ms."


async def test_an_address_that_is_a_number_is_not_looked_up() -> None:
    probe = ScriptedProbe()
    probe.addresses = ("localhost",)
    report, _ = await report_of(COUNTED, Answer(end=CALL), HELD, probe=probe)
    assert step(report, CheckKind.NAME) == (
        CheckOutcome.SKIPPED,
        "The address is a number already.",
    )


async def test_an_answer_that_comes_whole_tells_no_speed() -> None:
    endpoint = FakeEndpoint(COUNTED, Answer(end=CALL), HELD)
    check = ConnectionCheck(ScriptedProbe(), OneConnector(endpoint), FakeClock())
    reports = [report async for report in check.run(SPEC, None)]
    assert step(reports[-1], CheckKind.SPEED) == (
        CheckOutcome.ABSENT,
        "The answer came at once: no speed can be told.",
    )


async def test_a_certificate_that_the_system_keeps_to_itself_is_said_to_be_trusted() -> None:
    report, _ = await report_of(COUNTED, Answer(end=CALL), HELD)
    assert step(report, CheckKind.TLS) == (
        CheckOutcome.PASSED,
        "TLS 1.3; the system trusts the server's certificate.",
    )


async def test_long_lists_of_models_are_cut_for_the_eye_only() -> None:
    probe = ScriptedProbe(listed=tuple(RemoteModel(f"m{n}") for n in range(300)))
    report, _ = await report_of(
        COUNTED, Answer(end=CALL), HELD, probe=probe, spec=replace(SPEC, model="")
    )
    assert step(report, CheckKind.MODELS)[1] == "300 models: m0, m1, m2, m3, m4, …"
    assert len(report.listed) == 300
    assert [model.id for model in report.spec.models] == ["m0"]


async def test_the_endpoint_that_was_opened_for_the_test_is_dropped() -> None:
    _, connector = await report_of(COUNTED, Answer(end=CALL), HELD)
    assert {spec.id for spec in connector.opened} == {"mine (test)"}
    assert connector.dropped == ["mine (test)"]


async def test_a_test_that_is_left_in_the_middle_closes_its_answer() -> None:
    endpoint = FakeEndpoint(COUNTED)
    connector = OneConnector(endpoint)
    reports = ConnectionCheck(ScriptedProbe(), connector, TickingClock()).run(SPEC, None)
    async for report in reports:
        first = report.step(CheckKind.FIRST_TOKEN)
        if first is not None and first.outcome is CheckOutcome.PASSED:
            break
    await reports.aclose()
    assert endpoint.closed_early == 1
    assert connector.dropped == ["mine (test)"]
