"""A save after which a function of Go gives structs where it gave arrays."""

import pytest
from following import asked

BEFORE = """package grid

func Low(all [][2]int) [2]int {
	best := all[0]
	for _, one := range all {
		if one[1] < best[1] || one[0] < best[0] {
			best = one
		}
	}
	return best
}
"""
AFTER = """package grid

type Cell struct {
	Left, Top int
}

func Low(all [][2]int) Cell {
	best := Cell{}
	for _, one := range Cells(all) {
		if one.Top < best.Top || one.Left < best.Left {
			best = one
		}
	}
	return best
}
"""
MANY = (
    BEFORE.replace("[2]int {\n\tbest", "[][2]int {\n\tbest"),
    AFTER.replace(") Cell {", ") []Cell {"),
)


@pytest.mark.parametrize(
    ("body", "then"),
    [
        (
            "low := Low(all)\n\treturn low[0] + low[1]",
            "low := Low(all)\n\treturn low.Left + low.Top",
        ),
        ("return Low(all)[1]", "return Low(all).Top"),
    ],
)
async def test_the_elements_of_an_array_are_fields(project, body, then):
    text = f"package grid\n\nfunc F(all [][2]int) int {{\n\t{body}\n}}\n"
    one = project({"a.go": BEFORE, "b.go": text})
    await one.save(a__go=AFTER)
    assert one.offered["b.go"] == text.replace(body, then)
    assert one.world.endpoint.requests == []


@pytest.mark.parametrize(
    ("body", "then"),
    [
        (
            "for _, at := range Low(all) {\n\t\tsay(at[0], at[1])\n\t}",
            "for _, at := range Low(all) {\n\t\tsay(at.Left, at.Top)\n\t}",
        ),
        ("return Low(all)[len(all)-1][0]", "return Low(all)[len(all)-1].Left"),
        (
            "low := Low(all)\n\tfor _, at := range low {\n\t\tsay(at[0], low[i][1], len(low))\n\t}",
            "low := Low(all)\n\tfor _, at := range low {\n\t\tsay(at.Left, low[i].Top, len(low))\n"
            "\t}",
        ),
    ],
)
async def test_so_are_those_of_a_list_of_arrays(project, body, then):
    text = f"package grid\n\nfunc F(all [][2]int) {{\n\t{body}\n}}\n"
    one = project({"a.go": MANY[0], "b.go": text})
    await one.save(a__go=MANY[1])
    assert one.offered["b.go"] == text.replace(body, then)


@pytest.mark.parametrize(
    "body", ["return len(Low(all))", "for i := range Low(all) {\n\t\tsay(i)\n\t}"]
)
async def test_who_looks_at_no_element_has_nothing_to_change(project, body):
    text = f"package grid\n\nfunc F(all [][2]int) {{\n\t{body}\n}}\n"
    one = project({"a.go": MANY[0], "b.go": text})
    await one.save(a__go=MANY[1])
    assert one.world.board.all() == ()


@pytest.mark.parametrize(
    "body",
    [
        "low := Low(all)\n\treturn take(low)",
        "low := Low(all)\n\treturn low[at]",
        "low := Low(all)\n\tlow[0] = 1\n\treturn low[0]",
        "return Low(all) == [2]int{1, 2}",
    ],
)
async def test_an_array_that_is_used_whole_is_asked_of_the_model(project, body):
    text = f"package grid\n\nfunc F(all [][2]int) int {{\n\t{body}\n}}\n"
    one = project({"a.go": BEFORE, "b.go": text}, "func F(all [][2]int) int { return 0 }\n")
    await one.save(a__go=AFTER)
    assert asked(one) == {"F(), b.go: Low() gives another result"}


async def test_which_field_is_which_element_is_not_guessed(project):
    text = "package grid\n\nfunc F(all [][2]int) int {\n\treturn Low(all)[1]\n}\n"
    one = project({"a.go": BEFORE, "b.go": text}, "func F(all [][2]int) int { return 0 }\n")
    await one.save(
        a__go=AFTER.replace("one.Top < best.Top || one.Left < best.Left", "less(one, best)")
    )
    assert asked(one) == {"F(), b.go: Low() gives another result"}
