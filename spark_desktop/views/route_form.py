"""How an endpoint is spoken to, and the way there: what most do without."""

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from spark_desktop.domain.endpoints import AuthKind, WireProtocol
from spark_desktop.viewmodels.endpoint_draft import Part
from spark_desktop.viewmodels.endpoint_edit import EndpointEditor
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.form_controls import ChoiceBox
from spark_desktop.views.form_line import FileField, FormLine, show_text

_FILES = ("ca_file", "client_certificate", "client_key")


class RouteForm(QWidget):
    """Folded away until it is wanted."""

    def __init__(self, model: EndpointEditor) -> None:
        super().__init__()
        self._model = model
        self.protocol, self.auth = ChoiceBox(), ChoiceBox()
        self.header, self.proxy = QLineEdit(), QLineEdit()
        titles = (tr("&CA file"), tr("Client ce&rtificate"), tr("Key of the c&lient certificate"))
        self.files = {name: FileField(title) for name, title in zip(_FILES, titles, strict=True)}
        certificate = FormLine(titles[1], self.files["client_certificate"])
        self.lines = {
            Part.AUTH: FormLine(tr("&Header of the key"), self.header),
            Part.PROXY: FormLine(
                tr("Pro&xy"), self.proxy, tr("Empty for the general one, none for no proxy")
            ),
            Part.CERTIFICATE: certificate,
        }
        self._arrange(titles)
        self._connect()

    def render_state(self) -> None:
        """Show what is typed."""
        draft = self._model.draft
        self.protocol.setCurrentIndex(list(WireProtocol).index(draft.protocol))
        self.auth.setCurrentIndex(list(AuthKind).index(draft.auth))
        show_text(self.header, draft.auth_header)
        show_text(self.proxy, draft.route.proxy)
        for name, field in self.files.items():
            show_text(field.line, getattr(draft.route, name))
        self.lines[Part.AUTH].setVisible(draft.auth is AuthKind.HEADER)
        for part, line in self.lines.items():
            line.show_error(self._model.error(part))

    def _connect(self) -> None:
        model = self._model
        self.protocol.activated.connect(
            lambda place: model.change(protocol=list(WireProtocol)[place])
        )
        self.auth.activated.connect(
            lambda place: model.change(Part.AUTH, auth=list(AuthKind)[place])
        )
        self.header.textEdited.connect(lambda text: model.change(Part.AUTH, auth_header=text))
        self.proxy.textEdited.connect(lambda text: model.change_route(Part.PROXY, proxy=text))
        for name, field in self.files.items():
            field.line.textEdited.connect(
                lambda text, name=name: model.change_route(Part.CERTIFICATE, **{name: text})
            )

    def _arrange(self, titles: tuple[str, str, str]) -> None:
        self.protocol.addItems([_PROTOCOLS[one]() for one in WireProtocol])
        self.auth.addItems([_AUTHS[one]() for one in AuthKind])
        said = tr("A PEM file, besides the authorities that this system trusts")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 0, 8)
        column.setSpacing(12)
        for line in (
            FormLine(tr("Pr&otocol"), self.protocol),
            FormLine(tr("The key is &told"), self.auth),
            self.lines[Part.AUTH],
            self.lines[Part.PROXY],
            FormLine(titles[0], self.files["ca_file"], said),
            self.lines[Part.CERTIFICATE],
            FormLine(titles[2], self.files["client_key"]),
        ):
            column.addWidget(line)


_PROTOCOLS: dict[WireProtocol, Callable[[], str]] = {
    WireProtocol.CHAT: lambda: tr("OpenAI: chat completions"),
    WireProtocol.RESPONSES: lambda: tr("OpenAI: responses"),
    WireProtocol.RESPONSES_SOCKET: lambda: tr("OpenAI: responses over a WebSocket"),
    WireProtocol.ANTHROPIC: lambda: tr("Anthropic: messages"),
    WireProtocol.OLLAMA: lambda: tr("Ollama's own"),
}
_AUTHS: dict[AuthKind, Callable[[], str]] = {
    AuthKind.NONE: lambda: tr("not at all: there is none"),
    AuthKind.BEARER: lambda: tr("as most do (Authorization: Bearer)"),
    AuthKind.HEADER: lambda: tr("in a header of its own"),
}
