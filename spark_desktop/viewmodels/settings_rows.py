"""What stands in the settings: a row for each, with its words and what it can be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from spark_desktop.domain.settings import Language, Motion, ThemeChoice
from spark_desktop.viewmodels.translation import tr


class Category(Enum):
    """Where a setting stands."""

    LOOKS = "looks"
    MODEL = "model"
    WATCHING = "watching"
    CHECKS = "checks"
    PROJECT = "project"
    DESKTOP = "desktop"
    PRIVACY = "privacy"
    UPDATES = "updates"
    KEYS = "keys"


class Kind(Enum):
    """How a setting is chosen."""

    CHOICE = "choice"
    SWITCH = "switch"
    NUMBER = "number"
    FONT = "font"
    MODEL = "model"
    KEY = "key"
    COMMANDS = "commands"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting; ``key`` is its name in the file. ``options`` are values with their words."""

    key: str
    category: Category
    kind: Kind
    title: str
    help: str
    options: tuple[tuple[object, str], ...] = ()
    least: int = 0
    most: int = 0
    unit: str = ""

    @property
    def name_in_file(self) -> str:
        """Return the name that stands in the file; a folder's own ones stand in its table."""
        return self.key.removeprefix("project.")

    def matches(self, query: str) -> bool:
        """Return whether each word of the query stands somewhere in the row."""
        text = f"{self.title} {self.help} {self.key} {title_of(self.category)}".casefold()
        return all(word in text for word in query.casefold().split())


def title_of(category: Category) -> str:
    """Return the heading of a category."""
    match category:
        case Category.LOOKS:
            return tr("Looks and language")
        case Category.MODEL:
            return tr("Model and endpoint")
        case Category.WATCHING:
            return tr("Watching and triggers")
        case Category.CHECKS:
            return tr("Checks of proposals")
        case Category.PROJECT:
            return tr("This project")
        case Category.DESKTOP:
            return tr("Desktop and quick prompt")
        case Category.PRIVACY:
            return tr("Privacy")
        case Category.UPDATES:
            return tr("Updates")
        case Category.KEYS:
            return tr("Keys")


def setting_rows() -> Sequence[SettingRow]:
    """Return every row, in the user's language."""
    return (
        *_looks(),
        *_model(),
        *_watching(),
        _quiet("watching.quiet", Kind.SWITCH),
        *_actions(),
        *_checks(),
        *project_rows(),
        *_desktop(),
        *_privacy(),
        *_updates(),
    )


def _looks() -> Sequence[SettingRow]:
    system = tr("As the system")
    themes = (
        (ThemeChoice.SYSTEM, system),
        (ThemeChoice.DARK, tr("Dark")),
        (ThemeChoice.LIGHT, tr("Light")),
    )
    # A language is named in itself: whoever looks for it can read that.
    languages = ((Language.SYSTEM, system), (Language.ENGLISH, "English"))
    motions = (
        (Motion.SYSTEM, system),
        (Motion.FULL, tr("Full")),
        (Motion.REDUCED, tr("Reduced")),
    )
    return (
        _row("looks.theme", Kind.CHOICE, tr("Theme"), tr("The colours of the window."), themes),
        SettingRow(
            "looks.font_size",
            Category.LOOKS,
            Kind.NUMBER,
            tr("Size of type"),
            tr("The whole interface grows with it: 26 px are twice the usual 13 px."),
            least=9,
            most=32,
            unit=tr(" px"),
        ),
        _row(
            "looks.code_font",
            Kind.FONT,
            tr("Font of code"),
            tr("In the diff and in answers; only fonts of fixed width are listed."),
            (("", tr("The system's")),),
        ),
        _row(
            "looks.language",
            Kind.CHOICE,
            tr("Language"),
            tr("What the window speaks; dates and numbers follow it."),
            (*languages, (Language.RUSSIAN, "Русский")),
        ),
        _row(
            "looks.motion",
            Kind.CHOICE,
            tr("Motion"),
            tr("Reduced: nothing slides or fades, and the speed lab moves in steps."),
            motions,
        ),
    )


def _model() -> Sequence[SettingRow]:
    return (
        _row(
            "model.model",
            Kind.MODEL,
            tr("Model"),
            tr(
                "A model of the catalogue, a GGUF file, or emulated:PROFILE for its answers at a "
                "profile's pace. Empty: the one that suits this machine."
            ),
        ),
    )


def _watching() -> Sequence[SettingRow]:
    return (
        _row(
            "watching.enabled",
            Kind.SWITCH,
            tr("Watch the folder"),
            tr("A save can start a proposal. Off: only what you type does."),
        ),
        _row(
            "watching.comments",
            Kind.SWITCH,
            tr("Comments for the AI"),
            tr("A saved comment that ends in AI! or AI? is done or answered."),
        ),
        _row(
            "watching.stubs",
            Kind.SWITCH,
            tr("Empty functions"),
            tr("A saved function without a body is offered one."),
        ),
        _row(
            "watching.repairs",
            Kind.SWITCH,
            tr("Broken syntax"),
            tr("A save that breaks the syntax is offered a repair."),
        ),
        _row(
            "watching.follow_ups",
            Kind.SWITCH,
            tr("What follows in other files"),
            tr("Where a name or a parameter is another, its uses are offered to follow."),
        ),
        _row(
            "watching.failing_tests",
            Kind.SWITCH,
            tr("Failing tests"),
            tr("A test that fails now, and passed before, is offered a fix."),
        ),
    )


def _quiet(key: str, kind: Kind, options: tuple[tuple[object, str], ...] = ()) -> SettingRow:
    text = tr("Only comments that end in AI! or AI? start something.")
    return _row(key, kind, tr("Quiet"), text, options)


def _actions() -> Sequence[SettingRow]:
    words = (
        ("explain", tr("Quick action: explain"), tr("Asks in the chat what selected lines do.")),
        ("fix", tr("Quick action: fix"), tr("Proposes selected lines without their mistakes.")),
        (
            "document",
            tr("Quick action: document"),
            tr("Proposes documentation for selected lines; the code stays."),
        ),
        (
            "test",
            tr("Quick action: write a test"),
            tr("Proposes a test of what is selected, in the file of its tests."),
        ),
        (
            "simplify",
            tr("Quick action: simplify"),
            tr("Proposes simpler code that does the same."),
        ),
    )
    return [
        SettingRow(f"actions.{name}", Category.WATCHING, Kind.SWITCH, title, text)
        for name, title, text in words
    ]


def _checks() -> Sequence[SettingRow]:
    return (
        _row(
            "checks.commands",
            Kind.COMMANDS,
            tr("Your commands"),
            tr(
                "One a line: a pattern of files, a colon, a program. It runs for each proposal, "
                "with the proposed text as its input; {file} is a copy of it, {path} the file's "
                "name.",
                file="{file}",
                path="{path}",
            ),
        ),
        SettingRow(
            "checks.seconds",
            Category.CHECKS,
            Kind.NUMBER,
            tr("Time of a command"),
            tr("One that takes longer is ended, and shows nothing."),
            least=1,
            most=120,
            unit=tr(" s"),
        ),
        _row(
            "checks.withhold",
            Kind.SWITCH,
            tr("Withhold what fails"),
            tr("A proposal in which your commands find something new is not shown as a change."),
        ),
    )


def project_rows() -> Sequence[SettingRow]:
    """Return the rows of what is another in the open folder."""
    here = (
        (None, tr("As everywhere")),
        (True, tr("On", "a setting")),
        (False, tr("Off", "a setting")),
    )
    watched = [
        replace(row, key=f"project.{row.key}", category=Category.PROJECT, options=here)
        for row in (*_watching(), *_actions())
    ]
    return (
        _row(
            "project.allow_commands",
            Kind.SWITCH,
            tr("Run its own checks"),
            tr(
                "The linter, type checker and tests that the project has set up run on a copy of "
                "it before a proposal is shown. Off: nothing of it runs."
            ),
        ),
        _row(
            "project.without_sandbox",
            Kind.SWITCH,
            tr("Also without a sandbox"),
            tr(
                "Where nothing can shut its commands in, they run all the same: they could use "
                "the network and change your files."
            ),
        ),
        _row(
            "project.ask_commands",
            Kind.SWITCH,
            tr("Ask for its checks"),
            tr("Once a session, while they are not allowed and checks are found."),
        ),
        _row(
            "project.test_command",
            Kind.TEXT,
            tr("Command of its tests"),
            tr(
                "It runs after a save, once its checks may run; a test that fails then is offered "
                "a fix. Such as: pytest -q. Empty: none."
            ),
        ),
        *(replace(row, kind=Kind.CHOICE) for row in watched),
        _quiet("project.quiet", Kind.CHOICE, here),
    )


def _desktop() -> Sequence[SettingRow]:
    return (
        _row(
            "desktop.tray",
            Kind.SWITCH,
            tr("Icon in the tray"),
            tr("Shows the state, and offers the quick prompt, where the desktop has a tray."),
        ),
        _row(
            "desktop.keep_in_tray",
            Kind.SWITCH,
            tr("Stay in the tray"),
            tr("Closing the window keeps Spark running in the tray."),
        ),
        _row(
            "desktop.autostart",
            Kind.SWITCH,
            tr("Start at log-in"),
            tr("Spark starts in the tray when you log in."),
        ),
        _row(
            "desktop.notify",
            Kind.SWITCH,
            tr("Notifications"),
            tr("Tell when a long turn has ended while the window is hidden."),
        ),
        SettingRow(
            "quick.hotkey",
            Category.DESKTOP,
            Kind.KEY,
            tr("Key of the quick prompt"),
            tr("Opens the small prompt from everywhere, where the desktop allows such a key."),
        ),
    )


def _privacy() -> Sequence[SettingRow]:
    return (
        _row(
            "privacy.keep_quick_history",
            Kind.SWITCH,
            tr("History of the quick prompt"),
            tr("Keep what was asked there, for the arrow keys."),
        ),
        _row(
            "privacy.keep_ledger",
            Kind.SWITCH,
            tr("Ledger of connections"),
            tr("Keep which hosts were contacted, when and why, across restarts."),
        ),
        SettingRow(
            "privacy.history_mb",
            Category.PRIVACY,
            Kind.NUMBER,
            tr("Room for undo"),
            tr(
                "What the steps of one folder may take that can be undone. Before the oldest are "
                "dropped you are told."
            ),
            least=1,
            most=100_000,
            unit=tr(" MB"),
        ),
    )


def _updates() -> Sequence[SettingRow]:
    return (
        _row(
            "updates.check",
            Kind.SWITCH,
            tr("Look for new versions"),
            tr("Once a day, in a list that is signed. Nothing is ever installed by itself."),
        ),
    )


def _row(
    key: str,
    kind: Kind,
    title: str,
    help_text: str,
    options: tuple[tuple[object, str], ...] = (),
) -> SettingRow:
    return SettingRow(key, Category(key.split(".")[0]), kind, title, help_text, options)
