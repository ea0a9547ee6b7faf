"""A save after which a field of TypeScript, Go or Rust holds another type."""

import pytest
from following import asked

# Each language's class and what uses it: the file's name and text, and the use around a body.
HEADS = {
    "ts": (
        "trip.ts",
        "export interface Trip {\n  river: string;\n  crew: string[];\n}\n",
        "use.ts",
        'import { Trip } from "./trip";\n\nexport function f(trip: Trip) {\n  BODY;\n}\n',
    ),
    "class": (
        "trip.ts",
        "export class Trip {\n  constructor(readonly river: string, public crew: string[]) {}\n}\n",
        "use.ts",
        'import { Trip } from "./trip";\n\nexport function f(trip: Trip) {\n  BODY;\n}\n',
    ),
    "go": (
        "trip/trip.go",
        "package trip\n\n// Trip is one.\ntype Trip struct {\n\tRiver string\n\tCrew []string\n}\n",
        "trip/use.go",
        "package trip\n\nfunc f(trip Trip) int {\n\tBODY\n}\n",
    ),
    "rs": (
        "src/trip.rs",
        "pub struct Trip {\n    pub river: String,\n    pub crew: Vec<String>,\n}\n",
        "src/use_it.rs",
        "use crate::trip::Trip;\n\npub fn f(trip: &Trip) -> usize {\n    BODY\n}\n",
    ),
}
NOW = {
    "ts": ("crew: string[]", "crew: Map<string, string>"),
    "class": ("crew: string[]", "crew: Map<string, string>"),
    "go": ("Crew []string", "Crew map[string]bool"),
    "rs": ("crew: Vec<String>", "crew: HashMap<String, String>"),
}


def files_of(language: str, body: str) -> dict[str, str]:
    home, text, other, use = HEADS[language]
    extra = {"src/lib.rs": "pub mod trip;\npub mod use_it;\n"} if language == "rs" else {}
    extra |= {"go.mod": "module trips\n"} if language == "go" else {}
    return {home: text, other: use.replace("BODY", body), **extra}


@pytest.mark.parametrize(
    ("language", "body"),
    [
        ("ts", "return trip.crew.length"),
        ("ts", "trip.crew = []"),
        ("ts", "const { crew } = trip; return crew[0]"),
        ("ts", 'const made: Trip = { river: "Oka", crew: [] }; return made'),
        ("class", "return trip.crew.length"),
        ("go", "return len(trip.Crew[0])"),
        ("go", 'trip = Trip{River: "Oka", Crew: []string{"Ada"}}\n\treturn 1'),
        ("rs", "trip.crew[0].len()"),
    ],
)
async def test_what_reads_or_sets_the_field_is_asked_of_the_model(project, language, body):
    one = project(files_of(language, body), "nothing")
    home, _, other, _ = HEADS[language]
    await one.replace(home, NOW[language])
    name = "Trip.Crew" if language == "go" else "Trip.crew"
    type_ = NOW[language][1].partition(" ")[2]
    assert asked(one) == {f"f(), {other}: {name} is {type_} now"}


@pytest.mark.parametrize(
    ("language", "pair"),
    [
        ("ts", ("river: string", 'river: "Oka" | "Don"')),
        ("ts", ("crew: string[]", "readonly crew: Array<string>")),
        ("ts", ("crew: string[]", "crew: Names")),
        ("ts", ("crew: string[]", "crew: any")),
        ("ts", ("crew: string[]", "crew: any[]")),
        ("ts", ("crew: string[]", "crew: { name: string }[]")),
        ("class", ("public crew: string[]", "private crew: Map<string, string>")),
        ("go", ("Crew []string", "Crew []interface{}")),
        ("go", ("Crew []string", "Crew   []string")),
        ("go", ("Crew []string", "Crew Names")),
        ("rs", ("pub crew: Vec<String>", "pub(crate) crew: Vec<String>")),
        ("rs", ("crew: Vec<String>", "crew: Names")),
    ],
)
async def test_a_type_that_is_no_other_one_to_its_users_asks_nothing(project, language, pair):
    alias = {"ts": "type Names = string[];\n", "rs": "type Names = Vec<String>;\n"}
    home, text, other, _ = HEADS[language]
    body = {
        "ts": "return trip.crew, trip.river",
        "go": "return len(trip.Crew)",
        "class": "return 1",
    }
    files = files_of(language, body.get(language, "trip.crew.len()"))
    files[home] = text + (
        "\ntype Names []string\n" if language == "go" else alias.get(language, "")
    )
    one = project(files)
    await one.replace(home, pair)
    assert asked(one) == set()
    assert other in files


async def test_a_field_that_may_be_missing_now_is_asked_for(project):
    one = project(files_of("ts", "return trip.river.length"), "nothing")
    await one.replace("trip.ts", ("river: string", "river?: string"))
    assert asked(one) == {"f(), use.ts: Trip.river is string | undefined now"}
