"""A save after which a function of Go says otherwise that there is nothing, or that it failed."""

import pytest
from following import asked

from spark_desktop.domain.go_calls import results_of

SHELF = """package shelf

type Jar struct {
\tName string
\tGrams int
}

type Shelf struct{ jars []Jar }

func (j Jar) Label() string { return j.Name }

func (j *Jar) Empty() { j.Grams = 0 }

func (s *Shelf) Jar(name string) *Jar {
\tfor i := range s.jars {
\t\tif s.jars[i].Name == name {
\t\t\treturn &s.jars[i]
\t\t}
\t}
\treturn nil
}
"""
FOUND = (
    ("(name string) *Jar {", "(name string) (Jar, bool) {"),
    ("return &s.jars[i]", "return s.jars[i], true"),
    ("return nil", "return Jar{}, false"),
)
USE = "package shelf\n\nfunc use(s *Shelf) int {\n%s\treturn 1\n}\n"


async def followed(project, use, *pairs, text=SHELF):
    """Return the project after the save, with the body of a function that uses it."""
    one = project({"go.mod": "module m\n", "shelf.go": text, "use.go": use})
    for answer in (USE % "\t_ = 0\n",) * 2:
        one.world.endpoint.answers.extend(type(one.world.endpoint)(answer).answers)
    await one.replace("shelf.go", *pairs)
    return one


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '\tjar := s.Jar("a")\n\tif jar == nil {\n\t\treturn 0\n\t}\n\tprintln(jar.Grams)\n',
            '\tjar, ok := s.Jar("a")\n\tif !ok {\n\t\treturn 0\n\t}\n\tprintln(jar.Grams)\n',
        ),
        (
            '\tif jar := s.Jar("a"); jar != nil && jar.Grams > 2 {\n\t\treturn jar.Grams\n\t}\n',
            '\tif jar, ok := s.Jar("a"); ok && jar.Grams > 2 {\n\t\treturn jar.Grams\n\t}\n',
        ),
        (
            '\tjar := s.Jar("a")\n\tif jar == nil {\n\t\treturn 0\n\t}\n',
            '\t_, ok := s.Jar("a")\n\tif !ok {\n\t\treturn 0\n\t}\n',
        ),
        (
            '\tif s.Jar("a") != nil {\n\t\treturn 2\n\t}\n',
            '\tif _, ok := s.Jar("a"); ok {\n\t\treturn 2\n\t}\n',
        ),
        (
            '\tjar := s.Jar("a")\n\tif jar != nil {\n\t\tprintln(jar.Label())\n\t}\n',
            '\tjar, ok := s.Jar("a")\n\tif ok {\n\t\tprintln(jar.Label())\n\t}\n',
        ),
    ],
)
async def test_what_was_nil_is_asked_by_a_flag(project, before, after):
    one = await followed(project, USE % before, *FOUND)
    assert one.offered == {"use.go": USE % after}
    assert one.world.endpoint.requests == []


async def test_whether_there_is_one_is_returned_in_two_lines(project):
    use = 'package shelf\n\nfunc has(s *Shelf) bool {\n\treturn s.Jar("a") != nil\n}\n'
    one = await followed(project, use, *FOUND)
    right = use.replace("return s", "_, ok := s").replace(" != nil", "\n\treturn ok")
    assert one.offered == {"use.go": right}


@pytest.mark.parametrize(
    "body",
    [
        # What is changed is a copy now.
        '\tif jar := s.Jar("a"); jar != nil {\n\t\tjar.Grams++\n\t}\n',
        '\tif jar := s.Jar("a"); jar != nil {\n\t\tjar.Empty()\n\t}\n',
        '\tif jar := s.Jar("a"); jar != nil {\n\t\tfill(jar)\n\t}\n',
        '\tif jar := s.Jar("a"); jar != nil {\n\t\tfill(&jar.Grams)\n\t}\n',
        # It is not asked for at once, or twice.
        '\tjar := s.Jar("a")\n\tprintln(1)\n\tif jar == nil {\n\t\treturn 0\n\t}\n',
        '\tprintln(s.Jar("a").Grams)\n',
        # The flag's name is another thing there.
        '\tok := 1\n\tif jar := s.Jar("a"); jar != nil {\n\t\treturn ok\n\t}\n',
        '\tif s.Jar("a") != nil || s.jars == nil {\n\t\treturn 2\n\t}\n',
    ],
)
async def test_a_use_that_may_mean_more_is_asked_of_the_model(project, body):
    one = await followed(project, USE % body, *FOUND)
    assert asked(one) == {"use(), use.go: Jar() gives another result"}


PLACE = """package shelf

func place(names []string, name string) int {
\tfor i, one := range names {
\t\tif one == name {
\t\t\treturn i
\t\t}
\t}
\treturn -1
}
"""


async def test_a_number_that_stood_for_nothing_is_asked_by_a_flag(project):
    use = USE % '\ti := place(nil, "a")\n\tif i == -1 {\n\t\treturn 0\n\t}\n\tprintln(i)\n'
    changes = (
        (") int {", ") (int, bool) {"),
        ("return i", "return i, true"),
        ("return -1", "return 0, false"),
    )
    one = await followed(project, use, *changes, text=PLACE)
    assert one.offered == {"use.go": use.replace("i :=", "i, ok :=").replace("i == -1", "!ok")}


READ = "package shelf\n\nfunc read(path string) int {\n\treturn len(path)\n}\n"
FAILS = (
    (
        ") int {\n",
        ') (int, error) {\n\tif path == "" {\n\t\treturn 0, errors.New("none")\n\t}\n',
    ),
    ("return len(path)", "return len(path), nil"),
)
CALL = '\tn := read("a")\n'
PASSED = '\tn, err := read("a")\n\tif err != nil {\n\t\treturn %s\n\t}\n'


def caller(result, body, more=""):
    return f"package shelf\n\n{more}func use(name string) {result} {{\n{body}}}\n"


@pytest.mark.parametrize(
    ("result", "before", "after"),
    [
        ("error", f"{CALL}\tprintln(n)\n\treturn nil\n", "err"),
        ("(string, int, error)", f'{CALL}\treturn "", n, nil\n', '"", 0, err'),
        ("(jars []int, err error)", f"{CALL}\treturn []int{{n}}, nil\n", "nil, err"),
        (
            "(m.Size, error)",
            f'{CALL}\tif n < 2 {{\n\t\treturn m.None{{}}, errors.New("x")\n\t}}\n'
            "\treturn m.Of(n), nil\n",
            "m.None{}, err",
        ),
    ],
)
async def test_an_error_is_passed_on_where_a_caller_gives_one(project, result, before, after):
    use = caller(result, before)
    one = await followed(project, use, *FAILS, text=READ)
    assert one.offered == {"use.go": use.replace(CALL, PASSED % after)}
    assert one.world.endpoint.requests == []


async def test_a_type_of_the_file_is_given_as_nothing(project):
    use = caller(
        "(Tin, error)", f"{CALL}\treturn Tin{{n}}, nil\n", "type Tin struct {\n\tn int\n}\n\n"
    )
    one = await followed(project, use, *FAILS, text=READ)
    assert one.offered == {"use.go": use.replace(CALL, PASSED % "Tin{}, err")}


async def test_what_was_returned_without_an_error_is_returned_with_its_own(project):
    use = caller("(int, error)", "\treturn read(name), nil\n")
    one = await followed(project, use, *FAILS, text=READ)
    assert one.offered == {"use.go": use.replace(", nil", "")}


async def test_a_test_ends_with_the_error(project):
    use = f"package shelf\n\nfunc TestRead(t *testing.T) {{\n{CALL}\tprintln(n)\n}}\n"
    one = await followed(project, use, *FAILS, text=READ)
    fatal = PASSED.replace("return %s", "t.Fatal(err)")
    assert one.offered == {"use.go": use.replace(CALL, fatal)}


@pytest.mark.parametrize(
    ("result", "body"),
    [
        ("int", f"{CALL}\treturn n\n"),
        ("(m.Size, error)", f"{CALL}\treturn m.Of(n), nil\n"),
        ("error", f"{CALL}\terr := check(n)\n\treturn err\n"),
        ("error", f"\tf := func() int {{\n\t{CALL}\t\treturn n\n\t}}\n\treturn check(f())\n"),
        ("error", '\treturn check(read("a"))\n'),
        ("(int, error)", '\treturn read("a") + 1, nil\n'),
    ],
)
async def test_where_no_error_can_be_given_the_model_is_asked(project, result, body):
    one = await followed(project, caller(result, body), *FAILS, text=READ)
    assert asked(one) == {"use(), use.go: read() gives another result"}


FLAG = "package shelf\n\nfunc read(path string) (int, bool) {\n\treturn len(path), true\n}\n"
TOLD = (("(int, bool)", "(int, error)"), ("true", "nil"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '\tn, ok := read("a")\n\tif !ok {\n\t\treturn 0\n\t}\n\treturn n\n',
            '\tn, err := read("a")\n\tif err != nil {\n\t\treturn 0\n\t}\n\treturn n\n',
        ),
        (
            '\tif n, ok := read("a"); ok && n > 2 {\n\t\treturn n\n\t}\n\treturn 0\n',
            '\tif n, err := read("a"); err == nil && n > 2 {\n\t\treturn n\n\t}\n\treturn 0\n',
        ),
    ],
)
async def test_a_flag_becomes_an_error_and_an_error_a_flag(project, before, after):
    one = await followed(project, caller("int", before), *TOLD, text=FLAG)
    assert one.offered == {"use.go": caller("int", after)}
    back = await followed(
        project,
        caller("int", after),
        *((new, old) for old, new in TOLD),
        text=FLAG.replace("bool", "error").replace("true", "nil"),
    )
    assert back.offered == {"use.go": caller("int", before)}


@pytest.mark.parametrize(
    "body",
    [
        '\tn, ok := read("a")\n\tif !ok {\n\t\treturn 0\n\t}\n\tprintln(ok)\n\treturn n\n',
        '\tn, ok := read("a")\n\tprintln(ok)\n\treturn n\n',
    ],
)
async def test_a_flag_that_is_told_on_is_asked_of_the_model(project, body):
    one = await followed(project, caller("int", body), *TOLD, text=FLAG)
    assert asked(one) == {"use(), use.go: read() gives another result"}


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("", []),
        ("map[string]int", ["map[string]int"]),
        ("(int, error)", ["int", "error"]),
        ("(a, b int, err error)", ["int", "int", "error"]),
        ("(func(a, b int) bool, chan int)", ["func(a, b int) bool", "chan int"]),
    ],
)
def test_the_types_of_results_are_read(text, types):
    assert results_of(text) == types


SAVE = "package shelf\n\nfunc save(path string) {\n\twrite(path)\n}\n"
MAY_FAIL = (("(path string) {", "(path string) error {"), ("\twrite", "\treturn write"))


@pytest.mark.parametrize(
    ("result", "ends", "error"),
    [
        ("error", "\treturn nil\n", "err"),
        ("(int, error)", "\treturn 2, nil\n", "0, err"),
    ],
)
async def test_an_error_of_what_gave_nothing_is_passed_on(project, result, ends, error):
    before = "\tfor i := 0; i < 2; i++ {\n\t\tsave(name)\n\t}\n"
    passed = f"if err := save(name); err != nil {{\n\t\t\treturn {error}\n\t\t}}"
    one = await followed(project, caller(result, before + ends), *MAY_FAIL, text=SAVE)
    after = before.replace("save(name)", passed)
    assert one.offered == {"use.go": caller(result, after + ends)}


@pytest.mark.parametrize(
    ("result", "body"),
    [
        ("int", "\tsave(name)\n\treturn 1\n"),
        ("error", "\tdefer save(name)\n\treturn nil\n"),
        ("error", "\tgo save(name)\n\treturn nil\n"),
        ("error", "\trun(func() {\n\t\tsave(name)\n\t})\n\treturn nil\n"),
        ("error", "\treturn save(name)\n"),
    ],
)
async def test_an_error_that_nobody_can_give_is_left_as_it_is(project, result, body):
    one = await followed(project, caller(result, body), *MAY_FAIL, text=SAVE)
    assert one.world.board.all() == ()


STORE = """package shelf

type Tin struct {
	Name  string
	Grams int
	Turns int
}

type Store struct{ tins map[string]*Tin }

func (s *Store) Keep(t Tin) {
	s.tins[t.Name] = &t
}

func (s *Store) Tin(name string) *Tin {
	return s.tins[name]
}
"""
COPIED = (
    STORE.replace("]*Tin", "]Tin")
    .replace("&t", "t")
    .replace(
        "string) *Tin {\n\treturn s.tins[name]",
        "string) (Tin, bool) {\n\tt, ok := s.tins[name]\n\treturn t, ok",
    )
)
ASKED = '\ttin := s.Tin("a")\n\tif tin == nil {\n\t\treturn 0\n\t}\n'
IS_THERE = '\ttin, ok := s.Tin("a")\n\tif !ok {\n\t\treturn 0\n\t}\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\tprintln(tin.Grams)\n", "\tprintln(tin.Grams)\n"),
        ("\ttin.Grams = 2\n", "\ttin.Grams = 2\n\ts.Keep(tin)\n"),
        (
            '\trest := tin.Grams - 1\n\tprintln("the tin")\n\ttin.Grams -= rest\n\ttin.Turns++\n',
            '\trest := tin.Grams - 1\n\tprintln("the tin")\n\ttin.Grams -= rest\n\ttin.Turns++\n'
            "\ts.Keep(tin)\n",
        ),
    ],
)
async def test_what_a_map_gives_as_a_copy_is_stored_once_it_was_changed(project, before, after):
    use = USE.replace("*Shelf", "*Store")
    one = project({"go.mod": "module m\n", "a.go": STORE, "b.go": use % (ASKED + before)})
    await one.save(a__go=COPIED)
    assert one.offered["b.go"] == use % (IS_THERE + after)
    assert one.world.endpoint.requests == []


@pytest.mark.parametrize(
    "body",
    [
        '\ttin.Name = "b"\n',
        "\ttin.Grams = weigh(s)\n",
        "\ttin.Grams = 2\n\tif tin.Turns > 2 {\n\t\treturn 3\n\t}\n\ttin.Turns = 1\n",
        "\tif tin.Turns > 2 {\n\t\ttin.Grams = 2\n\t}\n",
        "\ttin.Grams = 2\n\ttake(tin)\n",
        "\ttake(&tin.Grams)\n",
    ],
)
async def test_a_copy_that_is_changed_in_another_way_is_asked_of_the_model(project, body):
    use = USE.replace("*Shelf", "*Store")
    one = project({"go.mod": "module m\n", "a.go": STORE, "b.go": use % (ASKED + body)}, "x")
    await one.save(a__go=COPIED)
    assert asked(one) == {"use(), b.go: Tin() gives another result"}


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("Keep(t Tin) {\n", "Keep(t Tin) {\n\tt.Turns++\n"),
        ("func (s *Store) Keep(t Tin)", "func (s *Other) Keep(t Tin)"),
        ("Keep(t Tin)", "Keep(t Jar)"),
    ],
)
async def test_without_one_way_to_store_it_a_copy_is_asked_of_the_model(project, was, now):
    use = USE.replace("*Shelf", "*Store")
    text = use % (ASKED + "\ttin.Grams = 2\n")
    one = project({"go.mod": "module m\n", "a.go": STORE, "b.go": text}, "x")
    await one.save(a__go=COPIED.replace(was, now))
    assert asked(one) == {"use(), b.go: Tin() gives another result"}
