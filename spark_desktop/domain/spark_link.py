"""``spark://`` links: what a web page, a mail or a script may ask of Spark.

Whoever made a link need not be trusted, so it can say two things only, and neither does anything by
itself: ``spark://ask?text=…`` writes a question that the user may send, ``spark://open?folder=…``
asks whether a folder is to be opened. Values are percent-encoded UTF-8; a plus is a plus.
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from spark_desktop.domain.errors import LinkError
from spark_desktop.domain.regex import regex
from spark_desktop.domain.words import Said, joined, say

# Characters of a whole link, which has to fit into one message to the Spark that runs, and of what
# it holds: MOST_TEXT characters of four bytes each, percent-encoded, are a little less.
MOST_LINK = 48 * 1024
MOST_TEXT = 4000
MOST_FOLDER = 1024
# Characters of the link that an error shows.
_SHOWN = 60

_ARGUMENT = regex(r"spark:|[a-z][a-z0-9+.-]+://|file:/", re.IGNORECASE)
_LINK = regex(r"spark://([^/?#]*)/?(?:\?([^#]*))?", re.IGNORECASE | re.DOTALL)
_FILE = regex(r"file:(?://(?:localhost)?)?(/[^?#]*)", re.IGNORECASE | re.DOTALL)
_NO_CODE = regex(r"%(?![0-9A-Fa-f]{2})")
_DRIVE = regex(r"[A-Za-z]:[\\/]")
# What ASCII holds beside letters and digits, but for blanks, quotation marks and backslashes, which
# JSON would write in two or six bytes.
_PLAIN = "!#$%&'()*+,-./:;<=>?@[]^_`{|}~"
# Characters that show a text in another order than it has, and what shows nothing at all: tags,
# variation selectors beyond those of emoji, blanks and joints without a width. Words that are not
# seen could go to the model with it. (Two joiners stay: scripts and emoji need them.)
_DECEIVING = regex("[\u200b\u2060-\u2064\ufeff\u202a-\u202e\u2066-\u2069\U000e0000-\U000e01ef]")


@dataclass(frozen=True, slots=True)
class AskLink:
    """A question that stands in the quick prompt until the user sends it; may be empty."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A folder, as an absolute path, that is opened if the user agrees."""

    folder: str


SparkLink = AskLink | OpenLink
_VERBS = {"ask": "text", "open": "folder"}


def is_link(argument: str) -> bool:
    """Return whether a word of the command line is a URL, and no path."""
    return _ARGUMENT.match(argument) is not None


def local_folder(url: str, *, on_windows: bool) -> str | None:
    """Return the path that a ``file:`` URL of this machine stands for; None for any other URL."""
    found = _FILE.fullmatch(url)
    try:
        path = "" if found is None else _decoded(found[1])
    except LinkError:
        return None
    if on_windows:
        # file:///C:/project: the slash before the drive belongs to the URL.
        path = path[1:] if _DRIVE.match(path[1:]) else ""
    return path if path and not path.startswith("//") and "\0" not in path else None


def carried(link: str) -> str:
    """Return a link so that it fits into a message: in ASCII, cut where it is too long anyway."""
    encoded = link.encode("utf-8", "surrogatepass")
    return quote(encoded[: MOST_LINK + 1], safe=_PLAIN)[: MOST_LINK + 1]


def read_link(link: str, *, on_windows: bool) -> SparkLink:
    """Return what a link asks for. Raises LinkError, which says what is wrong with it.

    ``on_windows`` says which paths are absolute. The disk is not looked at: on some systems that
    alone would connect to another machine.
    """
    if len(link) > MOST_LINK:
        raise _wrong(say("The link has more than {most} characters.", most=MOST_LINK))
    found = _LINK.fullmatch(link)
    if found is None:
        raise _unknown(link)
    verb, query = found[1].lower(), found[2] or ""
    if verb not in _VERBS:
        raise _wrong(
            say('The link asks for "{verb}", which Spark does not know.', verb=_shown(found[1]))
        )
    value = _value(query, verb)
    if verb == "ask":
        return AskLink(_checked_text(value or ""))
    if not value:
        raise _wrong(say("The link names no folder."))
    return OpenLink(_checked_folder(value, on_windows))


def _unknown(link: str) -> LinkError:
    if link.lower().startswith("spark:"):
        text = say('The link "{link}" is none that Spark can read.', link=_shown(link))
        return _wrong(text)
    return LinkError(
        say("{link} is no folder of this machine.", link=_shown(link)),
        say("Open a folder by its path, or copy it to this machine first."),
    )


def _value(query: str, verb: str) -> str | None:
    """Return the decoded value of the one name that a verb takes; None where it is not there."""
    name, values = _VERBS[verb], []
    for pair in query.split("&") if query else ():
        given, _, value = pair.partition("=")
        if given != name:
            text = say(
                'The link says "{given}"; spark://{verb} takes "{name}" only.',
                given=_shown(given),
                verb=verb,
                name=name,
            )
            raise _wrong(text)
        values.append(value)
    if len(values) > 1:
        raise _wrong(say('The link says "{name}" twice.', name=name))
    return _decoded(values[0]) if values else None


def _decoded(value: str) -> str:
    wrong = _NO_CODE.search(value)
    if wrong is not None:
        piece = _shown(value[wrong.start() : wrong.start() + 3])
        raise _wrong(say('"{piece}" in the link is no percent-encoded character.', piece=piece))
    try:
        return unquote_to_bytes(value).decode("utf-8")
    except UnicodeError:
        raise _wrong(say("The link holds bytes that are no UTF-8.")) from None


def _checked_text(value: str) -> str:
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MOST_TEXT:
        raise _wrong(
            say(
                "The link's text has {size} characters; {most} fit.", size=len(text), most=MOST_TEXT
            )
        )
    for character in text:
        if character not in "\n\t" and unicodedata.category(character) == "Cc":
            raise _hidden(character)
    deceiving = _DECEIVING.search(text)
    if deceiving is not None:
        raise _hidden(deceiving[0])
    return text


def _checked_folder(folder: str, on_windows: bool) -> str:
    if len(folder) > MOST_FOLDER:
        raise _wrong(
            say(
                "The link's folder has {size} characters; {most} fit.",
                size=len(folder),
                most=MOST_FOLDER,
            )
        )
    for character in folder:
        if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp"):
            raise _hidden(character)
    separators = "\\/" if on_windows else "/"
    if folder[0] in separators and folder[1:2] and folder[1] in separators:
        raise _wrong(
            say("The link's folder, {folder}, is another machine's.", folder=_shown(folder))
        )
    is_absolute = bool(_DRIVE.match(folder)) if on_windows else folder.startswith("/")
    if not is_absolute:
        raise _wrong(say("The link's folder, {folder}, is no whole path.", folder=_shown(folder)))
    if ".." in re.split(r"[\\/]" if on_windows else "/", folder):
        text = say('The link\'s folder, {folder}, goes up by "..".', folder=_shown(folder))
        raise _wrong(text)
    return folder


def _hidden(character: str) -> LinkError:
    code = f"U+{ord(character):04X}"
    return _wrong(say("The link holds a character that cannot be seen, {code}.", code=code))


def _wrong(message: Said) -> LinkError:
    return LinkError(
        joined((message, say("Nothing was opened or asked."))),
        say("Spark follows spark://ask?text=… and spark://open?folder=/… and no other link."),
    )


def _shown(text: str) -> str:
    """Return a piece of a link as it may stand in a sentence: short, every character visible."""
    seen = "".join(character if character.isprintable() else "?" for character in text)
    return seen if len(seen) <= _SHOWN else f"{seen[: _SHOWN - 1]}…"
