"""What this Spark is and what it is made of: facts to copy, and licences to search and read."""

from typing import Protocol

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.notices import About, Component
from spark_desktop.services.tasks import LatestTask, TaskScope
from spark_desktop.viewmodels.notice import Notice, Tone
from spark_desktop.viewmodels.rows import Row, Rows
from spark_desktop.viewmodels.translation import in_language, tr

_LICENCE = "Apache-2.0"


class AboutSource(Protocol):
    """What this view model asks; everything is read in other OS threads."""

    @property
    def model(self) -> str:
        """Return the model that answers, or will; empty: the default."""
        ...

    async def facts(self) -> About:
        """Return what this Spark is."""
        ...

    async def components(self) -> tuple[Component, ...]:
        """Return what it is made of. Raises NoticesError."""
        ...

    async def text(self, component: Component) -> str:
        """Return the licence's texts of a component. Raises NoticesError."""
        ...


class AboutViewModel(QObject):
    """``changed`` says that facts or list are others, ``text_changed`` that another text is here.

    ``rows`` holds what the filter lets through; a row's id is the place in the whole list.
    """

    changed = Signal()
    text_changed = Signal()

    def __init__(self, source: AboutSource, scope: TaskScope) -> None:
        super().__init__()
        self.rows = Rows(self)
        self._source, self._scope = source, scope
        self._reading = LatestTask(scope)
        self._about: About | None = None
        self._components: tuple[Component, ...] | None = None
        self._error: Notice | None = None
        self._filter = ""
        self.chosen: Component | None = None
        self.text = ""

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Return what this Spark is, as names and values; empty until it is known."""
        about = self._about
        if about is None:
            return ()
        unknown = tr("not known")
        version = about.version or unknown
        if about.commit:
            version = tr("{version}, commit {commit}", version=version, commit=about.commit)
        return (
            (tr("Version"), version),
            (tr("System"), about.system),
            (tr("Engine"), about.engine or unknown),
            (tr("Model"), self._source.model or tr("the default one")),
            (tr("Licence"), _LICENCE),
        )

    @property
    def report(self) -> str:
        """Return the facts as text, for a report."""
        lines = [f"{name}: {value}" for name, value in self.facts]
        return "\n".join((tr("Spark Desktop"), *lines)) + "\n"

    @property
    def bill(self) -> str:
        """Return the path of the file that lists the materials; empty where there is none."""
        return str(self._about.bill) if self._about is not None and self._about.bill else ""

    @property
    def folder(self) -> str:
        """Return the path of the folder with the texts; empty where there is none."""
        return str(self._about.notices) if self._about is not None and self._about.notices else ""

    @property
    def notice(self) -> Notice:
        """Return what the list is, in one line."""
        if self._error is not None:
            return self._error
        if self._components is None:
            return Notice(tr("Looking at what is installed…"), Tone.BUSY)
        if self._filter and not self.rows.rows:
            return Notice(tr("Nothing fits the filter."), Tone.PLAIN)
        text = tr("Spark is made with the work of others: %n component(s).", "", self._others)
        return Notice(text, Tone.PLAIN)

    @property
    def about_chosen(self) -> str:
        """Return licence, origin and home page of the chosen component, in a line each."""
        one = self.chosen
        if one is None:
            return ""
        lines = [tr("Licence: {licence}", licence=one.licence or tr("not stated"))]
        if one.inside:
            lines.append(tr("Comes inside of {package}", package=one.inside))
        if one.home:
            lines.append(one.home)
        if one.source:
            lines.append(tr("Source code: {address}", address=one.source))
        return "\n".join(lines)

    def refresh(self) -> None:
        """Read what is not known yet; nothing of it changes while the program runs."""
        if self._components is None:
            self._error = None
            self._scope.start("about", self._read())

    def set_filter(self, text: str) -> None:
        """Show only components in whose name, licence or origin all these words occur."""
        self._filter = text
        self._show()

    def choose(self, row_id: str) -> None:
        """Read the licence of a component."""
        if self._components is None or not row_id.isdecimal():
            return
        component = self._components[int(row_id)]
        if component == self.chosen:
            return
        self.chosen, self.text = component, ""
        self._reading.start("licence", self._read_text(component))

    @property
    def _others(self) -> int:
        # The first one is Spark itself.
        return max(0, len(self._components or ()) - 1)

    async def _read(self) -> None:
        self._about = await self._source.facts()
        self.changed.emit()
        try:
            self._components = await self._source.components()
        except SparkError as error:
            self._error = _told(error)
        self._show()

    async def _read_text(self, component: Component) -> None:
        try:
            text = await self._source.text(component)
        except SparkError as error:
            text = in_language(error.told)
        self.text = text or tr("The text of this licence is not among what is installed here.")
        self.text_changed.emit()

    def _show(self) -> None:
        words = self._filter.lower().split()
        self.rows.set_rows(
            [
                _row(place, component)
                for place, component in enumerate(self._components or ())
                if all(word in _searched(component) for word in words)
            ]
        )
        self.changed.emit()


def _searched(component: Component) -> str:
    parts = (component.name, component.version, component.licence, component.inside, component.home)
    return " ".join(parts).lower()


def _row(place: int, component: Component) -> Row:
    title = f"{component.name} {component.version}".rstrip()
    return Row(str(place), title, component.licence or tr("not stated"), "file")


def _told(error: SparkError) -> Notice:
    return Notice(in_language(error.message), Tone.PROBLEM, in_language(error.next_step))
