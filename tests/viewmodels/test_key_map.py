from spark_desktop.viewmodels.key_map import Clash, clashes, is_letter

KEYS = {
    "ask": ("Ctrl+L",),
    "edit": ("Ctrl+E", "Ctrl+L"),
    "undo": ("Ctrl+Z",),
    "copy": ("Ctrl+C",),
    "chord": ("Ctrl+E, Ctrl+S",),
    "free": ("A",),
}


def test_a_key_of_two_actions_clashes_on_both_sides() -> None:
    assert clashes("ask", KEYS["ask"], KEYS) == [Clash("Ctrl+L", "edit")]
    assert Clash("Ctrl+L", "ask") in clashes("edit", KEYS["edit"], KEYS)


def test_the_first_stroke_of_a_chord_clashes_with_the_same_key_alone() -> None:
    assert clashes("chord", KEYS["chord"], KEYS) == [Clash("Ctrl+E, Ctrl+S", "edit")]


def test_a_key_that_text_fields_take_is_told() -> None:
    (clash,) = clashes("copy", KEYS["copy"], KEYS)
    assert (clash.other, clash.fixed) == (None, "copies")


def test_undo_shares_its_key_with_the_undo_of_typing() -> None:
    assert clashes("undo", KEYS["undo"], KEYS) == []
    assert len(clashes("ask", ["Ctrl+Z"], KEYS)) == 2


def test_accepting_everything_shares_its_key_with_sending() -> None:
    assert clashes("accept_all", ["Ctrl+Return", "Ctrl+Enter"], KEYS) == []
    assert clashes("ask", ["Ctrl+Return"], KEYS) != []


def test_letters_are_what_types() -> None:
    assert [is_letter(key) for key in ("A", "Shift+A", "?", "Ctrl+A", "F5")] == [
        True,
        True,
        True,
        False,
        False,
    ]
