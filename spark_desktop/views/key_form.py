"""An endpoint's key: the key itself, and where it is kept."""

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from spark_desktop.domain.endpoints import AuthKind
from spark_desktop.services.keys import KeySource
from spark_desktop.viewmodels.endpoint_draft import KeyPlace, Part
from spark_desktop.viewmodels.endpoint_edit import EndpointEditor
from spark_desktop.viewmodels.key_place import place_text
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.form_controls import ChoiceBox
from spark_desktop.views.form_line import FormLine, show_text

_KEPT = (KeySource.KEYRING, KeySource.SESSION)


class KeyForm(QWidget):
    """The key is never shown; what is typed goes to its place when the endpoint is saved."""

    def __init__(self, model: EndpointEditor) -> None:
        super().__init__()
        self._model = model
        self.key, self.place, self.variable = QLineEdit(), ChoiceBox(), QLineEdit()
        self.forget = QPushButton(tr("&Forget the key"))
        self.lines = {
            Part.KEY: FormLine(tr("&Key"), self.key),
            Part.VARIABLE: FormLine(tr("En&vironment variable"), self.variable),
        }
        self._where = FormLine(tr("Kept &in"), self.place)
        self._places: tuple[KeyPlace, ...] = ()
        self._arrange()
        self.key.textEdited.connect(lambda text: model.change(Part.KEY, key=text))
        self.variable.textEdited.connect(lambda text: model.change(Part.VARIABLE, variable=text))
        self.place.activated.connect(
            lambda place: model.change(Part.KEY, key_place=self._places[place])
        )
        self.forget.clicked.connect(model.forget_key)

    def render_state(self) -> None:
        """Show what is typed, and what is known of the keyring."""
        model, draft, look = self._model, self._model.draft, self._model.key_look
        is_named = draft.key_place is KeyPlace.ENVIRONMENT
        self._show_places()
        show_text(self.key, draft.key)
        show_text(self.variable, draft.variable)
        # Where none is wanted, nobody needs to know where it would be kept.
        is_wanted = draft.auth is not AuthKind.NONE
        self._where.setVisible(is_wanted)
        self.lines[Part.KEY].setVisible(not is_named or not is_wanted)
        self.lines[Part.VARIABLE].setVisible(is_named and is_wanted)
        has_key = look is not None and look.source in _KEPT
        self.forget.setVisible(has_key and not model.is_new)
        told = "" if look is None or not has_key else look.text
        if draft.auth is AuthKind.NONE:
            told = tr("This server needs none.")
        self.lines[Part.KEY].show_help(told)
        self.lines[Part.VARIABLE].show_help(model.variable_text)
        self._where.show_help("" if look is None else look.problem)
        for part, line in self.lines.items():
            line.show_error(model.error(part))

    def _show_places(self) -> None:
        look = self._model.key_look
        places = tuple(KeyPlace) if look is None else look.places
        words = [place_text(place, look) for place in places]
        if words != [self.place.itemText(n) for n in range(self.place.count())]:
            self._places = places
            self.place.clear()
            self.place.addItems(words)
        if self._model.draft.key_place in places:
            self.place.setCurrentIndex(places.index(self._model.draft.key_place))

    def _arrange(self) -> None:
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.forget.setAutoDefault(False)
        self.forget.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout()
        row.addWidget(self.forget)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.lines[Part.KEY])
        column.addLayout(row)
        column.addWidget(self._where)
        column.addWidget(self.lines[Part.VARIABLE])
