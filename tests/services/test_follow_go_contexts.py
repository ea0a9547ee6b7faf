"""A save after which a function of Go takes a context: who calls it passes the one it has."""

import pytest
from following import asked

STORE = "package shop\n\nfunc load(key string) int {\n\treturn len(key)\n}\n"
FILE = 'package shop\n\nimport (\n\t"context"\n\t"net/http"\n)\n\n'


async def taken(project, use, name="use.go", first="ctx context.Context, key string"):
    one = project({"go.mod": "module m\n", "load.go": STORE, name: use})
    for answer in ("func use() int {\n\treturn 0\n}\n",) * 2:
        one.world.endpoint.answers.extend(type(one.world.endpoint)(answer).answers)
    await one.replace("load.go", ("key string", first))
    return one


@pytest.mark.parametrize(
    ("head", "call", "given"),
    [
        ("func use(ctx context.Context, n int) int {", 'load("a")', 'load(ctx, "a")'),
        ("func (s *S) use(c context.Context) int {", 'load("a")', 'load(c, "a")'),
        (
            "func use(w http.ResponseWriter, r *http.Request) int {",
            'load("a")',
            'load(r.Context(), "a")',
        ),
        (
            "func use() int {\n\tctx, stop := context.WithCancel(context.Background())\n"
            "\tdefer stop()",
            'load("a")',
            'load(ctx, "a")',
        ),
        (
            "func use(ctx context.Context) int {",
            'load(\n\t\t"a",\n\t)',
            'load(\n\t\tctx, "a",\n\t)',
        ),
    ],
)
async def test_the_context_at_hand_is_passed(project, head, call, given):
    use = f"{FILE}{head}\n\treturn {call}\n}}\n"
    one = await taken(project, use)
    assert one.offered == {"use.go": use.replace(call, given)}
    assert one.world.endpoint.requests == []


async def test_a_test_begins_with_a_new_one_and_imports_it(project):
    use = 'package shop\n\nimport "testing"\n\nfunc TestLoad(t *testing.T) {\n\tload("a")\n}\n'
    one = await taken(project, use, "load_test.go")
    after = use.replace('load("', 'load(context.Background(), "')
    after = after.replace('"testing"\n', '"testing"\nimport "context"\n')
    assert one.offered == {"load_test.go": after}


async def test_in_a_block_of_imports_it_has_its_place(project):
    use = 'package shop\n\nimport (\n\t"fmt"\n)\n\nfunc main() {\n\tfmt.Println(load("a"))\n}\n'
    one = await taken(project, use)
    after = use.replace("load(", "load(context.Background(), ")
    assert one.offered == {"use.go": after.replace('\t"fmt"', '\t"context"\n\t"fmt"')}


@pytest.mark.parametrize(
    "head",
    [
        "func use() int {",
        "func use(_ context.Context) int {",
        "func use(a context.Context, b context.Context) int {",
    ],
)
async def test_without_one_the_model_is_asked(project, head):
    one = await taken(project, f'{FILE}{head}\n\treturn load("a")\n}}\n')
    assert asked(one) == {"use(), use.go: new arguments for load()"}


async def test_another_parameter_besides_is_asked_of_the_model(project):
    use = f'{FILE}func use(ctx context.Context) int {{\n\treturn load("a")\n}}\n'
    one = await taken(project, use, first="ctx context.Context, key string, most int")
    assert asked(one) == {"use(), use.go: new arguments for load()"}
