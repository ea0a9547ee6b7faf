"""Text that looks like it holds a secret: keys by their shapes, and random values of secret names.

The shapes are those that the vendors publish for secret scanners. Lines that other scanners are
told to pass over ("pragma: allowlist secret", "gitleaks:allow") are passed over here too.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from spark_desktop.domain.regex import regex
from spark_desktop.domain.words import Said, say


@dataclass(frozen=True, slots=True)
class _Shape:
    """What keys of one kind look like; each begins with one of ``begins``, quickly found."""

    what: Callable[[], Said]
    begins: tuple[str, ...]
    pattern: re.Pattern[str]


_SHAPES = (
    _Shape(
        lambda: say("a private key"),
        ("-----BEGIN ",),
        regex(
            r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
            # Headers of an encrypted one, line ends as text, quotes: then what is the key.
            r"(?:.{0,200}?)(?P<value>[A-Za-z0-9+/=]{40})",
            re.DOTALL,
        ),
    ),
    _Shape(
        lambda: say("a key of AWS"),
        ("AKIA", "ASIA"),
        regex(r"(?<!\w)(?P<value>A[KS]IA[A-Z2-7]{16})\b"),
    ),
    _Shape(
        lambda: say("a token of GitHub"),
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        regex(r"(?<!\w)(?P<value>gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{50,})\b"),
    ),
    _Shape(
        lambda: say("a token of GitLab"),
        ("glpat-",),
        regex(r"(?<![\w-])(?P<value>glpat-[\w-]{20,})"),
    ),
    _Shape(
        lambda: say("a key of a model's vendor"),
        ("sk-", "gsk_", "hf_", "xai-"),
        regex(
            r"(?<![A-Zabd-z0-9_-])(?P<value>sk-(?:proj|ant|or|svcacct|admin)-[\w-]{30,}"
            r"|sk-[A-Za-z0-9]{32,}|gsk_[A-Za-z0-9]{40,}|hf_[A-Za-z0-9]{30,}|xai-[A-Za-z0-9]{60,})"
        ),
    ),
    _Shape(
        lambda: say("a key of Google"),
        ("AIza",),
        regex(r"(?<![\w-])(?P<value>AIza[\w-]{35})(?![\w-])"),
    ),
    _Shape(
        lambda: say("a token of Slack"),
        ("xox", "xapp-", "hooks.slack.com/"),
        regex(
            r"(?<!\w)(?P<value>xox[abeoprs]-\d{5,}-[\w-]{10,}|xapp-\d-[\w-]{20,}"
            r"|hooks\.slack\.com/services/T\w{6,}/B\w{6,}/\w{20,})"
        ),
    ),
    _Shape(
        lambda: say("a key of Stripe"),
        ("sk_live_", "rk_live_", "whsec_"),
        regex(r"(?<!\w)(?P<value>[sr]k_live_[A-Za-z0-9]{20,}|whsec_[A-Za-z0-9]{30,})"),
    ),
    _Shape(
        lambda: say("a token of a package registry"),
        ("npm_", "pypi-AgE", "dop_v1_"),
        regex(r"(?<!\w)(?P<value>npm_[A-Za-z0-9]{36}|pypi-AgE[\w-]{50,}|dop_v1_[a-f0-9]{64})\b"),
    ),
    _Shape(
        lambda: say("a signed token"),
        ("eyJ",),
        regex(r"(?<![\w-])(?P<value>eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,})"),
    ),
)
# User and password in an address, from where its host begins.
_USER_INFO = regex(r"://[^\s:/@\"'<>]{1,64}:(?P<value>[^\s:/@\"'<>]{12,128})@")
# What a request says for itself, and the value behind it.
_CREDENTIALS = regex(
    r"(?:bearer|basic|token)[ \t]{1,4}(?P<value>[\w.~+/-]{20,1024}={0,2})(?![\w.~+/-])",
    re.IGNORECASE,
)
_CREDENTIALS_BEGIN = ("Bearer ", "bearer ", "BEARER ", "Basic ", "basic ", "Token ", "token ")
_WORDS = (
    *("password", "passwd", "secret", "token", "api_key", "apikey", "api-key", "access_key"),
    *("accesskey", "access-key", "private_key", "privatekey", "private-key", "auth_key"),
    *("authkey", "auth-key", "credential"),
)
# What follows such a word: the rest of the name, then a value in quotes, as in code and JSON …
_AFTER = r"(?:s?(?:[_-]?(?:access[_-]?key|key|value|id|base64|hash))?)"
_QUOTED = regex(
    rf"{_AFTER}[\"'\]]{{0,2}}\s{{0,8}}(?::=|=>|=|:)\s{{0,8}}[brfu]?(?P<q>[\"'`])"
    r"(?P<value>[^\s\"'`]{16,256})(?P=q)",
    re.IGNORECASE,
)
# … or one without, to the end of the line or a remark, as in an environment file; in code it would
# be a name.
_ASSIGNED = rf"{_AFTER}[ \t]{{0,8}}[=:][ \t]{{0,8}}(?P<value>[^\s\"'`#;,(){{}}]{{16,256}})"
_BARE = regex(rf"{_ASSIGNED}[ \t\r]*(?=\n|\Z|#|;|(?<=[ \t])//)", re.IGNORECASE)
# What programs write has it anywhere.
_WITHIN = regex(rf"{_ASSIGNED}(?=[\s,;)}}\]\"'`]|\Z)", re.IGNORECASE)
_BEFORE = regex(r"[\w.-]*\Z")
_BARE_BEFORE = regex(r"\s*(?:export\s+|set\s+|-\s+)?[\w.-]*")
# The longest name that is told.
_LONGEST_NAME = 60
_ALLOWED = regex(r"pragma: ?allowlist secret|gitleaks:allow", re.IGNORECASE)
_PLACEHOLDER = regex(
    r"example|sample|dummy|fake|test|changeme|change[_-]me|placeholder|your|redacted|x{4,}|\*{3,}"
    r"|0{6,}|1234567|abcdef|qwert|\.\.\.|…|<|>|\$\{|\{\{|%\(|%s",
    re.IGNORECASE,
)
_MIXED = regex(r"(?=.*\d)(?=.*[a-zA-Z])")
_WORD = regex(r"[A-Z]?[a-z]{3,}|[A-Z]{4,}")
_HEX = regex(r"[0-9a-fA-F-]+")
# Bits a character: sixteen random letters and digits have 3.6 of them on the average, words less.
_RANDOM_BITS = 3.3
_RANDOM_HEX_BITS = 3.0
_MOST_WORDS = 0.6
_MOST_WORDS_IN_PATHS = 0.3
_PATH = regex(r"[/\\.:]")


@dataclass(frozen=True, slots=True)
class Hit:
    """What looks like a secret: the characters from ``place`` to ``end``, and what it is."""

    place: int
    end: int
    what: Said


def secret_in(text: str, is_bare: bool = True) -> Said | None:
    """Return what in the text looks like a secret, and its line; None where nothing does.

    ``is_bare`` takes values without quotes as well, which in a program are names. A megabyte takes
    tens of milliseconds, so call it in an OS thread.
    """
    hits = (next(_shaped(text), None), next(_assigned(text, is_bare), None))
    found = min((hit for hit in hits if hit is not None), key=lambda hit: hit.place, default=None)
    if found is None:
        return None
    line = text.count("\n", 0, found.place) + 1
    return say("{what} in line {line}", what=found.what, line=line)


def hits_in(text: str) -> tuple[Hit, ...]:
    """Return all that looks like a secret in what a program wrote; some of it may overlap.

    Values without quotes count anywhere in a line. It takes as long as ``secret_in``.
    """
    return (*_shaped(text), *_assigned(text, is_bare=True, is_written=True))


def _shaped(text: str) -> Iterator[Hit]:
    for shape in _SHAPES:
        for place in _places(text, shape.begins):
            match = shape.pattern.match(text, place)
            if match is not None and _is_vendors(match["value"]) and _counts(text, match):
                yield Hit(place, match.end(), shape.what())
    for place in _places(text, ("://",)):
        match = _USER_INFO.match(text, place)
        if match is not None and is_random(match["value"]) and _counts(text, match):
            yield Hit(place, match.end(), say("an address with a password"))
    for place in _places(text, _CREDENTIALS_BEGIN):
        match = _CREDENTIALS.match(text, place)
        if match is not None and is_random(match["value"]) and _counts(text, match):
            yield Hit(place, match.end(), say("credentials of a request"))


def _assigned(text: str, is_bare: bool, is_written: bool = False) -> Iterator[Hit]:
    lowered = text.lower()
    if len(lowered) != len(text):
        # A letter whose small form is two characters would move all places behind it.
        lowered = "".join(one.lower() if one.isascii() else one for one in text)
    for word in _WORDS:
        for place in _places(lowered, (word,)):
            end = place + len(word)
            match = _value_at(text, place, end, is_bare)
            if match is None and is_written:
                match = _WITHIN.match(text, end)
            if match is not None and is_random(match["value"]) and _counts(text, match):
                begin = max(0, place - _LONGEST_NAME)
                before = _BEFORE.search(text, begin, place)
                name = (before[0] if before else "") + text[place : place + len(word)]
                yield Hit(place, match.end(), say("a value of {name}", name=name))


def _value_at(text: str, place: int, end: int, is_bare: bool) -> re.Match[str] | None:
    quoted = _QUOTED.match(text, end)
    if quoted is not None or not is_bare:
        return quoted
    line = text.rfind("\n", 0, place) + 1
    if place - line > _LONGEST_NAME or not _BARE_BEFORE.fullmatch(text, line, place):
        return None
    return _BARE.match(text, end)


def _places(text: str, begins: tuple[str, ...]) -> Iterator[int]:
    # str.find is a hundred times as fast as one expression for all of them.
    for begin in begins:
        place = text.find(begin)
        while place >= 0:
            yield place
            place = text.find(begin, place + 1)


def is_random(value: str) -> bool:
    """Return whether a value looks drawn by chance, not written by a person."""
    if _PLACEHOLDER.search(value) or not _MIXED.match(value):
        return False
    is_hex = _HEX.fullmatch(value) is not None
    if _bits(value) < (_RANDOM_HEX_BITS if is_hex else _RANDOM_BITS):
        return False
    words = sum(len(word) for word in _WORD.findall(value))
    # A path, a module or an address has shorter words, and marks between them.
    most = _MOST_WORDS_IN_PATHS if _PATH.search(value) else _MOST_WORDS
    return is_hex or words < most * len(value)


def _is_vendors(value: str) -> bool:
    # Its begin is the vendor's; behind it a person's placeholder has few different characters.
    return _PLACEHOLDER.search(value) is None and _bits(value[4:]) >= _RANDOM_HEX_BITS


def _counts(text: str, match: re.Match[str]) -> bool:
    """Return whether the line does not say that it may be shown."""
    begin = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    return _ALLOWED.search(text, begin, len(text) if end < 0 else end) is None


def _bits(value: str) -> float:
    """Return the entropy in bits a character (Shannon)."""
    counts = Counter(value).values()
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts) if value else 0.0
