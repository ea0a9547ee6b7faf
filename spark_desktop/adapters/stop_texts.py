"""Texts that end an answer, for protocols whose servers know none. No I/O."""


class StopTexts:
    """Cuts an answer before the first of some texts, however its pieces are cut."""

    def __init__(self, stops: tuple[str, ...]) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._held = ""
        self.is_met = False

    def feed(self, text: str) -> str:
        """Return what can be told now; what may be the beginning of a stop is held back."""
        if not self._stops or self.is_met:
            return "" if self.is_met else text
        text = self._held + text
        places = [place for stop in self._stops if (place := text.find(stop)) >= 0]
        if places:
            self.is_met, self._held = True, ""
            return text[: min(places)]
        kept = max(_begun(text, stop) for stop in self._stops)
        self._held = text[len(text) - kept :]
        return text[: len(text) - kept]

    def rest(self) -> str:
        """Return what was held back, as nothing follows."""
        held, self._held = self._held, ""
        return held


def _begun(text: str, stop: str) -> int:
    """Return how many characters at the text's end are the beginning of a stop."""
    longest = min(len(text), len(stop) - 1)
    return next((n for n in range(longest, 0, -1) if stop.startswith(text[-n:])), 0)
