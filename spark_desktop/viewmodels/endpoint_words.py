"""Kinds of work, amounts of money and prices in words."""

from collections.abc import Callable

from spark_desktop.domain.endpoint_book import LOCAL, EndpointBook
from spark_desktop.domain.endpoints import Price, WorkKind
from spark_desktop.viewmodels.translation import number_text, tr


def kind_text(kind: WorkKind) -> str:
    """Return what a kind of work is called."""
    return _KINDS[kind]()


def local_title() -> str:
    """Return what the local core is called among the endpoints."""
    return tr("Local core")


def dollars_text(dollars: float | None) -> str:
    """Return an amount: $12.30, $0.0042; says where it is not known."""
    if dollars is None:
        return tr("not known")
    if dollars and dollars < 0.01:
        return tr("${dollars:,.4f}", dollars=dollars)
    return tr("${dollars:,.2f}", dollars=dollars)


def price_text(price: Price | None) -> str:
    """Return what a million tokens cost, in and out."""
    if price is None:
        return tr("not known")
    return tr(
        "${inwards} / ${outwards}",
        inwards=number_text(price.input, ",.2f"),
        outwards=number_text(price.output, ",.2f"),
    )


def price_tip(price: Price | None) -> str:
    """Return what the price means, of when it is, and who says so."""
    if price is None:
        return tr("Nobody has told this model's price. Its answers are not counted as free.")
    return tr(
        "US dollars for a million tokens, prompt / answer; as of {day}, from {source}",
        day=price.as_of.isoformat(),
        source=price.source,
    )


def title_of(endpoint_id: str, book: EndpointBook) -> str:
    """Return what an endpoint is called; one that was removed goes by its id."""
    if endpoint_id == LOCAL:
        return local_title()
    spec = book.spec(endpoint_id)
    return endpoint_id if spec is None else spec.title


_KINDS: dict[WorkKind, Callable[[], str]] = {
    WorkKind.SUGGESTION: lambda: tr("Suggestions"),
    WorkKind.CHAT: lambda: tr("Chat"),
    WorkKind.EDIT: lambda: tr("Edits"),
}
