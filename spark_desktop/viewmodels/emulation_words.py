"""What the badge of an emulated answer says when it is pointed at."""

from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.lab_words import kind_text
from spark_desktop.domain.words import say
from spark_desktop.viewmodels.amounts import duration_text, percent_text
from spark_desktop.viewmodels.translation import in_language, tr

_BADGE = say("emulated")
_SOURCES = {
    "engine": say("Text of the real engine, as it is written."),
    "buffered": say("Text of the real engine, written first and then released."),
    "replay": say("Text of a recording."),
}


def badge() -> str:
    """Return the word that marks what was emulated."""
    return in_language(_BADGE)


def emulation_tip(emulation: Emulation) -> str:
    """Return profile, source, target, achieved speed and real engine time, a line each."""
    return "\n".join(line for line in _lines(emulation) if line)


def _lines(emulation: Emulation) -> tuple[str, ...]:
    named = emulation.title or emulation.profile or tr("an unnamed profile")
    kind = f" ({in_language(kind_text(emulation.kind))})" if emulation.kind else ""
    target, achieved = emulation.target_tps, emulation.achieved_tps
    behind, seconds = emulation.behind_share, emulation.engine_s
    return (
        tr("Emulated, not measured: paced as {named}.", named=named),
        tr("Profile {profile}", profile=emulation.profile) if emulation.profile else "",
        in_language(_SOURCES.get(emulation.source, "")),
        "" if target is None else tr("Target {rate:,.0f} tokens/s{kind}", rate=target, kind=kind),
        "" if achieved is None else tr("Achieved {rate:,.0f} tokens/s", rate=achieved),
        ""
        if behind is None
        else tr("Behind the target {behind} of the time", behind=percent_text(behind)),
        ""
        if seconds is None
        else tr("The real engine took {seconds}", seconds=duration_text(seconds)),
    )
