"""Adding and editing an endpoint: guesses, errors where they stand, the test, keys, saving."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from spark_desktop.domain.connection_check import CheckKind, CheckOutcome, CheckStep
from spark_desktop.domain.endpoints import AuthKind, EndpointSpec, WireProtocol, WorkKind
from spark_desktop.domain.errors import (
    AccessRefusedError,
    EndpointUnreachableError,
    RouteError,
    SecretStoreError,
    StoreError,
)
from spark_desktop.domain.secret import Secret
from spark_desktop.viewmodels.endpoint_draft import KeyPlace, Part, cleaned_key
from spark_desktop.viewmodels.endpoint_edit import EndpointEditor
from spark_desktop.viewmodels.key_place import place_text
from spark_desktop.viewmodels.notice import Intent, Tone
from tests.endpoint_desk_fakes import FAST, LAB, Desk, book
from tests.interface_fakes import until


@pytest.fixture
async def desk(qapp: object) -> AsyncIterator[Desk]:
    made = Desk(book(WorkKind.CHAT))
    yield made
    await made.scope.close()


@pytest.fixture
async def editor(desk: Desk) -> EndpointEditor:
    made = EndpointEditor(desk.services, None)
    await until(lambda: made.key_look is not None)
    return made


async def editing(desk: Desk, spec: EndpointSpec) -> EndpointEditor:
    made = EndpointEditor(desk.services, spec)
    await until(lambda: made.key_look is not None)
    return made


async def saved(editor: EndpointEditor) -> tuple[str, str]:
    told: list[tuple[str, str]] = []
    editor.saved.connect(lambda id_, words: told.append((id_, words)))
    editor.save()
    assert editor.wrong == ()
    await until(lambda: bool(told))
    return told[0]


def fill(editor: EndpointEditor) -> None:
    editor.set_url("https://host.example/v1")
    editor.change(Part.MODEL, model="m")


async def test_a_pasted_address_brings_its_vendor(editor: EndpointEditor) -> None:
    editor.set_url("https://api.vendor.example")
    draft = editor.draft
    assert editor.preset is not None
    assert (draft.url, draft.title, draft.model) == (
        "https://api.vendor.example/v1",
        "Vendor",
        "large",
    )
    assert draft.variable == "VENDOR_KEY"


@pytest.mark.parametrize(
    ("url", "protocol", "auth", "title"),
    [
        ("http://localhost:11434", WireProtocol.OLLAMA, AuthKind.NONE, "localhost:11434"),
        ("https://h.example/v1/responses", WireProtocol.RESPONSES, AuthKind.BEARER, "h.example"),
        ("https://h.example/v1/messages", WireProtocol.ANTHROPIC, AuthKind.HEADER, "h.example"),
        ("wss://h.example/v1", WireProtocol.RESPONSES_SOCKET, AuthKind.BEARER, "h.example"),
    ],
)
async def test_a_pasted_address_brings_protocol_key_and_name(
    editor: EndpointEditor, url: str, protocol: WireProtocol, auth: AuthKind, title: str
) -> None:
    editor.set_url(url)
    draft = editor.draft
    assert (draft.protocol, draft.auth, draft.title) == (protocol, auth, title)


async def test_what_the_user_chose_is_not_guessed_over(editor: EndpointEditor) -> None:
    editor.change(protocol=WireProtocol.RESPONSES)
    editor.change(Part.TITLE, title="Mine")
    editor.set_url("http://localhost:11434")
    assert editor.draft.protocol is WireProtocol.RESPONSES
    assert editor.draft.title == "Mine"
    editor.settle_url()
    assert editor.draft.url == "http://localhost:11434/v1"


async def test_words_of_a_preset_go_into_its_address(editor: EndpointEditor) -> None:
    editor.choose_preset("cloud")
    editor.save()
    assert "region=us-east1" in editor.error(Part.FIELDS)
    assert editor.error(Part.URL) == ""
    editor.set_field("region", "eu")
    assert editor.draft.url == "https://ai.eu.cloud.example/v1"
    assert editor.error(Part.FIELDS) == ""
    editor.set_field("region", "no/way")
    assert "{region}" in editor.draft.url
    editor.set_field("region", "us-east1")
    id_, _told = await saved(editor)
    assert id_ == "cloud"


@pytest.mark.parametrize(
    ("part", "typed", "wrong"),
    [
        (Part.URL, {"url": "ftp://x"}, "This is no address"),
        (Part.URL, {"url": ""}, "There is no address."),
        (Part.TITLE, {"title": " "}, "Give it a name."),
        (Part.TITLE, {"title": "fast VENDOR"}, "Another endpoint is called fast VENDOR."),
        (Part.TITLE, {"title": "Local core"}, "Another endpoint is called Local core."),
        (Part.MODEL, {"model": ""}, "Choose a model."),
        (Part.KEY, {"key": "sk one"}, "There are spaces in the key."),
        (Part.KEY, {"key": "ключ"}, "There are signs in the key"),
        (
            Part.VARIABLE,
            {"variable": "9X", "key_place": KeyPlace.ENVIRONMENT},
            "9X is no name of an environment variable.",
        ),
        (Part.VARIABLE, {"key_place": KeyPlace.ENVIRONMENT}, "Name the environment variable"),
        (Part.PLAIN_HTTP, {"url": "http://gpu-box:8000"}, "Tick this"),
        (Part.AUTH, {"auth": AuthKind.HEADER, "auth_header": "a b"}, "a b is no name of a header"),
    ],
)
async def test_what_is_wrong_is_said_where_it_stands(
    editor: EndpointEditor, desk: Desk, part: Part, typed: dict[str, object], wrong: str
) -> None:
    fill(editor)
    editor.change(**typed)
    editor.save()
    assert editor.wrong == (part,)
    assert wrong in editor.error(part)
    assert desk.endpoints.book.specs == (FAST, LAB)
    # Typing there takes the error away; it is judged anew with the next try.
    editor.change(part)
    assert editor.wrong == ()


async def test_routes_that_cannot_be_are_said(editor: EndpointEditor) -> None:
    fill(editor)
    editor.change_route(proxy="proxy", client_key="/k.pem")
    editor.save()
    assert "proxy is no proxy" in editor.error(Part.PROXY)
    assert "no certificate" in editor.error(Part.CERTIFICATE)
    editor.change_route(Part.PROXY, proxy="http://user:secret@host:1080")
    editor.change_route(Part.CERTIFICATE, client_certificate="/c.pem")
    await saved(editor)


async def test_a_consent_counts_for_its_address_only(editor: EndpointEditor, desk: Desk) -> None:
    fill(editor)
    editor.set_url("http://gpu-box:8000")
    assert editor.draft.needs_consent
    editor.change_route(Part.PLAIN_HTTP, plain_http=True)
    id_, _ = await saved(editor)
    spec = desk.endpoints.book.spec(id_)
    assert spec is not None
    assert spec.route.plain_http
    again = await editing(desk, spec)
    again.set_url("https://gpu-box:8000")
    await saved(again)
    spec = desk.endpoints.book.spec(id_)
    assert spec is not None
    assert not spec.route.plain_http


@pytest.mark.parametrize(
    "pasted", ["sk-1", "  sk-1\n", '"sk-1"', "Bearer sk-1", "sk-\n1", "bearer  sk-1\r\n"]
)
def test_a_pasted_key_is_freed_of_what_is_around_it(pasted: str) -> None:
    assert cleaned_key(pasted) == "sk-1"


async def test_a_new_endpoint_is_asked_first_for_what_was_ticked(
    editor: EndpointEditor, desk: Desk
) -> None:
    fill(editor)
    editor.change(Part.KEY, key=" sk-9 \n")
    id_, told = await saved(editor)
    assert (id_, told) == ("host-example", "")
    kept = desk.store.kept
    assert kept.order(WorkKind.CHAT)[0] == id_
    assert kept.order(WorkKind.EDIT)[0] == id_
    assert id_ not in kept.order(WorkKind.SUGGESTION)
    assert desk.secrets.kept[id_] == Secret("sk-9")
    assert editor.draft.key == ""
    assert not editor.is_changed


async def test_a_key_for_the_session_reaches_no_keyring(editor: EndpointEditor, desk: Desk) -> None:
    fill(editor)
    editor.change(Part.KEY, key="sk-9", key_place=KeyPlace.SESSION)
    id_, _ = await saved(editor)
    spec = desk.endpoints.book.spec(id_)
    assert spec is not None
    assert desk.secrets.kept == {}
    assert await desk.endpoints.keys.require(spec) == Secret("sk-9")


async def test_without_a_keyring_it_says_what_was_looked_for(desk: Desk) -> None:
    desk.secrets.broken = SecretStoreError("No keyring. Looked for: KWallet.", "Start one.")
    editor = EndpointEditor(desk.services, None)
    await until(lambda: editor.key_look is not None)
    look = editor.key_look
    assert look is not None
    assert look.places == (KeyPlace.SESSION, KeyPlace.ENVIRONMENT)
    assert "KWallet" in look.problem
    assert editor.draft.key_place is KeyPlace.SESSION
    assert not editor.is_changed
    fill(editor)
    editor.change(Part.VARIABLE, key_place=KeyPlace.ENVIRONMENT, variable="MY_KEY")
    assert "MY_KEY is not set" in editor.variable_text
    desk.environment["MY_KEY"] = "sk-2"
    assert editor.variable_text == "MY_KEY is set."
    id_, _ = await saved(editor)
    spec = desk.endpoints.book.spec(id_)
    assert spec is not None
    assert spec.key_env == "MY_KEY"


async def test_a_keyring_that_refuses_keeps_what_was_typed(
    editor: EndpointEditor, desk: Desk
) -> None:
    fill(editor)
    editor.change(Part.KEY, key="sk-9")
    desk.secrets.broken = SecretStoreError("It is locked.", "Unlock it.")
    editor.save()
    await until(lambda: not editor.is_saving)
    assert editor.error(Part.KEY) == "It is locked. Unlock it."
    assert editor.draft.key == "sk-9"
    assert desk.endpoints.book.specs == (FAST, LAB)
    desk.secrets.broken = None
    await saved(editor)


async def test_a_file_that_cannot_be_written_is_told_once_saved(
    editor: EndpointEditor, desk: Desk
) -> None:
    fill(editor)
    desk.store.broken = StoreError("The disk is full.", "Make room.")
    id_, told = await saved(editor)
    assert told == "The disk is full. Make room."
    assert desk.endpoints.book.spec(id_) is not None


async def test_the_keyring_is_called_by_its_name(desk: Desk) -> None:
    async def name() -> str:
        return "GNOME Keyring"

    editor = EndpointEditor(replace(desk.services, keyring_name=name), None)
    await until(lambda: editor.key_look is not None)
    assert place_text(KeyPlace.KEYRING, editor.key_look) == "Keyring: GNOME Keyring"
    assert place_text(KeyPlace.KEYRING, None) == "The system's keyring"


async def test_the_steps_of_a_test_come_one_by_one(editor: EndpointEditor, desk: Desk) -> None:
    desk.test.held = asyncio.Event()
    editor.set_url("https://host.example/v1")
    editor.change(Part.KEY, key="sk-9")
    seen: list[int] = []
    editor.changed.connect(lambda: seen.append(len(editor.check)))
    editor.test()
    assert editor.is_testing
    await until(lambda: len(editor.check) == 2)
    assert sorted(set(seen)) == [0, 1, 2]
    first = editor.check[0]
    assert (first.title, first.state, first.time) == ("Name", "passed", "4 ms")
    desk.test.held.set()
    await until(lambda: not editor.is_testing)
    assert desk.test.asked[0][1] == Secret("sk-9")
    assert editor.draft.model == "found-1"
    assert [model.id for model in editor.draft.models] == ["found-1", "found-2"]
    assert editor.notice is not None
    assert editor.notice.tone is Tone.GOOD


async def test_a_test_is_stopped_and_closed(editor: EndpointEditor, desk: Desk) -> None:
    desk.test.held = asyncio.Event()
    editor.set_url("https://host.example/v1")
    editor.test()
    await until(lambda: len(editor.check) == 2)
    editor.stop_test()
    await until(lambda: desk.test.is_closed and not editor.is_testing)
    assert len(editor.check) == 2
    assert editor.notice is not None
    assert editor.notice.text == "The test was stopped."


async def test_what_cannot_be_tested_is_said(editor: EndpointEditor, desk: Desk) -> None:
    editor.test()
    assert editor.wrong == (Part.URL,)
    assert desk.test.asked == []
    editor.set_url("https://host.example/v1")
    desk.test.error = RouteError("The CA file cannot be read.", "Choose another.")
    editor.test()
    await until(lambda: not editor.is_testing)
    assert editor.notice is not None
    assert editor.notice.text == "The CA file cannot be read."


async def test_a_server_of_ones_own_is_asked_what_it_speaks(desk: Desk) -> None:
    class Asks:
        error: EndpointUnreachableError | None = None

        async def guess(self, pasted: str, key: Secret | None) -> EndpointSpec:
            if self.error is not None:
                raise self.error
            return EndpointSpec("g", "g", "http://localhost:9000", WireProtocol.OLLAMA)

    asks = Asks()
    editor = EndpointEditor(replace(desk.services, guess=asks), None)
    editor.set_url("http://localhost:9000")
    assert editor.draft.protocol is WireProtocol.CHAT
    editor.test()
    await until(lambda: not editor.is_testing)
    assert editor.draft.protocol is WireProtocol.OLLAMA
    assert editor.draft.url == "http://localhost:9000"
    other = EndpointEditor(replace(desk.services, guess=asks), None)
    asks.error = EndpointUnreachableError("Nobody is there.")
    other.set_url("http://localhost:9000")
    other.test()
    await until(lambda: not other.is_testing)
    assert other.draft.protocol is WireProtocol.CHAT
    assert desk.test.asked[-1][0].protocol is WireProtocol.CHAT


async def test_editing_keeps_key_order_and_id(desk: Desk) -> None:
    desk.secrets.kept["fast"] = Secret("sk-1")
    editor = await editing(desk, FAST)
    assert not editor.is_changed
    editor.change(Part.TITLE, title="Faster")
    assert await saved(editor) == ("fast", "")
    assert desk.store.kept.order(WorkKind.CHAT) == ("fast", "lab", "local")
    assert desk.store.kept.order(WorkKind.SUGGESTION) == ("local",)
    spec = desk.endpoints.book.spec("fast")
    assert spec is not None
    assert (spec.title, spec.models) == ("Faster", FAST.models)
    assert desk.secrets.kept["fast"] == Secret("sk-1")


async def test_a_kept_key_is_forgotten_on_demand(desk: Desk) -> None:
    desk.secrets.kept["fast"] = Secret("sk-1")
    editor = await editing(desk, FAST)
    look = editor.key_look
    assert look is not None
    assert "in the keyring" in look.text
    editor.forget_key()
    await until(lambda: "fast" not in desk.secrets.kept)
    await until(lambda: editor.key_look is not None and editor.key_look.source is None)
    assert "fast" in desk.connector.dropped


async def test_a_key_from_the_environment_is_shown_as_such(desk: Desk) -> None:
    desk.environment["FAST_KEY"] = "sk-3"
    editor = await editing(desk, FAST)
    assert editor.draft.key_place is KeyPlace.ENVIRONMENT
    assert not editor.is_changed


async def test_nothing_typed_is_lost_without_a_question(editor: EndpointEditor) -> None:
    assert editor.may_close()
    editor.set_url("https://host.example")
    assert not editor.may_close()
    notice = editor.notice
    assert notice is not None
    assert notice.action is not None
    gone: list[bool] = []
    editor.discarded.connect(lambda: gone.append(True))
    editor.act(notice.action.intent)
    assert gone == [True]
    editor.act(Intent.UNDO)
    assert gone == [True]
    editor.close()
    assert editor.draft.key == ""


async def test_where_no_key_is_wanted_nothing_is_said_of_one(
    editor: EndpointEditor, desk: Desk
) -> None:
    fill(editor)
    editor.change(Part.KEY, key="sk-9", key_place=KeyPlace.ENVIRONMENT)
    editor.change(Part.AUTH, auth=AuthKind.NONE)
    id_, _ = await saved(editor)
    spec = desk.endpoints.book.spec(id_)
    assert spec is not None
    assert (spec.auth, spec.key_env) == (AuthKind.NONE, "")
    assert desk.secrets.kept == {}


async def test_a_key_that_is_typed_wants_to_be_sent(editor: EndpointEditor) -> None:
    editor.set_url("http://localhost:8000")
    assert editor.draft.auth is AuthKind.NONE
    editor.change(Part.KEY, key="sk-9")
    assert editor.draft.auth is AuthKind.BEARER
    assert "sk-9" not in repr(editor.draft)


@pytest.mark.parametrize(
    ("outcome", "is_asked"), [(CheckOutcome.PASSED, True), (CheckOutcome.FAILED, False)]
)
async def test_an_endpoint_that_was_left_out_is_asked_again_once_its_test_was_answered(
    desk: Desk, outcome: CheckOutcome, is_asked: bool
) -> None:
    desk.health.failed("fast", AccessRefusedError("The key was refused."))
    desk.test.steps = (CheckStep(CheckKind.FIRST_TOKEN, outcome),)
    editor = await editing(desk, FAST)
    editor.test()
    await until(lambda: bool(desk.test.asked) and not editor.is_testing)
    assert desk.health.allows("fast") is is_asked


async def test_a_test_of_what_is_not_saved_lets_nothing_in(desk: Desk) -> None:
    desk.health.failed("fast", AccessRefusedError("The key was refused."))
    desk.test.steps = (CheckStep(CheckKind.FIRST_TOKEN, CheckOutcome.PASSED),)
    editor = await editing(desk, FAST)
    editor.change(Part.KEY, key="another")
    editor.test()
    await until(lambda: bool(desk.test.asked) and not editor.is_testing)
    assert not desk.health.allows("fast")
