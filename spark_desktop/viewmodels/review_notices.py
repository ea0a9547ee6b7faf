"""What the review says where nothing about one proposal is to be said."""

from spark_desktop.domain.words import say
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone

NOTHING = Notice(
    say("Nothing to review."),
    Tone.MUTED,
    say("Proposals appear here while they are written."),
    Action(say("Show how"), Intent.HELP),
)
FILE = Notice(
    say("The file as it is on disk."),
    Tone.MUTED,
    say("Select lines to edit only those."),
    Action(say("Type an edit"), Intent.EDIT),
)
STILL_WRITTEN = Notice(
    say("The model still writes here."),
    Tone.BUSY,
    say("Decide once it is done; you can read on meanwhile."),
    Action(say("Dismiss"), Intent.DISMISS),
)
CHOOSE_A_SIDE = Notice(
    say("This hunk conflicts with what was saved since."),
    Tone.WARNING,
    say("Choose a side: what is on disk, the proposal, or both."),
    Action(say("Dismiss"), Intent.DISMISS),
)
