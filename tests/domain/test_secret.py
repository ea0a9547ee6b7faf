"""A key shows itself only where it is asked to."""

import copy
import pickle

import pytest

from spark_desktop.domain.secret import Secret

KEY = "sk-canary-1234"


def test_only_reveal_tells_the_text():
    secret = Secret(KEY)
    assert secret.reveal() == KEY
    assert KEY not in f"{secret} {secret!r} {[secret]}"


def test_it_is_written_nowhere():
    with pytest.raises(TypeError, match="not written"):
        pickle.dumps(Secret(KEY))
    with pytest.raises(TypeError, match="not written"):
        copy.copy(Secret(KEY))


def test_equal_texts_are_equal_and_an_empty_one_is_none_at_all():
    assert Secret(KEY) == Secret(KEY) != Secret("other")
    assert hash(Secret(KEY)) == hash(Secret(KEY))
    assert Secret(KEY) != KEY
    assert Secret(KEY)
    assert not Secret("")
