"""Which tokens of an answer a predicted text would have brought."""

from inference_core.pacing.schedule import DRAFT
from inference_core.server.emulation.predicted import Predicted

CODE = "def add(first, second):\n    return first + second\n"


def follow(predicted, text, size=4):
    return [predicted.take(text[at : at + size], 1) for at in range(0, len(text), size)]


def test_without_a_prediction_nothing_is_accepted():
    predicted = Predicted("")
    assert follow(predicted, CODE) == [0] * 13
    assert (predicted.accepted, predicted.rejected) == (0, 0)


def test_an_answer_like_the_prediction_is_accepted_whole():
    predicted = Predicted(CODE)
    assert follow(predicted, CODE) == [1] * 13
    assert (predicted.accepted, predicted.rejected) == (13, 0)


def test_where_the_answer_leaves_it_the_rest_of_the_draft_is_rejected():
    predicted = Predicted(CODE)
    follow(predicted, "def add(" + "one, two")
    assert (predicted.accepted, predicted.rejected) == (2, DRAFT - 2)


def test_the_place_is_found_again_after_a_change():
    predicted = Predicted(CODE)
    taken = follow(predicted, CODE.replace("first + second", "second + first") + CODE)
    assert taken[:9] == [1] * 8 + [0]
    assert taken[-3:] == [1] * 3


def test_a_piece_of_several_tokens_counts_as_many():
    predicted = Predicted(CODE)
    assert predicted.take("def add", 3) == 3
    assert predicted.accepted == 3
