"""What is told about a spark:// link, in the window."""

from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone
from spark_desktop.viewmodels.translation import tr

# Characters of a path in a notice; the ends say most about it.
_SHOWN = 120


def consent_notice(folder: str) -> Notice:
    """Return the question whether a folder that a link names is to be opened."""
    return Notice(
        tr("A link asks Spark to open {folder}.", folder=_shortened(folder)),
        Tone.WARNING,
        tr("Spark reads its files and may ask the model about them."),
        Action(tr("Open the folder"), Intent.OPEN_LINKED),
        Action(tr("Do not open"), Intent.DISMISS),
    )


def _shortened(path: str) -> str:
    half = _SHOWN // 2
    return path if len(path) <= _SHOWN else f"{path[:half]}…{path[-half:]}"
