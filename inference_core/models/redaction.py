"""Taking credentials out of texts that other programs wrote."""

import re

_USER_INFO = re.compile(r"(?<=://)[^/\s@]*(?:@[^/\s@]*)*@")
_QUERY = re.compile(r"(?<=\?)[^\s'\"<>)]*=[^\s'\"<>)]*")
_BEARER = re.compile(r"\b(Bearer|Basic)\s+\S+", re.IGNORECASE)


def redacted(text: str) -> str:
    """Return the text without the user names, passwords and query strings of its addresses.

    Index addresses often hold a token before the host, signed addresses one in the query.
    """
    text = _USER_INFO.sub("***@", text)
    text = _QUERY.sub("***", text)
    return _BEARER.sub(r"\1 ***", text)
