"""Which endpoints there are, and who is asked first."""

from spark_desktop.domain.endpoint_book import EndpointBook
from spark_desktop.domain.endpoints import EndpointSpec, RemoteModel, WorkKind

FAST = EndpointSpec("fast", "Fast", "https://fast.example/v1", model="m")
SLOW = EndpointSpec("slow", "Slow", "https://slow.example/v1")


def test_who_has_set_up_nothing_uses_the_local_core():
    assert EndpointBook().order(WorkKind.CHAT) == ("local",)


def test_the_order_is_the_users_without_what_is_gone_or_named_twice():
    book = EndpointBook((FAST,)).with_order(WorkKind.CHAT, ("gone", "fast", "local", "fast"))
    assert book.order(WorkKind.CHAT) == ("fast", "local")
    assert book.order(WorkKind.EDIT) == ("local",)


def test_an_endpoint_is_changed_in_its_place():
    book = EndpointBook((FAST, SLOW)).with_spec(EndpointSpec("fast", "New", "https://new/v1"))
    assert [spec.title for spec in book.specs] == ["New", "Slow"]
    assert book.with_spec(EndpointSpec("third", "", "https://x")).specs[-1].id == "third"


def test_what_a_removed_one_alone_was_to_do_goes_to_the_core():
    book = EndpointBook((FAST, SLOW)).with_order(WorkKind.CHAT, ("fast",))
    book = book.with_order(WorkKind.EDIT, ("fast", "slow")).without("fast")
    assert book.spec("fast") is None
    assert (book.order(WorkKind.CHAT), book.order(WorkKind.EDIT)) == (("local",), ("slow",))


def test_a_taken_id_gets_a_number():
    book = EndpointBook((FAST,))
    assert (book.free_id("fast"), book.free_id("local"), book.free_id("x")) == (
        "fast-2",
        "local-2",
        "x",
    )


def test_patience_is_by_kind_of_work():
    book = EndpointBook().with_hedge(WorkKind.SUGGESTION, 0.5)
    assert book.hedge[WorkKind.SUGGESTION] == 0.5


def test_the_model_that_is_asked_need_not_be_a_known_one():
    assert FAST.chosen == RemoteModel("m")
    known = RemoteModel("m", context=9)
    assert EndpointSpec("x", "", "", model="m", models=(known,)).chosen is known
