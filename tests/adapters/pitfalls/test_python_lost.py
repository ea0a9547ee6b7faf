"""Traps of Python in what is lost: results, the last group, and what was to be undone.

Each marks what is exchanged: «old→new».
"""

import ast

import pytest

from tests.adapters.pitfalls.known_cases import both, offered

MENDED = {
    "a path that is not given": """
def way(room, wanted):
    if room.name == wanted:
        return (room.name,)
    for door in room.doors:
        if found := way(door, wanted):
            «→return »(room.name, *found)
    return None
""",
    "an error that is not raised": """
def take(self, n):
    if n > self.left:
        «→raise »ValueError(f"only {self.left}")
    self.left -= n
""",
    "a method that is not called": """
def end(self):
    self.file.close«→()»
    self.is_open = False
""",
    "compared, not set": """
def reset(self):
    self.level «==→=» 0
    self.log("reset")
""",
    "added, not kept": """
def sum_up(xs):
    total = 0
    for x in xs:
        total «+→+=» x
    return total
""",
    "texts that stay as they are, all at once": """
def tidy(text):
    «→text = »text.strip()
    «→text = »text.replace("\\t", " ")
    return text
""",
    "a time that stays as it is": """
def noon(day):
    «→day = »day.replace(hour=12)
    return day
""",
    "a set that stays as it is": """
def all_of(groups):
    found = set()
    for group in groups:
        found.«union→update»(group)
    return found
""",
    "a list that is sorted and lost": """
def first(xs):
    «→xs = »sorted(xs)
    return xs[0]
""",
    "what append gives": """
def add(names, name):
    «names = →»names.append(name)
    return names
""",
    "what update gives": """
def merged(own, other):
    both = dict(own)
    «return →»both.update(other)«→
    return both»
""",
    "a generator of its own": """
def walk(tree):
    yield tree.name
    for part in tree.parts:
        «→yield from »walk(part)
""",
    "a generator in a generator": """
def walk(tree):
    yield tree.name
    for part in tree.parts:
        yield «→from »walk(part)
""",
    "a list of the parts": """
def names(tree):
    found = [tree.name]
    for part in tree.parts:
        «→found += »names(part)
    return found
""",
    "a set of the parts": """
def names(tree):
    found = set()
    for part in tree.parts:
        «→found |= »names(part)
        found.add(part.name)
    return found
""",
    "what is gone from a copy": """
class Shop:
    def drop(self, order):
        if order not in self.orders:
            return False
        self.orders.remove(order)
        self.tell(order)
        return True

    def drop_old(self):
        for order in «self.orders→list(self.orders)»:
            «self.drop(order)→if self.drop(order):»
            «→    »self.dropped.append(order)
""",
    "a question that is not asked": """
class Box:
    def is_empty(self):
        return not self.things

    def close(self):
        if self.is_empty«→()»:
            self.state = 1
""",
    "a text's method that is not called": """
def same(a, b):
    return a.lower«→()» == b.lower()
""",
    "what a manager undoes": """
@contextlib.contextmanager
def dimmed(lamp):
    before = lamp.level
    lamp.set(1)
«    yield lamp
    lamp.set(before)
    lamp.note("bright")→    try:
        yield lamp
    finally:
        lamp.set(before)
        lamp.note("bright")»
""",
    "what an async manager undoes, beside what is for success": """
@asynccontextmanager
async def work(db):
    async with db.lock:
        one = await db.begin()
«        yield one
        await one.commit()
        await one.close()→        try:
            yield one
            await one.commit()
        finally:
            await one.close()»
""",
    "a value that is put back": """
def quietly(self, work):
    before = self.volume
    self.volume = 0
«    result = work(self)
    self.volume = before→    try:
        result = work(self)
    finally:
        self.volume = before»
    return result
""",
    "a flag": """
def save(self):
    self.is_busy = True
«    self.write()
    self.is_busy = False→    try:
        self.write()
    finally:
        self.is_busy = False»
""",
    "a depth": """
def visit(self, tree):
    self.depth += 1
«    self.each(tree)
    self.depth -= 1→    try:
        self.each(tree)
    finally:
        self.depth -= 1»
""",
    "a lock": """
def add(self, x):
    self.lock.acquire()
«    self.check(x)
    self.lock.release()→    try:
        self.check(x)
    finally:
        self.lock.release()»
""",
    "a folder": """
def build(path):
    before = os.getcwd()
    os.chdir(path)
«    make()
    os.chdir(before)→    try:
        make()
    finally:
        os.chdir(before)»
""",
    "the last block of lines": """
def blocks(lines):
    found, block = [], []
    for line in lines:
        if line:
            block.append(line)
        elif block:
            found.append(block)
            block = []«→
    if block:
        found.append(block)»
    return found
""",
    "the rest of a size": """
def batches(orders, size):
    batch = []
    for order in orders:
        batch.append(order)
        if len(batch) >= size:
            yield tuple(batch)
            batch = []«→
    if batch:
        yield tuple(batch)»
""",
    "the last run": """
def runs(text):
    found = []
    letter, count = None, 0
    for each in text:
        if each != letter:
            if letter is not None:
                found.append(f"{letter}{count}")
            letter, count = each, 0
        count += 1«→
    if letter is not None:
        found.append(f"{letter}{count}")»
    return found
""",
    "the longest one is the last": """
def longest(days):
    most = dry = 0
    for day in days:
        if day.rain:
            most = max(most, dry)
            dry = 0
        else:
            dry += 1«→
    most = max(most, dry)»
    return most
""",
    "the last part by its name": """
def parts(lines):
    found = {}
    name, text = "", []
    for line in lines:
        if line.startswith("["):
            if name:
                found[name] = text
            name, text = line[1:-1], []
        else:
            text.append(line)«→
    if name:
        found[name] = text»
    return found
""",
}
LEFT = {
    "a call that does something": (
        "def f(self, x):\n    self.go(x)\n    os.replace(x, y)\n    uf.union(x, y)\n    return x\n",
        ("x = ", "return self.go", "update("),
    ),
    "a walk that goes on": (
        "def f(self):\n    for x in self.xs:\n        self.drop(x)\n        n += 1\n",
        ("if self.drop",),
    ),
    "a title": ("def f(top):\n    top.title('a')\n    self.title()\n", ("top = ", "self = ")),
    "a text that is kept on the way": (
        "def f(self):\n    parts = self.a.split()\n    self.a = [x for x in parts]\n",
        ("parts, self.a",),
    ),
    "the same call twice": (
        "def f(a, n):\n    x = 1\n    a.check(n, x)\n    go()\n    a.check(n, x)\n",
        ("finally",),
    ),
    "a callback": (
        "class A:\n    def go(self):\n        return 1\n\n    def f(self):\n"
        "        call(self.go)\n        back = self.go\n        return self.go\n",
        ("go()",),
    ),
    "a property": (
        "class A:\n    @property\n    def on(self):\n        return 1\n\n    def f(self):\n"
        "        if self.on:\n            return 2\n",
        ("on()",),
    ),
    "an object that adds": (
        "def f(cart, x):\n    return cart.add(x)\n",
        ("    return cart\n",),
    ),
    "only what is for success": (
        "@contextmanager\ndef f(db):\n    yield db\n    db.commit()\n",
        ("finally",),
    ),
    "what goes on after the yield": (
        "@contextmanager\ndef f(db):\n    yield db\n    if db.failed:\n        raise OSError\n",
        ("finally",),
    ),
    "a generator": ("def f(xs):\n    yield 1\n    xs.clear()\n", ("finally",)),
    "what is undone in any case": (
        "def f(self):\n    self.on = True\n    try:\n        go()\n    finally:\n"
        "        self.on = False\n",
        ("finally:\n        try",),
    ),
    "what is set twice": (
        "def f(self):\n    self.step = 1\n    go()\n    self.step = 2\n",
        ("finally",),
    ),
    "a last group that is kept": (
        "def f(xs):\n    part = []\n    for x in xs:\n        if x:\n            yield part\n"
        "            part = []\n        else:\n            part.append(x)\n    yield part\n",
        ("yield part\n    yield part", "if part:"),
    ),
    "a group that ends with its element": (
        "def f(xs):\n    found, first = [], None\n    for x in xs:\n        if x.ends:\n"
        "            found.append((first, x.at))\n            first = None\n"
        "        elif first is None:\n            first = x.at\n    return found\n",
        ("    if first is not None:\n        found",),
    ),
}


@pytest.mark.parametrize("name", MENDED)
def test_what_is_lost_is_kept(name):
    before, after = both(MENDED[name])
    found = offered("a.py", before)
    assert after in found
    for one in found:
        ast.parse(one)


@pytest.mark.parametrize("name", MENDED)
def test_lines_end_as_they_do(name):
    before, after = (one.replace("\n", "\r\n") for one in both(MENDED[name]))
    found = offered("a.py", before)
    assert after in found
    assert not any("\n" in one.replace("\r\n", "") for one in found)


@pytest.mark.parametrize("name", LEFT)
def test_what_is_not_lost_stays(name):
    text, never = LEFT[name]
    for one in offered("a.py", text):
        assert not any(each in one.replace(text, "") for each in never)


def test_whether_an_empty_last_group_counts_is_for_the_test_to_say():
    text = (
        'def fields(line):\n    found, field = [], ""\n    for c in line:\n        if c == ";":\n'
        '            found.append(field)\n            field = ""\n        else:\n'
        "            field += c\n    return found\n"
    )
    found = [one for one in offered("a.py", text) if one.count("found.append(field)") == 2]
    assert len(found) == 2
