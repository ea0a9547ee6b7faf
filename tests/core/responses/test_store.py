"""The memory for responses: bounded, and nobody is charged twice."""

from hypothesis import given
from hypothesis import strategies as st

from inference_core.domain.chat import ChatMessage, ToolCall
from inference_core.server.responses.store import ResponseStore, Stored


def record(name, *messages, size=10):
    return Stored(name, b"x" * size, b"", messages, 1)


def test_a_response_is_there_until_it_is_removed():
    store = ResponseStore()
    one = record("one")
    store.add(one)
    assert store.get("one") is one
    assert store.remove("one")
    assert store.get("one") is None
    assert not store.remove("one")
    assert store.held_bytes == 0


def test_the_oldest_is_forgotten_first():
    store = ResponseStore(count=2)
    for name in ("one", "two", "three"):
        store.add(record(name))
    assert [store.get(name) is None for name in ("one", "two", "three")] == [True, False, False]


def test_bytes_are_a_limit_too():
    store = ResponseStore(limit_bytes=25)
    for name in ("one", "two", "three"):
        store.add(record(name))
    assert store.get("one") is None
    assert (len(store), store.held_bytes) == (2, 20)


def test_what_is_larger_than_the_whole_memory_is_not_kept():
    store = ResponseStore(limit_bytes=25)
    store.add(record("one", size=26))
    assert (len(store), store.held_bytes) == (0, 0)


def test_a_conversation_goes_on_when_its_beginning_is_forgotten():
    store = ResponseStore(count=1)
    said = (ChatMessage("user", "hi"),)
    store.add(record("one", *said))
    more = (*said, ChatMessage("assistant", "Hello"))
    store.add(record("two", *more))
    assert store.get("one") is None
    assert store.get("two").messages == more


def test_a_message_in_many_responses_is_counted_once():
    message = ChatMessage("user", "x" * 1000)
    alone = ResponseStore()
    alone.add(record("one", message))
    shared = ResponseStore()
    for name in ("one", "two", "three"):
        shared.add(record(name, message))
    assert shared.held_bytes == alone.held_bytes + 20


def test_calls_are_counted():
    store = ResponseStore()
    store.add(record("one", ChatMessage("assistant", "", (ToolCall("c", "n", "x" * 5000),))))
    assert store.held_bytes > 5000


MESSAGES = [ChatMessage("user", "x" * size) for size in (1, 10, 100, 1000)]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove"]),
        st.sampled_from("abcdef"),
        st.lists(st.sampled_from(MESSAGES), max_size=4),
        st.integers(0, 500),
    )
)


@given(STEPS)
def test_the_limits_hold_and_the_count_of_bytes_is_true(steps):
    store = ResponseStore(count=3, limit_bytes=4000)
    for kind, name, messages, size in steps:
        if kind == "add":
            store.add(record(name, *messages, size=size))
        else:
            store.remove(name)
        assert len(store) <= 3
        assert store.held_bytes <= 4000
    fresh = ResponseStore()
    for name in "abcdef":
        if (kept := store.get(name)) is not None:
            fresh.add(kept)
    assert fresh.held_bytes == store.held_bytes
