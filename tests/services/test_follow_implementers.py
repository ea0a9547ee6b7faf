"""A save that changes a method of an interface of Go: the types that have it follow."""

import pytest
from following import asked

DOOR = """package house

type Door interface {
	Open(key, side string) error
	Close()
}
"""
GATHERED = DOOR.replace("key, side string", "way Way").replace(
    "type Door", "type Way struct {\n\tKey  string\n\tSide string\n}\n\ntype Door"
)
CLOSE = "\nfunc (g Gate) Close() {}\n"
GATE = "type Gate struct{ inner Door }\n\nfunc (g Gate) Open(key, side string) error {\n\t%s\n}\n"


def gate(body, head="package house\n\n"):
    return head + GATE % body + CLOSE


@pytest.mark.parametrize(
    ("body", "then"),
    [
        ("return say(key, side)", "return say(way.Key, way.Side)"),
        ("return say(key + key)", "return say(way.Key + way.Key)"),
        ("return nil", "return nil"),
        ("return say(Tag{key: key})", "return say(Tag{key: way.Key})"),
        ("key += side", "key, side := way.Key, way.Side\n\tkey += side"),
        (
            "return g.inner.Open(key, trim(side))",
            "key, side := way.Key, way.Side\n\t"
            "return g.inner.Open(Way{Key: key, Side: trim(side)})",
        ),
    ],
)
async def test_a_type_takes_the_object_that_the_interface_does(project, body, then):
    one = project({"a.go": DOOR, "b.go": gate(body)})
    await one.save(a__go=GATHERED)
    assert one.offered["b.go"] == gate(then).replace("key, side string", "way Way")
    assert one.world.endpoint.requests == []


async def test_a_type_of_another_package_names_that_of_the_interface(project):
    head = 'package garden\n\nimport "example.com/app/house"\n\n'
    text = gate("return say(key)", head).replace("inner Door", "inner house.Door")
    one = project(
        {"go.mod": "module example.com/app\n\ngo 1.19\n", "house/a.go": DOOR, "garden/b.go": text}
    )
    await one.save(house___a__go=GATHERED)
    now = text.replace("key, side string", "way house.Way").replace("say(key)", "say(way.Key)")
    assert one.offered["garden/b.go"] == now


@pytest.mark.parametrize(
    ("new", "written"),
    [
        ("key, side string, times int", "key string, side string, times int"),
        ("side, key string", "side string, key string"),
        ("side string", "side string"),
    ],
)
async def test_a_type_takes_the_parameters_that_the_interface_does(project, new, written):
    one = project({"a.go": DOOR, "b.go": gate("return say(side)")})
    await one.save(a__go=DOOR.replace("key, side string", new))
    assert one.offered["b.go"] == gate("return say(side)").replace("key, side string", written)


@pytest.mark.parametrize(
    "text",
    [
        gate("return say(key)").replace(CLOSE, ""),
        gate("return say(key)").replace("key, side", "side, key"),
        gate("return say(key)").replace("side string)", "side []byte)"),
        gate("way := say(key)\n\treturn way"),
    ],
)
async def test_what_is_no_such_type_or_has_no_room_stays(project, text):
    one = project({"a.go": DOOR, "b.go": text})
    await one.save(a__go=GATHERED)
    assert one.offered == {}


async def test_a_parameter_that_goes_and_is_needed_stays(project):
    one = project({"a.go": DOOR, "b.go": gate("return say(key)")})
    await one.save(a__go=DOOR.replace("key, side string", "side string"))
    assert one.offered == {}


async def test_a_result_of_another_type_is_asked_of_the_model(project):
    answer = "func (g Gate) Open(key, side string) bool { return say(key) }\n"
    one = project({"a.go": DOOR, "b.go": gate("return say(key)")}, answer)
    await one.save(a__go=DOOR.replace(") error", ") bool"))
    assert asked(one) == {"Open(), b.go: Open() gives another result"}


async def test_a_type_that_knows_nothing_of_the_interface_stays(project):
    text = gate("return say(key)", "package garden\n\n").replace("inner Door", "inner int")
    files = {"go.mod": "module example.com/app\n\ngo 1.19\n", "house/a.go": DOOR}
    one = project({**files, "garden/b.go": text})
    await one.save(house___a__go=GATHERED)
    assert one.offered == {}
