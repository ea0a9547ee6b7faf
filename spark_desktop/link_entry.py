"""What comes from outside by a link: shown to the user, who decides."""

import sys
from collections.abc import Callable

from PySide6.QtCore import SignalInstance

from spark_desktop.domain.errors import LinkError
from spark_desktop.domain.spark_link import AskLink, OpenLink, read_link
from spark_desktop.presence import Presence
from spark_desktop.viewmodels.link_notices import consent_notice
from spark_desktop.viewmodels.notice import Intent, notice_of
from spark_desktop.viewmodels.told import Told

_ABOUT = "link"


class LinkEntry:
    """Follows links as far as that needs nobody's consent, and asks for it where it does.

    ``intents`` are those of the line in which ``told`` is shown; ``open_folder`` is called with
    what the user agreed to. A folder that ``is_open`` already needs no consent.
    """

    def __init__(
        self,
        presence: Presence,
        told: Told,
        intents: SignalInstance,
        open_folder: Callable[[str], None],
        is_open: Callable[[str], bool],
    ) -> None:
        self._presence, self._told = presence, told
        self._open_folder, self._is_open = open_folder, is_open
        self._asked = ""
        intents.connect(self._act)

    def follow(self, link: str, activation: str = "") -> None:
        """Show what a link asks for, or why it cannot be followed."""
        try:
            found = read_link(link, on_windows=sys.platform == "win32")
        except LinkError as error:
            self._asked = ""
            self._told.tell(_ABOUT, notice_of(error))
            self._presence.show_window(activation)
            return
        match found:
            case AskLink(text):
                self._presence.offer_question(text, activation)
            case OpenLink(folder) if self._is_open(folder):
                self._presence.show_window(activation)
            case OpenLink(folder):
                self._asked = folder
                self._told.tell(_ABOUT, consent_notice(folder))
                self._presence.show_window(activation)

    def _act(self, intent: Intent) -> None:
        if intent is not Intent.OPEN_LINKED or not self._asked:
            return
        folder, self._asked = self._asked, ""
        self._told.tell(_ABOUT, None)
        self._open_folder(folder)
