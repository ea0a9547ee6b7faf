"""Traps of Python in what is written out, in what order, and step by step.

Each marks what is exchanged: «old→new».
"""

import ast

import pytest

from tests.adapters.pitfalls.known_cases import both, offered

LITERALS = {
    "no comma between two texts": """
COLOURS = [
    "red",
    "green"«→,»
    "blue",
]
""",
    "no tuple": """
def is_open(day):
    return day in ("sunday"«→,»)
""",
    "a tuple": """
def size(self):
    self.width = «4,→4»
""",
    "no f": """
def greet(name):
    return «→f»"hello {name}!"
""",
    "a backspace for a bound": """
def count(text):
    return len(re.findall(«→r»"\\bcat\\b", text))
""",
    "flags for a count": """
def tidy(text):
    return re.sub("x+", "x", text, «→flags=»re.IGNORECASE)
""",
    "as much as it can": """
def tags(text):
    return re.findall(r"<(«.+→.+?»)>", text)
""",
    "any letter": """
def is_image(name):
    return re.fullmatch(r"\\w+«.→\\.»png", name)
""",
    "minutes for months": """
def name_of(day):
    return day.strftime("%Y-«%M→%m»-%d")
""",
    "months for minutes": """
def clock(at):
    return f"{at:%H:«%m→%M»}"
""",
    "the afternoon": """
def clock(at):
    return at.strftime("«%I→%H»:%M")
""",
    "a decimal of a float": """
def price(x):
    return Decimal(«x→str(x)») * 2
""",
    "a decimal that is written out": """
RATE = Decimal(«0.19→"0.19"»)
""",
    "a byte": """
def is_end(data, at):
    return data[«at→at:at + 1»] == b";"
""",
    "a tuple in a text": """
def told(place):
    return "at %s" % «place→(place,)»
""",
    "no parts": """
def tags(line):
    return line.split(",")«→ if line else []»
""",
}
ORDER = {
    "a wider bound first": """
def size(n):
    if n > «10→100»:
        return «"some"→"many"»
    elif n > «100→10»:
        return «"many"→"some"»
    return "few"
""",
    "a multiple of a multiple": """
def word(n):
    if «n % 5 == 0→n % 10 == 0»:
        return «1→2»
    elif «n % 10 == 0→n % 5 == 0»:
        return «2→1»
""",
    "a kind of the other": """
def told(x):
    if isinstance(x, «int→bool»):
        return «str(x)→"yes"»
    elif isinstance(x, «bool→int»):
        return «"yes"→str(x)»
""",
    "an error of the other": """
class Full(ValueError):
    pass


def put(x):
    try:
        go(x)
    except «ValueError→Full»:
        return «1→2»
    except «Full→ValueError»:
        return «2→1»
""",
    "both at once": """
def fib(n):
    a, b = 0, 1
    for _ in range(n):
        «a = b
        b = a + b→a, b = b, a + b»
    return a
""",
    "what is escaped twice": """
def escaped(text):
    return text.replace("«<→&»", "«&lt;→&amp;»").replace("«&→<»", "«&amp;→&lt;»")
""",
    "an order": """
def once(names):
    return list(«set→dict.fromkeys»(names))
""",
    "the defaults win": """
def options(given):
    return {**«given, **DEFAULTS→DEFAULTS, **given»}
""",
    "the defaults win, with a sign": """
def options(given):
    return «given | DEFAULTS→DEFAULTS | given»
""",
    "a default behind what is given": """
def options(given):
    return {«**given, "size": 3→"size": 3, **given»}
""",
    "the first part the other way round": """
def ranks(players):
    return sorted(players, key=lambda p: («→-»p.points, p.name)«, reverse=True→»)
""",
}
STEPS = {
    "one row for all": """
def table(rows):
    found = []
«    line = []
→»    for row in rows:
«→        line = []
»        for cell in row:
            line.append(cell)
        found.append(line)
    return found
""",
    "begun in each round": """
def total(rows):
«→    count = 0
»    for row in rows:
«        count = 0
→»        count += len(row)
    return count
""",
    "the last one": """
def total(rows):
    count = 0
    for row in rows:
        count «=→+=» row.n
    return count
""",
    "a sign on the wrong side": """
def step(self):
    self.at «=+→+=» 1
""",
    "an average": """
def middle(a, b):
    return «a + b→(a + b)» / 2
""",
    "a power below 0": """
def square(a):
    return «-a→(-a)» ** 2
""",
    "not of both": """
def f(a, b):
    return not «a or b→(a or b)»
""",
    "or before and": """
def f(a, b, c):
    return a and «b or c→(b or c)»
""",
    "all of a shift": """
def mask(n):
    return «1 << n→(1 << n)» - 1
""",
    "a choice of the end": """
def name(x, end):
    return x + «end if end else ""→(end if end else "")»
""",
    "the month behind December": """
def after(day):
    return date(«day.year, day.month + 1→day.year + day.month // 12, day.month % 12 + 1», 1)
""",
    "the month before January": """
def before(d):
    return d.replace(«→year=d.year + (d.month - 2) // 12, »month=«→(»d.month - «1→2) % 12 + 1»)
""",
    "some months later, by their names": """
def later(day, n):
    «→year, »month = «→day.year + (day.month - 1 + n) // 12, (»day.month «→- 1 »+ n«→) % 12 + 1»
    last = monthrange(«day.year→year», month)[1]
    return day.replace(«→year=year, »month=month, day=min(day.day, last))
""",
    "months": """
def month(now, n):
    return (now + n«→ - 1») % 12«→ + 1»
""",
    "letters of a word": """
def all_of(people):
    names = []
    for one in people:
        names« += one.name→.append(one.name)»
    return names
""",
    "a set of one word": """
def start():
    return «set("ab")→{"ab"}»
""",
    "read from a closed file": """
def lines(path):
    with open(path) as file:
        return «(x.strip() for x in file)→[x.strip() for x in file]»
""",
    "a view": """
def changed(self):
    before = «self.parts.keys()→set(self.parts.keys())»
    self.load()
    return self.parts.keys() - before
""",
    "a property of itself": """
class Box:
    def __init__(self):
        self._size = 1

    @property
    def size(self):
        return self.«size→_size»
""",
    "the first that is equal": """
def places(words):
    found = []
    for «word in words→index, word in enumerate(words)»:
        found.append((«words.index(word)→index», word))
    return found
""",
    "the largest below 0": """
def largest(xs):
    best = «0→None»
    for x in xs:
        if «x→best is None or x» > best:
            best = x
    return «→0 if best is None else »best
""",
    "a function of each round": """
def steps(names):
    found = []
    for name in names:
        def step(x«→, name=name»):
            return x + name
        found.append(step)
    return found
""",
    "a list that is nowhere": """
def put(self, key, x):
    self.kept.«get→setdefault»(key, []).append(x)
""",
    "a part of a word": """
def is_in(word, text):
    return word in text«→.split()»
""",
    "down to the first": """
def back(n):
    return [i for i in range(n, 0«→, -1»)]
""",
    "the first one, too": """
def back(n):
    return [i for i in range(n, «0→-1», -1)]
""",
    "cut off, not down": """
def share(a, b):
    return «a // b→int(a / b)»
""",
}
ALL = {**LITERALS, **ORDER, **STEPS}
QUIET = {
    "a text over several lines": 'A = [\n    "one "\n    "two",\n    "three",\n]\n',
    "a text of several, in brackets": 'A = ["x", ("one" "two")]\n',
    "a template": 'def f(a):\n    text = "{a}"\n    return text.format(a=a)\n',
    "braces of another": 'def f(a):\n    return "{b}"\n',
    "a raw pattern": 'def f(a):\n    return re.compile(r"\\bx\\b")\n',
    "a clock of twelve hours": 'def f(a):\n    return a.strftime("%I:%M %p %m/%d")\n',
    "bounds in their order": (
        "def f(n):\n    if n > 100:\n        return 1\n    elif n > 10:\n        return 2\n"
    ),
    "errors in their order": (
        "def f():\n    try:\n        go()\n    except KeyError:\n        a()\n"
        "    except Exception:\n        b()\n"
    ),
    "a step of the way": "def f(x):\n    y = x.a\n    z = y.b\n    return z\n",
    "letters in their order": (
        'def f(x):\n    return x.replace("&", "&amp;").replace("<", "&lt;")\n'
    ),
    "a list that is added": "def f(a):\n    a += [1]\n    return a\n",
    "a month alone": "def f(day):\n    month = day.month + 1\n    return month\n",
    "a state of the loop": (
        "def f(xs):\n    at = 0\n    for x in xs:\n        use(at)\n        at = step(x)\n"
    ),
    "a value begun anew": (
        "def f(xs):\n    part = []\n    for x in xs:\n        if x:\n            part = []\n"
    ),
    "a counter of all rounds": (
        "def f(xs):\n    n = 0\n    for x in xs:\n        show(n, x)\n        n += 1\n"
    ),
    "a list that is not put away": (
        "def f(ys):\n    xs = []\n    for y in ys:\n        xs.append(y)\n        show(xs)\n"
    ),
    "lines of one text": 'A = ["a\\n"\n    "b", "c"]\n',
    "a property that is kept nowhere": (
        "class A:\n    @property\n    def size(self):\n        return self.other\n"
    ),
}
NEVER = {
    "a month alone": "year",
    "a state of the loop": "+= step",
    "a value begun anew": "+= []",
    "a counter of all rounds": "        n = 0",
    "a list that is not put away": "        xs = []",
    "lines of one text": '",\n    "b',
    "a text over several lines": '",\n    "two',
    "a text of several, in brackets": '"one",',
    "a template": 'f"',
    "braces of another": 'f"',
    "a raw pattern": "rr",
    "a clock of twelve hours": "%H",
    "bounds in their order": "if n > 10:\n        return 2\n    elif",
    "errors in their order": "except Exception:\n        b()\n    except",
    "a step of the way": "y, z =",
    "letters in their order": '"<", "&lt;").replace("&"',
    "a list that is added": "append",
    "a property that is kept nowhere": "_",
}


@pytest.mark.parametrize("name", ALL)
def test_what_is_meant_is_tried(name):
    before, after = both(ALL[name])
    found = offered("a.py", before)
    assert after in found
    for one in found:
        ast.parse(one)


@pytest.mark.parametrize("name", ALL)
def test_lines_end_as_they_do(name):
    before, after = (one.replace("\n", "\r\n") for one in both(ALL[name]))
    found = offered("a.py", before)
    assert after in found
    assert not any("\n" in one.replace("\r\n", "") for one in found)


@pytest.mark.parametrize("name", QUIET)
def test_what_is_right_is_left(name):
    assert not any(NEVER[name] in one for one in offered("a.py", QUIET[name]))
