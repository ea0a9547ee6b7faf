"""Finds what the user means by a few of its letters."""

from dataclasses import dataclass

_PER_LETTER = 1.0
_IN_A_ROW = 4.0
_AT_A_WORD = 3.0
_AT_THE_BEGINNING = 1.0
# A little for each letter of the text: of two that match alike, the shorter is meant.
_PER_LENGTH = 0.01
_SEPARATORS = frozenset(" /\\._-:()")


@dataclass(frozen=True, slots=True)
class Match:
    """How well a text matches, larger is better, and the places of the letters that do."""

    score: float
    places: tuple[int, ...]


def match(query: str, text: str) -> Match | None:
    """Return how ``text`` matches the letters of ``query`` in their order; None if it does not.

    Case and blanks in the query do not count. The letters are placed greedily, once from the left
    and once from the right: the better of the two is returned. That is linear in the text, where
    the best of all placings would be quadratic.
    """
    letters = "".join(query.split()).casefold()
    folded = text.casefold()
    if len(folded) != len(text):
        # Some letters become two ("ß"): the places would not be those of the text.
        folded = text.lower() if len(text.lower()) == len(text) else text
    if not letters:
        return Match(0.0, ())
    whole = folded.find(letters)
    placings = [_forward(letters, folded), _back(letters, folded)] if whole else []
    if whole >= 0:
        placings.append(tuple(range(whole, whole + len(letters))))
    # Each once: of a short query they are often the same.
    found = [_rated(places, text) for places in set(placings) if places is not None]
    return max(found, key=lambda one: one.score, default=None)


def _forward(letters: str, text: str) -> tuple[int, ...] | None:
    places, at = [], -1
    for letter in letters:
        at = text.find(letter, at + 1)
        if at < 0:
            return None
        places.append(at)
    return tuple(places)


def _back(letters: str, text: str) -> tuple[int, ...] | None:
    places, at = [], len(text)
    for letter in reversed(letters):
        at = text.rfind(letter, 0, at)
        if at < 0:
            return None
        places.append(at)
    return tuple(reversed(places))


def _rated(places: tuple[int, ...], text: str) -> Match:
    score = -_PER_LENGTH * len(text)
    before = -2
    for place in places:
        score += _PER_LETTER
        if place == before + 1:
            score += _IN_A_ROW
        if place == 0 or _begins_a_word(text[place - 1], text[place]):
            score += _AT_A_WORD
        before = place
    if places[0] == 0:
        score += _AT_THE_BEGINNING
    return Match(score, places)


def _begins_a_word(before: str, letter: str) -> bool:
    return before in _SEPARATORS or (letter.isupper() and not before.isupper())
