"""The engine's process from inside: what its texts wait for, and what becomes of cancelled ones."""

import threading
from types import SimpleNamespace

import pytest
from engine_fakes import FakeDecoder

from inference_core.domain.generation import GenerationRequest, Sampling, TokenPrompt
from inference_core.engine.drafting import StepCosts
from inference_core.engine.host import Host
from inference_core.engine.host_wire import request_json
from inference_core.engine.scheduler import Limits

LONG = "x" * 1000


class GatedDecoder(FakeDecoder):
    """Cuts long texts only when ``gate`` is open; ``cut`` keeps the lengths of what it cut."""

    def __init__(self):
        super().__init__()
        self.gate = threading.Event()
        self.begun = threading.Event()
        self.texts = []

    def tokenize(self, text, special):
        if text == "broken":
            raise ZeroDivisionError
        if len(text) >= len(LONG):
            self.begun.set()
            self.gate.wait()
        self.texts.append(len(text))
        return super().tokenize(text, special)


class Channel:
    """Keeps what the host says; ``wait`` until it says something of a kind."""

    def __init__(self):
        self.said = []
        self._changed = threading.Condition()

    def say(self, message):
        with self._changed:
            self.said.append(message)
            self._changed.notify_all()

    def wait(self, condition):
        with self._changed:
            self._changed.wait_for(lambda: any(map(condition, self.said)), 20)
        return [message for message in self.said if condition(message)]


@pytest.fixture
def world():
    decoder, channel = GatedDecoder(), Channel()
    yield SimpleNamespace(
        decoder=decoder, channel=channel, host=Host(decoder, Limits(), StepCosts(), channel)
    )
    decoder.gate.set()


def tokenize(number, text):
    long = len(text) >= len(LONG)
    return {"op": "tokenize", "id": number, "text": text, "special": False, "long": long}


def answers(number):
    return lambda message: message.get("answer") == number and "part" not in message


def test_a_short_text_does_not_wait_for_long_ones(world):
    for number in (1, 2, 3):
        world.host.receive(tokenize(number, LONG))
    world.decoder.begun.wait()
    world.host.receive(tokenize(4, "ab"))
    assert world.channel.wait(answers(4)) == [{"answer": 4, "done": True}]
    assert world.decoder.texts == [2]


def test_long_texts_that_are_cancelled_before_their_turn_are_never_cut(world):
    for number in (1, 2, 3, 4):
        world.host.receive(tokenize(number, LONG))
    world.decoder.begun.wait()
    for number in (2, 3):
        world.host.receive({"op": "cancel", "id": number})
    assert world.host._long_texts.waiting == [4]
    world.decoder.gate.set()
    world.channel.wait(answers(4))
    assert world.decoder.texts == [len(LONG)] * 2


def test_nothing_is_told_of_a_text_that_is_cancelled_while_it_is_cut(world):
    world.host.receive(tokenize(1, LONG))
    world.decoder.begun.wait()
    world.host.receive({"op": "cancel", "id": 1})
    world.host.receive(tokenize(2, LONG))
    world.decoder.gate.set()
    world.channel.wait(answers(2))
    assert {message["answer"] for message in world.channel.said} == {2}


def test_requests_that_were_refused_are_forgotten(world):
    refused = request_json(GenerationRequest(TokenPrompt((1,) * 999)))
    for number in range(1, 6):
        world.host.receive({"op": "start", "id": number, "request": refused, "long": False})
    world.host.receive(tokenize(6, "ab"))
    world.channel.wait(answers(6))
    assert sum("events" in message for message in world.channel.said) == 5
    world.host.receive(tokenize(7, "ab"))
    world.channel.wait(answers(7))
    assert world.host._working <= {7}


def test_a_fault_while_a_text_is_cut_is_told_and_the_next_one_is_cut(world, capsys):
    world.host.receive(tokenize(1, "broken"))
    world.host.receive(tokenize(2, "ab"))
    assert "ZeroDivisionError" in world.channel.wait(answers(1))[0]["error"]["message"]
    assert world.channel.wait(answers(2)) == [{"answer": 2, "done": True}]
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_request_that_has_its_place_hears_so_before_its_turn(world):
    host = Host(world.decoder, Limits(parallel=1), StepCosts(), world.channel)
    request = request_json(GenerationRequest(TokenPrompt((5, 6, 7)), Sampling(max_tokens=3)))
    for number in (1, 2):
        host.receive({"op": "start", "id": number, "request": request, "long": False})
    host.receive(tokenize(3, "ab"))
    # Both have been prepared.
    world.channel.wait(answers(3))
    running = threading.Thread(target=host.run)
    running.start()
    world.channel.wait(lambda message: [2, "f"] in [each[:2] for each in events_of(message)])
    host.receive({"op": "close"})
    running.join()
    events = [event for message in world.channel.said for event in events_of(message)]
    assert events.index([2, "p", 3, 0, 0]) < [event[:2] for event in events].index([1, "f"])


def test_a_request_that_is_refused_hears_only_that(world):
    host = Host(world.decoder, Limits(parallel=1, queue=0), StepCosts(), world.channel)
    request = request_json(GenerationRequest(TokenPrompt((5, 6, 7)), Sampling(max_tokens=3)))
    for number in (1, 2):
        host.receive({"op": "start", "id": number, "request": request, "long": False})
    host.receive(tokenize(3, "ab"))
    world.channel.wait(answers(3))
    running = threading.Thread(target=host.run)
    running.start()
    world.channel.wait(lambda message: [1, "f"] in [each[:2] for each in events_of(message)])
    host.receive({"op": "close"})
    running.join()
    events = [event for message in world.channel.said for event in events_of(message)]
    assert [event[1] for event in events if event[0] == 2] == ["e"]


def events_of(message):
    return message.get("events", ())
