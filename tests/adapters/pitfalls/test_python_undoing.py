"""A loop that refuses an element leaves nothing half done: on a copy, where it is sure of what."""

import pytest
from adapters.pitfalls.known_cases import both
from adapters.pitfalls.script_rules import offered

from spark_desktop.adapters.pitfalls.python_undoing import left_half_done

WRONG = {
    "a number for each": """
class Store:
    def __init__(self):
        self._stock = {}

    def take(self, order):
«→        stock = dict(self._stock)
»        for name, count in order.items():
            if «self._stock→stock».get(name, 0) < count:
                raise ValueError(name)
            «self._stock→stock»[name] -= count
«→        self._stock = stock
»        return len(order)
""",
    "two of them": """
class Room:
    def __init__(self):
        self.guests = []
        self.seats: set[int] = set()

    def seat(self, guests, seats):
        free = seats
«→        new_guests = list(self.guests)
        new_seats = set(self.seats)
»        for guest, seat in zip(guests, seats):
            if seat in «self.seats→new_seats»:
                return False
            «self.guests→new_guests».append(guest)
            «self.seats→new_seats».add(seat)
«→        self.guests = new_guests
        self.seats = new_seats
»        return True
""",
}
MADE = both(WRONG["a number for each"])[0]
RIGHT = {
    "nothing is refused": MADE.replace("raise ValueError(name)", "continue"),
    "put back": MADE.replace(
        "        for",
        "        try:\n            ready()\n        finally:\n            pass\n        for",
    ),
    "no kind is known": MADE.replace("self._stock = {}", "self._stock = stock_of()"),
    "a method of its own": MADE.replace("raise", "self.log(name)\n                raise"),
    "nothing is changed": MADE.replace("self._stock[name] -= count", "print(count)"),
    "what is given": MADE.replace("self._stock[name] -=", "order[name] -="),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_copy_is_changed_first(name):
    before, after = both(WRONG[name])
    assert offered(left_half_done, before, "a.py") == [after]


@pytest.mark.parametrize("name", RIGHT)
def test_nothing_is_changed(name):
    assert offered(left_half_done, RIGHT[name], "a.py") == []
