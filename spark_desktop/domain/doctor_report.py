"""The doctor's report as text for a bug report, with nothing that is the user's own business."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from spark_desktop.domain.findings import Finding, Verdict
from spark_desktop.domain.regex import regex

_SIGNS = {Verdict.OK: "ok", Verdict.NOTE: "warning", Verdict.MISSING: "problem"}
_HIDDEN = "***"
# Names of variables whose values nobody should see.
_SECRET_NAME = regex(r"TOKEN|SECRET|PASSW|KEY|CREDENTIAL|AUTH|COOKIE", re.IGNORECASE)
# Short values occur by chance in other words, and hide nothing.
_LEAST_SECRET = 6
_USER_INFO = regex(r"(?<=://)[^/\s@]*(?:@[^/\s@]*)*@")
_QUERY = regex(r"(?<=\?)[^\s'\"<>)]*=[^\s'\"<>)]*")
_BEARER = regex(r"\b(Bearer|Basic)\s+\S+", re.IGNORECASE)
# The shapes that services give their keys.
_KEYS = regex(
    r"\b(?:sk|pk|csk|rk|hf|gh[opsu]|github_pat|glpat|xox[abp]|AKIA)[-_]?[A-Za-z0-9_-]{12,}"
)
# A long run of letters and digits mixed is a key more often than a word.
_RUN = regex(r"\b(?=[A-Za-z0-9_-]*[0-9])(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_]{32,}\b")


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must not be in a text: where the user lives, their name, and values of variables."""

    home: PurePath
    user: str
    values: tuple[str, ...] = ()

    def hide(self, text: str) -> str:
        """Return the text without any of it."""
        for value in sorted(self.values, key=len, reverse=True):
            text = text.replace(value, _HIDDEN)
        for pattern, put in (
            (_USER_INFO, f"{_HIDDEN}@"),
            (_QUERY, _HIDDEN),
            (_BEARER, rf"\1 {_HIDDEN}"),
            (_KEYS, _HIDDEN),
            (_RUN, _HIDDEN),
        ):
            text = pattern.sub(put, text)
        home = str(self.home)
        if len(home) > 1:
            text = re.sub(rf"{re.escape(home)}(?![A-Za-z0-9_-])", "~", text)
        if len(self.user) > 1:
            name = re.escape(self.user)
            text = re.sub(rf"(?<![A-Za-z0-9]){name}(?![A-Za-z0-9])", "USER", text)
        return text


def secrets_of(environment: Mapping[str, str], home: PurePath, user: str) -> Secrets:
    """Return what must not be in a report, by what the environment holds."""
    values = {
        value
        for name, value in environment.items()
        if _SECRET_NAME.search(name) and len(value) >= _LEAST_SECRET
    }
    return Secrets(home, user, tuple(sorted(values)))


def report_of(
    findings: tuple[Finding, ...], secrets: Secrets, when: datetime, title: str = "Spark doctor"
) -> str:
    """Return the findings, a line each with its next step below, without secrets."""
    lines = [f"{title}, {when:%Y-%m-%d %H:%M}", ""]
    width = max((len(finding.name) for finding in findings), default=0)
    for finding in findings:
        sign = _SIGNS[finding.verdict]
        lines.append(f"{sign:<8} {finding.name:<{width}}  {finding.detail}")
        if finding.next_step:
            lines.append(f"{'':<8} {'':<{width}}  -> {finding.next_step}")
    return secrets.hide("\n".join(lines)) + "\n"
