"""The items over the composer's text, as they are shown."""

from dataclasses import dataclass

from spark_desktop.domain.context_item import ItemRef
from spark_desktop.domain.errors import UnconfirmedSecretError
from spark_desktop.services.preview import ItemFacts
from spark_desktop.viewmodels.gauge import tokens_of
from spark_desktop.viewmodels.translation import in_language, tr


@dataclass(frozen=True, slots=True)
class Chip:
    """An item over the text: its name, its tokens ("~1.2k"), and why it cannot go, if so.

    ``waits`` says that it looks like a secret, and goes once the user confirms it.
    """

    ref: ItemRef
    label: str
    tokens: str
    tooltip: str
    problem: str = ""
    waits: bool = False


def chip_of(ref: ItemRef, facts: ItemFacts | None) -> Chip:
    """Return an item's chip, with what is known of it (None: nothing yet)."""
    label = in_language(ref.label)
    where = ref.path or label
    if facts is None:
        return Chip(ref, label, "", where)
    if isinstance(facts.error, UnconfirmedSecretError):
        step = tr("Allow it to be sent, or remove it.")
        problem = f"{in_language(facts.error.message)} {step}"
        return Chip(ref, label, "", problem, problem, waits=True)
    if facts.error is not None:
        problem = f"{in_language(facts.error.message)} {in_language(facts.error.next_step)}"
        return Chip(ref, label, "", problem, problem)
    tokens = tokens_of(facts.tokens, facts.is_exact)
    lines = [tr("{name}: {tokens} tokens", name=where, tokens=tokens)]
    lines += [in_language(note) for note in facts.notes]
    return Chip(ref, label, tokens, "\n".join(lines))
