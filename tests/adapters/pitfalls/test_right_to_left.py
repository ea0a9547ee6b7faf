"""What reads from right to left is made a loop that does not; powers stay as they are."""

import pytest
from adapters.pitfalls.script_rules import offered

from spark_desktop.adapters.pitfalls.right_to_left import right_to_left

PYTHON = (
    """\
class Reader:
    def total(self):
        value = self.part()
        if self.peek() in ("+", "-"):
            sign = self.take()
            other = self.total()
            return value + other if sign == "+" else value - other
        return value
""",
    """\
class Reader:
    def total(self):
        value = self.part()
        while self.peek() in ("+", "-"):
            sign = self.take()
            other = self.part()
            value = value + other if sign == "+" else value - other
        return value
""",
)
TWO = (
    """\
def ratio(words):
    value = number(words)
    if words and words[0] == "/":
        words.pop(0)
        return value / ratio(words)
    if words and words[0] == "*":
        words.pop(0)
        return value * ratio(words)
    return value
""",
    """\
def ratio(words):
    value = number(words)
    while True:
        if words and words[0] == "/":
            words.pop(0)
            value /= number(words)
            continue
        if words and words[0] == "*":
            words.pop(0)
            value *= number(words)
            continue
        return value
""",
)
SCRIPT = (
    """\
class Reader {
  private sum(): number {
    const left = this.product();
    const sign = this.next();
    if (sign !== "-") return left;
    this.skip();
    return left - this.sum();
  }
}
""",
    """\
class Reader {
  private sum(): number {
    let left = this.product();
    for (;;) {
      const sign = this.next();
      if (sign !== "-") return left;
      this.skip();
      left -= this.product();
    }
  }
}
""",
)
TREE = (
    """\
function sum(p: Parser): Node {
  const left = product(p);
  if (p.peek() === "-") {
    p.skip();
    return { kind: "minus", left, right: sum(p) };
  }
  return left;
}
""",
    """\
function sum(p: Parser): Node {
  let left = product(p);
  while (p.peek() === "-") {
    p.skip();
    left = { kind: "minus", left, right: product(p) };
  }
  return left;
}
""",
)
GO = (
    """\
package a

func (p *parser) sum() (int, error) {
	left, err := p.product()
	if err != nil {
		return 0, err
	}
	if p.peek() == "-" {
		p.skip()
		right, err := p.sum()
		if err != nil {
			return 0, err
		}
		return left - right, nil
	}
	return left, nil
}
""",
    """\
package a

func (p *parser) sum() (int, error) {
	left, err := p.product()
	if err != nil {
		return 0, err
	}
	for p.peek() == "-" {
		p.skip()
		right, err := p.product()
		if err != nil {
			return 0, err
		}
		left -= right
	}
	return left, nil
}
""",
)
CPP = (
    """\
double Reader::sum() {
    const double left = product();
    const char sign = peek();
    if (sign != '+' && sign != '-') return left;
    skip();
    const double right = sum();
    return sign == '+' ? left + right : left - right;
}
""",
    """\
double Reader::sum() {
    double left = product();
    for (;;) {
        const char sign = peek();
        if (sign != '+' && sign != '-') return left;
        skip();
        const double right = product();
        left = sign == '+' ? left + right : left - right;
    }
}
""",
)
RIGHT = {
    "a power": PYTHON[0].replace('("+", "-")', '("**", "-")').replace("value - other", "value**2"),
    "sums only": PYTHON[0].replace('("+", "-")', '"+"').replace("value - other", "other"),
    "a loop": PYTHON[1],
    "no part that binds closer": PYTHON[0].replace("self.part()", "self.total()"),
    "nothing of itself": PYTHON[0].replace("other = self.total()", "other = self.part()"),
    "the rest has no part in it": "def count(words):\n    value = read(words)\n"
    '    if value == "-":\n        return count(words)\n    return value\n',
}


@pytest.mark.parametrize(
    ("path", "case"),
    [
        ("a.py", PYTHON),
        ("a.py", TWO),
        ("a.ts", SCRIPT),
        ("a.ts", TREE),
        ("a.go", GO),
        ("a.cpp", CPP),
    ],
)
def test_operators_of_one_rank_are_read_from_left_to_right(path, case):
    assert offered(right_to_left, case[0], path) == [case[1]]


def test_all_ranks_come_first():
    (every, first, second) = offered(right_to_left, f"{PYTHON[0]}\n\n{TWO[0]}", "a.py")
    assert every == f"{PYTHON[1]}\n\n{TWO[1]}"
    assert first == f"{PYTHON[1]}\n\n{TWO[0]}"
    assert second == f"{PYTHON[0]}\n\n{TWO[1]}"


@pytest.mark.parametrize("name", RIGHT)
def test_nothing_is_changed(name):
    assert offered(right_to_left, RIGHT[name], "a.py") == []
