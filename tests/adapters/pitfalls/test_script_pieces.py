"""What is read in pieces goes on where the last piece ended, unless that is not meant."""

import pytest
from adapters.pitfalls.known_cases import both
from adapters.pitfalls.script_rules import offered

from spark_desktop.adapters.pitfalls.script_pieces import forgotten_between_calls

WRONG = {
    "lines.ts": """
export class Lines {
  readonly lines: string[] = [];
«→  private rest = "";
»
  add(text: string): void {
«    let rest = "";
→»    for (const sign of text) {
      if (sign === "\\n") {
        this.lines.push(«rest→this.rest»);
        «rest→this.rest» = "";
      } else {
        «rest→this.rest» += sign;
      }
    }
  }
}
""",
    "words.js": """
class Words {
«→  #depth = 0;

»  // Where words go.
  constructor(store) {
    this.store = store;
  }

  take(signs) {
«    let depth = 0;
→»    for (let i = 0; i < signs.length; i++) {
      if (signs[i] === "(") «depth→this.#depth»++;
      else if (signs[i] === ")") «depth→this.#depth»--;
      else this.store.put(signs[i], «depth→this.#depth»);
    }
  }
}
""",
    "peaks.ts": """
class Peaks {
  private peaks: number[] = [];
«→  private last: number | undefined;
»
  read(values: readonly number[]): void {
«    let last: number | undefined;
→»    for (const value of values) {
      if («last→this.last» === undefined || value > «last→this.last») this.peaks.push(value);
      «last→this.last» = value;
    }
  }

  reset(): void {
    this.peaks = [];
«→    this.last = undefined;
»  }
}
""",
}
MADE = both(WRONG["lines.ts"])[0]
RIGHT = {
    "used behind the loop": MADE.replace(
        "    }\n  }\n}", "    }\n    this.lines.push(rest);\n  }\n}"
    ),
    "given": MADE.replace("(text: string)", "(text: string, rest: string)").replace(
        '    let rest = "";\n', ""
    ),
    "another loop": MADE.replace("of text", "of this.lines"),
    "already there": MADE.replace("string[] = [];\n", 'string[] = [];\n  rest = "";\n'),
    "all is taken, perhaps for good": MADE.replace(
        "    }\n  }\n}", "    }\n  }\n\n  taken() {\n    this.lines = [];\n  }\n}"
    ),
    "begins anew in another way": MADE.replace(
        "    }\n  }\n}", "    }\n  }\n\n  clear() {\n    this.lines.length = 0;\n  }\n}"
    ),
    "nothing of the object": MADE.replace("this.lines", "lines"),
}


@pytest.mark.parametrize("path", WRONG)
def test_the_next_piece_goes_on(path):
    before, after = both(WRONG[path])
    assert offered(forgotten_between_calls, before, path) == [after]


@pytest.mark.parametrize("name", RIGHT)
def test_nothing_is_changed(name):
    assert offered(forgotten_between_calls, RIGHT[name], "a.ts") == []
