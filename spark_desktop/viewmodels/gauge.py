"""How full the model's context would be, and what would be left out of it."""

from dataclasses import dataclass

from spark_desktop.domain.prompt_plan import LeftOut, Plan
from spark_desktop.services.preview import Preview
from spark_desktop.viewmodels.amounts import tokens_text
from spark_desktop.viewmodels.translation import in_language, number_text, tr

# Names listed before the rest is only counted.
_NAMES = 3


@dataclass(frozen=True, slots=True)
class Gauge:
    """``shares`` of the context: system, history, items, question, kept for the answer.

    ``text`` is "3.1k / 32k", with "~" before what is estimated; ``left_out`` is a line for the
    user, empty where all is sent; ``problem`` says why nothing can be.
    """

    text: str = ""
    shares: tuple[float, ...] = ()
    tooltip: str = ""
    left_out: str = ""
    problem: str = ""


def gauge_of(preview: Preview | None) -> Gauge:
    """Return what the gauge shows; an empty one while no model is ready."""
    if preview is None:
        return Gauge()
    if preview.error is not None:
        error = preview.error
        return Gauge(problem=f"{in_language(error.message)} {in_language(error.next_step)}".strip())
    plan = preview.plan
    if plan is None:
        return Gauge()
    parts = (plan.system, plan.history, plan.items, plan.question, plan.answer)
    mark = "" if preview.is_exact else "~"
    return Gauge(
        f"{mark}{tokens_text(plan.prompt)} / {tokens_text(plan.context)}",
        tuple(part / plan.context for part in parts),
        _tooltip(plan, preview, mark),
        _left_out(plan, preview.left_turns),
    )


def tokens_of(count: int, is_exact: bool) -> str:
    """Return a number of tokens, with "~" before an estimate."""
    return tokens_text(count) if is_exact else f"~{tokens_text(count)}"


def _tooltip(plan: Plan, preview: Preview, mark: str) -> str:
    def amount(count: int) -> str:
        return f"{mark}{number_text(count, ',')}"

    system = tr("system and summary") if preview.summed_turns else tr("system")
    lines = [
        tr("Tokens of the next prompt:"),
        f"{system}: {amount(plan.system)}",
        tr("earlier turns: {tokens}", tokens=amount(plan.history)),
        tr("files and other items: {tokens}", tokens=amount(plan.items)),
        tr("the question: {tokens}", tokens=amount(plan.question)),
        tr("kept for the answer: {tokens}", tokens=number_text(plan.answer, ",")),
        tr("the model's context: {tokens}", tokens=number_text(plan.context, ",")),
    ]
    if mark:
        lines.append(tr("~ is an estimate by size; the rest was counted by the model."))
    return "\n".join(lines)


def _left_out(plan: Plan, left_turns: int) -> str:
    names = [_left_item(left) for left in plan.left_out]
    if left_turns:
        names.insert(0, tr("%n earlier turn(s)", "", left_turns))
    if not names:
        return ""
    shown = ", ".join(names[:_NAMES])
    if len(names) > _NAMES:
        more = tr("%n more", "", len(names) - _NAMES)
        shown = f"{shown}, {more}"
    return tr("Left out: {names}", names=shown)


def _left_item(left: LeftOut) -> str:
    label = in_language(left.item.ref.label)
    return f"{label} {in_language(left.text)}" if left.lines else label
