"""Small files in several languages, which ``record_answers`` has models edit."""

CART = '''\
"""What a customer wants to buy."""

from dataclasses import dataclass, field


@dataclass
class Line:
    name: str
    price: float
    quantity: int = 1


@dataclass
class Cart:
    lines: list[Line] = field(default_factory=list)

    def add(self, name, price, quantity=1):
        for line in self.lines:
            if line.name == name:
                line.quantity += quantity
                return
        self.lines.append(Line(name, price, quantity))

    def total(self):
        amount = 0
        for line in self.lines:
            amount += line.price * line.quantity
        return amount

    def remove(self, name):
        self.lines = [line for line in self.lines if line.name != name]
'''

FORMAT = """\
// Texts for the list of orders.

export function money(cents) {
  return "$" + (cents / 100).toFixed(2);
}

export function heading(order) {
  var parts = "Order " + order.id;
  if (order.customer) {
    parts = parts + " for " + order.customer.name;
  }
  return parts + " (" + money(order.total) + ")";
}

// Turns "Red Shoes, size 9" into "red-shoes-size-9" for an address.
export function slugify(title) {
  // TODO
}
"""

GEOMETRY = """\
//! Shapes on a plane.

#[derive(Debug, Clone, Copy)]
pub struct Rectangle {
    pub width: f64,
    pub height: f64,
}

impl Rectangle {
    pub fn new(width: f64, height: f64) -> Self {
        Rectangle { width, height }
    }

    pub fn area(&self) -> f64 {
        self.width * self.height
    }
}
"""

STYLES = """\
body {
  margin: 0;
  font-family: sans-serif;
}

.button {
  padding: 4px 8px;
  border: 1px solid #888;
  background: #eee;
}

.button:hover {
  background: #ddd;
}
"""

README = """\
# Shop

A small shop for the command line.

## Installing

```sh
pip install shop
```

## Using it

Write `shop list` for what there is, and `shop buy NAME` to buy it.
"""

# A file from Windows: its lines end with CR LF.
DATES = """\
\"\"\"Dates as people write them.\"\"\"

from datetime import date


def parse(text):
    year, month, day = text.split("-")
    return date(int(year), int(month), int(day))


def show(day):
    return f"{day.year}-{day.month}-{day.day}"
""".replace("\n", "\r\n")

# Go is indented with tabs.
QUEUE = """\
package queue

type Queue struct {
	items []string
}

func (q *Queue) Push(item string) {
	q.items = append(q.items, item)
}

func (q *Queue) Pop() string {
	if len(q.items) == 0 {
		panic("queue is empty")
	}
	item := q.items[0]
	q.items = q.items[1:]
	return item
}
"""

WORDS = '''\
"""Counts words."""


def word_counts(text: str) -> dict[str, int]:
    """Return how often each word is in the text, in lower case, without punctuation."""
    pass


def longest(words: list[str]) -> str:
    return max(words, key=len)
'''

CART_TESTS = """\
from shop.cart import Cart


def test_the_total_is_the_sum_of_all_lines():
    cart = Cart()
    cart.add("tea", 3.0, 2)
    cart.add("cake", 2.5)
    assert cart.total() == 8.5
"""

# Longer than what a model that finds places is asked to write anew.
UNITS = (
    '''\
"""Lengths, in metres, and how they are written."""

INCH = 0.0254
FOOT = 0.3048
YARD = 0.9144
MILE = 1609.344
LEAGUE = 4828.032


def written(metres):
    """Return a length with its unit."""
    if metres >= 1000:
        return f"{metres / 1000} km"
    return f"{metres} m"
'''
    + "".join(
        f'''

def {name}_from_metres(metres):
    """Return a length in {name}."""
    return metres / {unit}


def metres_from_{name}({name}):
    """Return a length in metres."""
    return {name} * {unit}
'''
        for name, unit in (
            ("inches", "INCH"),
            ("feet", "FOOT"),
            ("yards", "YARD"),
            ("miles", "MILE"),
            ("leagues", "LEAGUE"),
        )
    )
    + "".join(
        f'''

def is_longer_than_a_{name}(metres):
    """Return whether a length is more than one {name}."""
    return metres > {name.upper()}
'''
        for name in ("foot", "yard", "mile", "league")
    )
)

SAMPLES = {
    "shop/cart.py": CART,
    "web/format.js": FORMAT,
    "src/geometry.rs": GEOMETRY,
    "web/main.css": STYLES,
    "README.md": README,
    "shop/dates.py": DATES,
    "queue/queue.go": QUEUE,
    "tools/words.py": WORDS,
    "tests/test_cart.py": CART_TESTS,
    "tools/primes.py": "",
    "src/stack.rs": "",
    "tools/units.py": UNITS,
}
