"""One endpoint while it is added or edited: what is typed, its test, its key, saving it."""

from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.connection_check import CheckKind, CheckOutcome, CheckReport
from spark_desktop.domain.endpoint_address import url_for
from spark_desktop.domain.endpoints import AuthKind, EndpointSpec, WorkKind
from spark_desktop.domain.errors import EndpointError, RouteError, SecretStoreError, SparkError
from spark_desktop.domain.presets import Preset
from spark_desktop.services.keys import KeySource
from spark_desktop.services.tasks import LatestTask
from spark_desktop.viewmodels.check_rows import CheckRow, check_notice, check_rows
from spark_desktop.viewmodels.endpoint_draft import Draft, KeyPlace, Part, draft_of, problems
from spark_desktop.viewmodels.endpoint_guess import (
    of_preset,
    own_server,
    preset_at,
    speaking,
    with_field,
)
from spark_desktop.viewmodels.endpoint_ports import DeskServices
from spark_desktop.viewmodels.endpoint_saving import checked, keep, typed_key
from spark_desktop.viewmodels.intents import Intents
from spark_desktop.viewmodels.key_place import KeyLook, look_for_key, variable_text
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone
from spark_desktop.viewmodels.translation import in_language, tr

# A new endpoint is for what is asked by hand; suggestions come by themselves, and would cost.
_WANTED = frozenset({WorkKind.CHAT, WorkKind.EDIT})


class EndpointEditor(QObject):
    """``changed`` says that something is to be drawn anew.

    ``saved`` carries the endpoint's id and what the user should know of it; ``discarded`` says that
    the user gave up what was typed.
    """

    changed = Signal()
    saved = Signal(str, str)
    discarded = Signal()

    def __init__(self, services: DeskServices, spec: EndpointSpec | None) -> None:
        super().__init__()
        self._services = services
        self._spec = spec
        self._intents = Intents(services.scope, self._failed)
        self._test = LatestTask(services.scope)
        self._draft = Draft(wanted_for=_WANTED) if spec is None else draft_of(spec)
        self._preset = None if spec is None else services.presets.get(spec.preset)
        self._saved = self._draft
        self._errors: dict[Part, str] = {}
        self._report: CheckReport | None = None
        self._look: KeyLook | None = None
        self._protocol_chosen = False
        self._is_saving = False
        self.notice: Notice | None = None
        self._intents.start("look for a key", self._look_for_key())

    @property
    def draft(self) -> Draft:
        """Return what is typed."""
        return self._draft

    @property
    def is_new(self) -> bool:
        """Return whether the endpoint is not in the list yet."""
        return self._spec is None

    @property
    def is_changed(self) -> bool:
        """Return whether something was typed that is not saved."""
        return self._draft != self._saved

    @property
    def presets(self) -> Mapping[str, Preset]:
        """Return what an endpoint can be made from."""
        return self._services.presets

    @property
    def preset(self) -> Preset | None:
        """Return what it is made from; None for a server of one's own."""
        return self._preset

    @property
    def key_look(self) -> KeyLook | None:
        """Return what is known of its key, and of where one can be kept; None while looking."""
        return self._look

    @property
    def variable_text(self) -> str:
        """Return whether the environment variable of the key is set."""
        name = self._draft.variable.strip()
        return variable_text(name, self._services.endpoints.keys.is_named(name))

    @property
    def is_testing(self) -> bool:
        """Return whether the connection is being tested."""
        return self._test.running

    @property
    def is_saving(self) -> bool:
        """Return whether it is being saved, as while the keyring asks for a password."""
        return self._is_saving

    @property
    def check(self) -> tuple[CheckRow, ...]:
        """Return the steps of the last test."""
        return () if self._report is None else check_rows(self._report)

    def error(self, part: Part) -> str:
        """Return what is wrong with a part; empty where nothing is, or nobody has asked yet."""
        return self._errors.get(part, "")

    @property
    def wrong(self) -> tuple[Part, ...]:
        """Return the parts that something is wrong with, in their order."""
        return tuple(part for part in Part if part in self._errors)

    def change(self, part: Part | None = None, **values: Any) -> None:
        """Take what was typed; ``part`` is where an error about it would stand."""
        if part is not None:
            self._errors.pop(part, None)
        self._protocol_chosen = self._protocol_chosen or "protocol" in values or "auth" in values
        self._draft = replace(self._draft, **values)
        if values.get("key") and self._draft.auth is AuthKind.NONE:
            # Whoever gives a key wants it sent.
            self._draft = replace(self._draft, auth=AuthKind.BEARER)
        self.changed.emit()

    def change_route(self, part: Part | None = None, **values: Any) -> None:
        """Take what was typed about the way to the server."""
        self.change(part, route=replace(self._draft.route, **values))

    def choose_preset(self, preset_id: str) -> None:
        """Make it from a preset; "" for a server of one's own."""
        self._preset = self._services.presets.get(preset_id)
        self._errors.clear()
        self._report, self.notice = None, None
        self._protocol_chosen = False
        self._draft = of_preset(self._draft, self._preset, self._services.endpoints.book)
        self._intents.start("look for a key", self._look_for_key())
        self.changed.emit()

    def set_field(self, name: str, text: str) -> None:
        """Take a word that the preset's address lacks, and write it into the address."""
        self._errors.pop(Part.URL, None)
        self._errors.pop(Part.FIELDS, None)
        self._draft = with_field(self._draft, self._preset, name, text)
        self.changed.emit()

    def set_url(self, text: str) -> None:
        """Take an address, and guess from it what is spoken there and who it is."""
        self._errors.pop(Part.PLAIN_HTTP, None)
        self.change(Part.URL, url=text, fields={})
        if not self.is_new:
            return
        preset = preset_at(text, self.presets)
        if preset is not None and preset is not self._preset:
            self.choose_preset(preset.spec.id)
        address = self._draft.address
        if preset is None and self._preset is None and address is not None:
            book = self._services.endpoints.book
            self._draft = own_server(self._draft, address, book, fixed=self._protocol_chosen)
            self.changed.emit()

    def settle_url(self) -> None:
        """Write the address as it will be saved, once it is typed."""
        try:
            url = url_for(self._draft.url, self._draft.protocol)
        except RouteError:
            return
        if url != self._draft.url:
            self.change(Part.URL, url=url)

    def test(self) -> None:
        """Test the connection; what is wrong with what was typed is said first."""
        if not self._is_right(for_test=True):
            return
        self.notice, self._report = None, None
        task = self._test.start("test a connection", self._run_test())
        task.add_done_callback(lambda _task: self.changed.emit())
        self.changed.emit()

    def stop_test(self) -> None:
        """End the test; what it found so far stays."""
        if self._test.cancel():
            self.notice = Notice(tr("The test was stopped."), Tone.MUTED)

    def save(self) -> None:
        """Keep the endpoint and its key; where something is wrong, say it where it stands."""
        if self._is_saving or not self._is_right():
            return
        self._test.cancel()
        self._is_saving, self.notice = True, None
        self._intents.start("save an endpoint", self._save())
        self.changed.emit()

    def forget_key(self) -> None:
        """Forget the key that is kept."""
        if self._spec is not None:
            self._intents.start("forget a key", self._forget_key(self._spec))

    def act(self, intent: Intent) -> None:
        """Do what the notice's button asks for."""
        if intent is Intent.DISMISS:
            self.discarded.emit()

    def may_close(self) -> bool:
        """Return whether nothing would be lost; else the notice asks."""
        if self._is_saving or not self.is_changed:
            return not self._is_saving
        action = Action(tr("&Discard"), Intent.DISMISS)
        text, step = tr("What you typed is not saved."), tr("Save it, or discard it.")
        self.notice = Notice(text, Tone.WARNING, step, action)
        self.changed.emit()
        return False

    def close(self) -> None:
        """End what runs for it, and hold no key any longer."""
        self._test.cancel()
        self._draft = replace(self._draft, key="")

    def _is_right(self, *, for_test: bool = False) -> bool:
        book = self._services.endpoints.book
        self._errors = problems(self._draft, book, self._preset, for_test=for_test)
        self.changed.emit()
        return not self._errors

    async def _run_test(self) -> None:
        try:
            await self._find_out()
            draft = self._draft
            async with aclosing(checked(self._services, draft)) as reports:
                async for report in reports:
                    self._report, self.notice = report, check_notice(report)
                    self.changed.emit()
        except SparkError as error:
            self._failed(error)
            return
        if self._report is not None and self._draft.url == draft.url:
            self._let_in(self._report)
            self._adopt(self._report)

    async def _find_out(self) -> None:
        """Ask a server of one's own what it speaks, where nobody has said so."""
        guess = self._services.guess
        if guess is None or not self.is_new or self._preset or self._protocol_chosen:
            return
        draft = self._draft
        self.notice = Notice(tr("Finding out what is spoken there…"), Tone.BUSY)
        self.changed.emit()
        key = await typed_key(self._services, draft)
        try:
            found = await guess.guess(draft.url, key)
        except EndpointError:
            # The steps of the test say better at which point nobody answers.
            return
        if self._draft.url == draft.url:
            self._draft = replace(speaking(self._draft, found), url=found.url)

    def _let_in(self, report: CheckReport) -> None:
        """Have an endpoint that was left out asked again, as it has just answered as it is."""
        first = report.step(CheckKind.FIRST_TOKEN)
        answered = first is not None and first.outcome is CheckOutcome.PASSED
        if answered and self._spec is not None and not self.is_changed:
            self._services.health.forget(self._spec.id)

    def _adopt(self, report: CheckReport) -> None:
        """Take what the test found, but not over what the user has typed meanwhile."""
        known_ids = {model.id for model in report.spec.models}
        listed = tuple(model for model in report.listed if model.id not in known_ids)
        models = (*report.spec.models, *listed) or self._draft.models
        known = self._draft.model.strip()
        self._errors.pop(Part.MODEL, None)
        self._draft = replace(self._draft, models=models, model=known or report.spec.model)

    async def _save(self) -> None:
        try:
            kept = await keep(self._services, self._draft, is_new=self.is_new)
        except SecretStoreError as error:
            self._errors[Part.KEY] = in_language(error.told)
            self._is_saving = False
            self.changed.emit()
            return
        except BaseException:
            self._is_saving = False
            raise
        self._spec, self._is_saving = kept.spec, False
        # The key is where it belongs: it is not held here any longer.
        self._draft = self._saved = replace(self._draft, key="", base=kept.spec)
        self.saved.emit(kept.spec.id, kept.told)

    async def _forget_key(self, spec: EndpointSpec) -> None:
        await self._services.endpoints.keys.forget(spec.id)
        await self._services.endpoints.key_changed(spec.id)
        self.notice = Notice(tr("Its key is forgotten."), Tone.PLAIN)
        await self._look_for_key()

    async def _look_for_key(self) -> None:
        draft, book = self._draft, self._services.endpoints.book
        # Nothing is kept under an id that no endpoint has.
        id_ = draft.base.id or book.free_id("new")
        self._look = await look_for_key(
            self._services, replace(draft.base, id=id_, key_env=draft.variable)
        )
        place = self._draft.key_place
        if self._look.source is KeySource.ENVIRONMENT and not self._draft.key:
            place = KeyPlace.ENVIRONMENT
        elif place not in self._look.places:
            place = self._look.places[0]
        if self._draft == self._saved:
            self._saved = replace(self._saved, key_place=place)
        self._draft = replace(self._draft, key_place=place)
        self.changed.emit()

    def _failed(self, error: SparkError) -> None:
        text, step = in_language(error.message), in_language(error.next_step)
        self.notice = Notice(text, Tone.PROBLEM, step)
        self.changed.emit()
