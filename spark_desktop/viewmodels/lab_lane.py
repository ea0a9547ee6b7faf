"""One lane: an answer at one pace, and what is known of it at a moment."""

from dataclasses import dataclass

from spark_desktop.domain.lab_answer import LabAnswer
from spark_desktop.domain.lab_profile import Profile, Schedule
from spark_desktop.domain.lab_words import kind_text
from spark_desktop.domain.words import say
from spark_desktop.viewmodels.amounts import duration_text
from spark_desktop.viewmodels.emulation_words import emulation_tip
from spark_desktop.viewmodels.translation import in_language, tr

# The lane of the answer as it came.
RECORDED = "recorded"
_SPREAD = say(
    "Which characters are which token is not recorded: the text is shared out "
    "evenly over the tokens."
)
_ESTIMATED = say("The tokens of this answer were not counted; they are estimated from its length.")


@dataclass(frozen=True, slots=True)
class Lane:
    """``kind`` says where the pace comes from; one that ``is_emulated`` was not measured."""

    id: str
    title: str
    kind: str
    tip: str
    schedule: Schedule
    is_emulated: bool = True

    def amounts(self, seconds: float) -> str:
        """Return how far it is: "412 of 1,024 tokens · 67 t/s"."""
        schedule = self.schedule
        tokens = schedule.tokens_at(seconds)
        text = tr("{tokens:,} of {total:,} tokens", tokens=tokens, total=schedule.tokens)
        since = min(seconds, schedule.duration) - schedule.first_token
        if tokens > 1 and since > 0:
            rate = tr("{rate:,.0f} t/s", rate=(tokens - 1) / since)
            return f"{text} · {rate}"
        return text

    def times(self, seconds: float) -> str:
        """Return the time to the first token and the time so far, or when it was done."""
        schedule = self.schedule
        if seconds >= schedule.duration:
            first = duration_text(schedule.first_token)
            return tr(
                "first token {first} · done in {duration:.2f} s",
                first=first,
                duration=schedule.duration,
            )
        if seconds < schedule.first_token:
            return tr("waiting for the first token · {seconds:.2f} s", seconds=seconds)
        return tr(
            "first token {first_token} · {seconds:.2f} s",
            first_token=duration_text(schedule.first_token),
            seconds=seconds,
        )

    def is_done(self, seconds: float) -> bool:
        """Return whether its last token has come."""
        return seconds >= self.schedule.duration


def profile_lane(profile: Profile, answer: LabAnswer, schedule: Schedule) -> Lane:
    """Return the lane of an answer under a profile."""
    origin = ", ".join(part for part in (profile.source, profile.date) if part)
    kind = in_language(kind_text(profile.kind))
    tip = (
        tr("{title}: {rate:,.0f} tokens/s", title=profile.title, rate=profile.decode_tps),
        tr("{model} on {hardware}", model=profile.model, hardware=profile.hardware)
        if profile.hardware and profile.model
        else "",
        tr("Speed: {kind} ({origin})", kind=kind, origin=origin)
        if origin
        else tr("Speed: {kind}", kind=kind),
        tr("Emulated, not measured: the same text at the pace that was published."),
        *_remarks(answer),
    )
    return Lane(profile.id, profile.title, kind, _text(tip), schedule)


def recorded_lane(answer: LabAnswer) -> Lane | None:
    """Return the lane of an answer as it came; None where its times were not recorded."""
    schedule = answer.recorded
    if schedule is None:
        return None
    told = answer.emulation
    title = tr("As measured") if told is None else tr("As it came, emulated")
    first = (
        tr("First and last token as this app measured them; those between are spread evenly.")
        if told is None
        else emulation_tip(told)
    )
    tip = _text((first, *_remarks(answer)))
    kind = in_language(kind_text("measured")) if told is None else ""
    return Lane(RECORDED, title, kind, tip, schedule, told is not None)


def _remarks(answer: LabAnswer) -> tuple[str, ...]:
    notes = (_SPREAD,) if answer.is_counted else (_ESTIMATED, _SPREAD)
    return tuple(in_language(note) for note in notes)


def _text(lines: tuple[str, ...]) -> str:
    return "\n".join(line for line in lines if line)
