"""Which of several answers is shown."""

from spark_desktop.domain.choosing import Vote, chosen


def test_the_answer_that_most_agree_with_is_chosen():
    choice = chosen([Vote("a"), Vote("b"), Vote("b")], asked=3)
    assert (choice.place, choice.agreeing, choice.asked) == (1, 2, 3)


def test_of_two_lonely_answers_the_likelier_is_chosen():
    assert chosen([Vote("a", -0.5), Vote("b", -0.1)], asked=2).place == 1


def test_the_first_is_chosen_where_nothing_tells_them_apart():
    assert chosen([Vote("a"), Vote("b")], asked=4).place == 0
    assert chosen([Vote("a"), Vote("a")], asked=2).place == 0


def test_answers_that_failed_count_as_asked():
    choice = chosen([Vote("a", -0.3)], asked=3)
    assert (choice.agreeing, choice.asked) == (1, 3)
