"""The form of one endpoint."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.domain.endpoints import RemoteModel, WorkKind
from spark_desktop.viewmodels.endpoint_draft import Part
from spark_desktop.viewmodels.endpoint_edit import EndpointEditor
from spark_desktop.viewmodels.endpoint_words import kind_text, price_text, price_tip
from spark_desktop.viewmodels.translation import in_language, tr
from spark_desktop.views.flow_layout import FlowLayout
from spark_desktop.views.form_controls import ChoiceBox, TickBox
from spark_desktop.views.form_line import FormLine, show_text
from spark_desktop.views.key_form import KeyForm
from spark_desktop.views.route_form import RouteForm
from spark_desktop.views.section import Section
from spark_desktop.views.theme import Theme

_EXAMPLE = "https://host/v1"


class EndpointForm(QScrollArea):
    """Scrolls where its window is low."""

    def __init__(self, model: EndpointEditor, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._preset_ids = ("", *model.presets)
        self.preset, self.url, self.title = ChoiceBox(), QLineEdit(), QLineEdit()
        self.consent, self.model = TickBox(), ChoiceBox()
        self.kinds = {kind: TickBox(kind_text(kind)) for kind in WorkKind}
        self.key, self.route = KeyForm(model), RouteForm(model)
        self.connection = Section(tr("Connection"), self.route, theme, is_open=False)
        self._fields = QWidget()
        self.fields: dict[str, QLineEdit] = {}
        self._words = FormLine("", self._fields)
        self.lines: dict[Part, FormLine] = {
            Part.URL: FormLine(tr("&Address"), self.url),
            Part.PLAIN_HTTP: FormLine(tr("Without encryption"), self.consent),
            Part.TITLE: FormLine(tr("&Name"), self.title),
            Part.MODEL: FormLine(tr("&Model"), self.model),
        }
        self._arrange()
        self._connect()
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self.connection.set_theme(theme)

    def render_state(self) -> None:
        """Show what is typed, and what is wrong with it."""
        model, draft = self._model, self._model.draft
        preset = "" if model.preset is None else model.preset.spec.id
        self.preset.setCurrentIndex(self._preset_ids.index(preset))
        self._show_fields()
        show_text(self.url, draft.url)
        show_text(self.title, draft.title)
        self._show_models()
        address = draft.address
        host = "" if address is None else address.host
        self.consent.setText(tr("Speak to {host} without encryption", host=host))
        self.consent.setChecked(draft.route.plain_http)
        self.lines[Part.PLAIN_HTTP].setVisible(draft.needs_consent)
        for part, line in self.lines.items():
            line.show_error(model.error(part))
        self._words.show_error(model.error(Part.FIELDS))
        self._words.setVisible(bool(self.fields))
        for kind, box in self.kinds.items():
            box.setChecked(kind in draft.wanted_for)
        self.key.render_state()
        self.route.render_state()

    def show_first_error(self) -> None:
        """Put the focus where the first thing is wrong."""
        lines = {**self.lines, **self.key.lines, **self.route.lines, Part.FIELDS: self._words}
        for part in self._model.wrong:
            if part in self.route.lines:
                self.connection.set_open(True)
            control = lines[part].control
            if part is Part.FIELDS:
                empty = (one for one in self.fields.values() if not one.text().strip())
                control = next(empty, control)
            control.setFocus()
            self.ensureWidgetVisible(lines[part])
            return

    def _show_fields(self) -> None:
        preset = self._model.preset
        typed = self._model.draft.fields
        wanted = [] if preset is None else [one for one in preset.fields if one.name in typed]
        if [one.name for one in wanted] != list(self.fields):
            column = self._fields.layout()
            for old in self._fields.findChildren(
                FormLine, options=Qt.FindChildOption.FindDirectChildrenOnly
            ):
                old.hide()
                old.deleteLater()
            self.fields = {}
            for one in wanted:
                line = QLineEdit()
                line.setPlaceholderText(one.example)
                line.textEdited.connect(
                    lambda text, name=one.name: self._model.set_field(name, text)
                )
                self.fields[one.name] = line
                if column is not None:
                    column.addWidget(FormLine(in_language(one.label), line))
        for name, line in self.fields.items():
            show_text(line, typed.get(name, ""))

    def _show_models(self) -> None:
        draft = self._model.draft
        ids = [model.id for model in draft.models]
        if ids != [self.model.itemText(place) for place in range(self.model.count())]:
            self.model.clear()
            self.model.addItems(ids)
        edit = self.model.lineEdit()
        if edit is not None:
            show_text(edit, draft.model)
        chosen = next((one for one in draft.models if one.id == draft.model), None)
        self.lines[Part.MODEL].show_help(_told(chosen))

    def _connect(self) -> None:
        model = self._model
        self.preset.activated.connect(lambda place: model.choose_preset(self._preset_ids[place]))
        self.url.textEdited.connect(model.set_url)
        self.url.editingFinished.connect(model.settle_url)
        self.title.textEdited.connect(lambda text: model.change(Part.TITLE, title=text))
        edit = self.model.lineEdit()
        if edit is not None:
            edit.textEdited.connect(lambda text: model.change(Part.MODEL, model=text))
        self.model.activated.connect(
            lambda place: model.change(Part.MODEL, model=self.model.itemText(place))
        )
        self.consent.clicked.connect(
            lambda is_on: model.change_route(Part.PLAIN_HTTP, plain_http=is_on)
        )
        for box in self.kinds.values():
            box.clicked.connect(self._choose_kinds)

    def _choose_kinds(self) -> None:
        chosen = frozenset(kind for kind, box in self.kinds.items() if box.isChecked())
        self._model.change(wanted_for=chosen)

    def _arrange(self) -> None:
        titles = [preset.spec.title for preset in self._model.presets.values()]
        self.preset.addItems([tr("A server of my own"), *titles])
        self.url.setPlaceholderText(_EXAMPLE)
        self.model.setEditable(True)
        self.model.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        inside = QVBoxLayout(self._fields)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(12)
        vendor = FormLine(tr("&Vendor or server"), self.preset)
        wanted = QWidget()
        flow = FlowLayout(12)
        wanted.setLayout(flow)
        for place, box in enumerate(self.kinds.values()):
            flow.insert_widget(place, box)
        first = FormLine(tr("Ask it first for"), wanted)
        for line in (vendor, first):
            line.setVisible(self._model.is_new)
        page = QWidget()
        page.setObjectName("settingspage")
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(12)
        lines = self.lines
        for widget in (
            *(vendor, self._words, lines[Part.URL], lines[Part.PLAIN_HTTP], lines[Part.TITLE]),
            *(self.key, lines[Part.MODEL], first, self.connection),
        ):
            column.addWidget(widget)
        column.addStretch(1)
        for button in page.findChildren(QPushButton):
            button.setAutoDefault(False)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(page)


def _told(model: RemoteModel | None) -> str:
    if model is None or model.price is None:
        return ""
    return f"{price_text(model.price)} · {price_tip(model.price)}"
