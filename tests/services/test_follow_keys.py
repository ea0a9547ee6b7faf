"""A key of the dictionaries that a function of Python makes is called otherwise: who reads it."""

import pytest

from spark_desktop.domain.events import ChangeIgnored

HOME = "def make_order(name, parts):\n    return {'name': name, 'sum': sum(parts), 'paid': False}\n"
CHANGE = ("'sum'", "'total'")
UNCLEAR = "which sum is meant is not clear"


async def read(project, text: str, path: str = "use.py", *more: str, home: str = HOME):
    """Return what becomes of a file that reads the dictionaries, and what is said to be left."""
    files = {"orders.py": home, path: text, **dict(zip(more[::2], more[1::2], strict=True))}
    one = project(files)
    ignored: list[str] = []
    one.world.seen_bus.subscribe(
        ChangeIgnored, lambda event: ignored.append(str(event.ignored.detail))
    )
    await one.replace("orders.py", CHANGE)
    assert one.world.endpoint.requests == []
    return one.offered.get(path, text), f"{one.left} {ignored}"


@pytest.mark.parametrize(
    "text",
    [
        "def f(order):\n    return order['sum']\n",
        'def f(first_order):\n    first_order["sum"] += 1\n    del first_order["sum"]\n',
        "def f(self):\n    return self.order.get('sum', 0), 'sum' in self.order\n",
        "def f(orders):\n    return [x['sum'] for x in orders if 'sum' not in x]\n",
        "def f(orders):\n    return orders[0]['sum'], orders[-1].pop('sum')\n",
        "def f(self):\n    for x in reversed(self.orders):\n        print(x['sum'])\n",
        "def f(orders):\n    return sorted(orders, key=lambda x: (x['sum'], x['name']))\n",
        "def f(orders):\n    orders.sort(key=lambda x: -x['sum'])\n",
        "def f(orders):\n    return max(orders, key=itemgetter('sum'))\n",
        "def f(a):\n    x = make_order(a, [])\n    y = x\n    return y['sum']\n",
        "def f(a):\n    for x in [make_order(b, []) for b in a]:\n        yield x['sum']\n",
        "def f(a):\n    return m.make_order(a, [])['sum']\n",
        "def f(order):\n    return f\"é {order['sum']:>5} {order['name']} {order.get('sum')}\"\n",
        "def f(order):\n    return (f\"{order['name']}\"\n            f\" {order['sum']}\")\n",
        "def f(order):\n    match order:\n        case {'sum': x}:\n            return x\n",
        "def f(a):\n    order = {'name': a, 'sum': 0}\n    return order\n",
        "def f(a):\n    return make_order(a, []) == {'name': a, 'sum': 0, 'paid': False}\n",
    ],
)
async def test_what_is_surely_such_a_dictionary_is_read_by_the_new_key(project, text):
    then, left = await read(project, text)
    assert then == text.replace("'sum'", "'total'").replace('"sum"', '"total"')
    assert "clear" not in left


@pytest.mark.parametrize(
    "text",
    [
        "def f(thing):\n    return thing['sum']\n",
        # It comes from outside, where the key may be what it was.
        "def f(path):\n    order = json.load(path)\n    return order['sum']\n",
        "def f(file):\n    return [x['sum'] for x in csv.DictReader(file)]\n",
    ],
)
async def test_what_may_be_another_one_stays_and_is_told_beside_what_is_sure(project, text):
    more = "\n\ndef g(order):\n    return order['sum']\n"
    then, left = await read(project, text + more)
    assert then == text + more.replace("sum", "total")
    assert (UNCLEAR in left) == ("thing" in text)


@pytest.mark.parametrize(
    "text",
    [
        # The word alone, a call, and what has other keys.
        "def f(order):\n    return order.sum, sum(order), 'sum', order[sum]\n",
        "def f(order):\n    return order['sum'] + order['tax']\n",
        "def f(order):\n    return order['x']['sum']\n",
        "def f(border):\n    return border['sum']\n",
    ],
)
async def test_other_things_stay(project, text):
    then, _ = await read(project, text)
    assert then == text


async def test_names_of_columns_are_told(project):
    text = "FIELDS = ['name', 'sum']\n\n\ndef f(order):\n    return order['sum'], ('sum', 'x')\n"
    then, left = await read(project, text)
    assert then == text.replace("['sum']", "['total']")
    assert left.count(UNCLEAR) == 1


async def test_a_word_that_is_used_of_anything_tells_nothing(project):
    home = HOME.replace("make_order", "error_response")
    text = "def f(response):\n    return response['sum']\n"
    then, left = await read(project, text, home=home)
    assert then == text
    assert UNCLEAR in left


async def test_a_key_of_other_dictionaries_is_only_told(project):
    text = "def f(order):\n    return order['sum']\n"
    other = "def bill(x):\n    return {'sum': x, 'tax': 2}\n"
    for maker in (other, other.replace(", 'tax': 2", ""), "def bill(x):\n    return dict(sum=x)\n"):
        then, left = await read(project, text, "use.py", "bill.py", maker)
        assert then == text
        assert UNCLEAR in left


async def test_what_a_test_expects_of_it_follows_and_what_it_makes_in_part_is_told(project):
    text = (
        "def test_it():\n    whole = [{'name': 'a', 'sum': 3, 'paid': False}]\n"
        "    assert first(whole)['sum'] == 3\n    assert first([{'sum': 3}])\n"
    )
    then, left = await read(project, text, "tests/test_it.py")
    assert then == text.replace("'sum': 3, ", "'total': 3, ")
    assert left.count(UNCLEAR) == 2


async def test_texts_that_are_filled_in_are_told(project):
    text = "def f(order):\n    return '%(sum)d' % order, order['sum']\n"
    then, left = await read(project, text)
    assert then == text.replace("['sum']", "['total']")
    assert f"line 2: {UNCLEAR}" in left


@pytest.mark.parametrize(
    ("home", "changes"),
    [
        # Another value, more than one key, a key that stays, one that was there, one alone.
        (HOME, (("'sum': sum(parts)", "'total': sum(parts) / 100"),)),
        (HOME, (CHANGE, ("'name':", "'title':"))),
        (HOME + '    x = "sum"\n', (CHANGE,)),
        (HOME, (("'sum'", "'paid'"),)),
        ("def make_order(parts):\n    return {'sum': sum(parts)}\n", (CHANGE,)),
        (HOME, (CHANGE, ("'paid': False", "'paid': False, 'x': 1"))),
    ],
)
async def test_what_is_no_other_name_of_a_key_is_not_followed(project, home, changes):
    text = "def f(order):\n    return order['sum']\n"
    one = project({"orders.py": home, "use.py": text})
    await one.replace("orders.py", *changes)
    assert one.offered == {}


@pytest.mark.parametrize(
    ("home", "text"),
    [
        (
            "class Order:\n    def to_dict(self):\n        return {'id': 1, 'sum': self.x}\n",
            "def f(order):\n    return order['sum']\n",
        ),
        ("ORDER = {'id': 1, 'sum': 2}\n", "x = orders.ORDER['sum']\n"),
        ("DEFAULTS = {'id': 1, 'sum': 2}\n", "x = DEFAULTS['sum']\n"),
        (
            "def make_order(x):\n    order = {'id': 1}\n    order['sum'] = x\n    return order\n",
            "def f(order):\n    return order['sum']\n",
        ),
        (
            "def read_orders(x):\n    return [{'id': 1, 'sum': one} for one in x]\n",
            "def f(x):\n    for y in read_orders(x):\n        print(y['sum'])\n",
        ),
    ],
)
async def test_methods_and_constants_make_such_dictionaries_too(project, home, text):
    then, _ = await read(project, text, home=home)
    assert then == text.replace("'sum'", "'total'")
