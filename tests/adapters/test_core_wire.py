"""What our core is asked beyond what every server knows."""

from dataclasses import replace

from spark_desktop.adapters.core_wire import body_of
from spark_desktop.domain.completion import ChatRequest, InfillRequest, Message, ModelInfo, Role

MODEL = ModelInfo("m", context=8192, fim=True)
CHAT = ChatRequest((Message(Role.USER, "hi"),))


def test_a_seed_is_told_where_there_is_one():
    assert "seed" not in body_of(CHAT, MODEL, progress=False)
    assert body_of(replace(CHAT, seed=7), MODEL, progress=False)["seed"] == 7
    assert body_of(InfillRequest("a", "b", seed=0), MODEL, progress=False)["seed"] == 0


def test_the_likelihood_of_an_answer_is_asked_for_only_when_wanted():
    assert "logprobs" not in body_of(CHAT, MODEL, progress=False)
    assert body_of(replace(CHAT, likelihood=True), MODEL, progress=False)["logprobs"] is True
