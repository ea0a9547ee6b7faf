"""What is told once about the tray, in the window."""

from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone
from spark_desktop.viewmodels.translation import tr


def keeps_notice(quit_key: str) -> Notice:
    """Return what is said before the window is closed for the first time."""
    return Notice(
        tr("Closed, the window stays in the tray, and Spark goes on watching."),
        Tone.PLAIN,
        tr("Close it again to hide it. {key} quits.", key=quit_key),
        Action(tr("Hide the window"), Intent.HIDE),
    )


def no_tray_notice() -> Notice:
    """Return what is said where the desktop shows no tray icons."""
    return Notice(
        tr("This desktop shows no tray icons. Spark works without: closing the window quits."),
        Tone.MUTED,
        tr("In GNOME an extension for tray icons brings them."),
    )


def vanished_notice() -> Notice:
    """Return what is said when the tray went away while the window was hidden."""
    return Notice(
        tr("The tray is gone, so the window is back."),
        Tone.WARNING,
        tr("Until the tray returns, closing the window quits."),
    )
