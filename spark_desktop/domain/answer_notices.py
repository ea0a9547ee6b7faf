"""What the user is told while endpoints are asked: a sentence for each event, and a next step."""

from spark_desktop.domain.events import AnswerRerouted, AnswerWaits, BudgetTold, PromptCut
from spark_desktop.domain.words import Said, joined, say

Telling = AnswerRerouted | AnswerWaits | PromptCut | BudgetTold
_NOTHING = joined(())


def sentences_of(event: Telling) -> tuple[Said, Said]:
    """Return what happened and what to do next; both are empty where a wait is over."""
    match event:
        case AnswerRerouted(hedged=True):
            return _not_begun(event), say("Whoever begins first answers.")
        case AnswerRerouted(target=""):
            return _no_answer(event), say("The local core is asked instead.")
        case AnswerRerouted():
            return _no_answer(event), say("{other} is asked instead.", other=event.target)
        case AnswerWaits(seconds=0.0):
            return _NOTHING, _NOTHING
        case AnswerWaits():
            text = say(
                "{endpoint} cannot answer now: {reason}",
                endpoint=event.endpoint,
                reason=event.reason,
            )
            if not event.endpoint:
                text = say("The local core cannot answer now: {reason}", reason=event.reason)
            return text, say("It is asked again in {seconds:.0f} s.", seconds=event.seconds)
        case PromptCut():
            text = say(
                "{endpoint} read only {read} of about {sent} tokens that were sent to it.",
                endpoint=event.endpoint,
                read=event.read,
                sent=event.sent,
            )
            step = say("Shorten the question, or let its server have a longer context.")
            return text, step
        case BudgetTold(is_spent=True):
            text = say("This month's budget of ${budget:.2f} is spent.", budget=event.budget)
            return text, say("Raise it in the settings, or use an endpoint that costs nothing.")
        case BudgetTold():
            text = say(
                "${spent:.2f} of this month's budget of ${budget:.2f} are spent.",
                spent=event.spent,
                budget=event.budget,
            )
            return text, say("You can change it in the settings, under Endpoints.")


def _no_answer(event: AnswerRerouted) -> Said:
    if not event.was_asked:
        return joined((event.reason,))
    if not event.source:
        return say("The local core did not answer: {reason}", reason=event.reason)
    return say("{endpoint} did not answer: {reason}", endpoint=event.source, reason=event.reason)


def _not_begun(event: AnswerRerouted) -> Said:
    if not event.source:
        return say(
            "The local core has not begun yet, so {other} is asked as well.", other=event.target
        )
    if not event.target:
        return say(
            "{endpoint} has not begun yet, so the local core is asked as well.",
            endpoint=event.source,
        )
    return say(
        "{endpoint} has not begun yet, so {other} is asked as well.",
        endpoint=event.source,
        other=event.target,
    )
