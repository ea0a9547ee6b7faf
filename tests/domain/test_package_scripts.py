"""What the scripts of a package run, by their words."""

import pytest

from spark_desktop.domain.package_scripts import commands, may_test, only_tests, waits


def run(script, **more):
    return tuple(commands({"test": script, **more}))


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("tsc -p . && node build/a.js", (("tsc", "-p", "."), ("node", "build/a.js"))),
        ("NODE_ENV=test npx --no-install mocha", (("mocha",),)),
        ("cross-env CI=1 ./node_modules/.bin/eslint .", (("eslint", "."),)),
        ("node node_modules/eslint/bin/eslint.js .", (("eslint", "."),)),
        ("pnpm exec ava; yarn tape t.js", (("ava",), ("tape", "t.js"))),
        ("npm run lint && npm run unit", (("eslint", "."), ("node", "t.js"))),
        ("run-s lint unit", (("eslint", "."), ("node", "t.js"))),
        ("yarn lint", (("eslint", "."),)),
        ("npm run absent", ()),
        ("npm test", ()),
        ("yarn", (("yarn",),)),
        ("", ()),
    ],
)
def test_a_script_is_read_with_those_that_it_runs(script, found):
    assert run(script, lint="eslint .", unit="node t.js") == found


def test_what_comes_before_and_after_a_script_belongs_to_it():
    assert run("node t.js", pretest="tsc", posttest=7) == (("tsc",), ("node", "t.js"))


class Counted(dict):
    """Scripts that count how often they are looked up."""

    lookups = 0

    def get(self, key, default=None):
        self.lookups += 1
        return super().get(key, default)


@pytest.mark.parametrize(
    "scripts",
    [
        {f"s{n}": f"npm run s{n + 1} && npm run s{n + 1}" for n in range(40)},
        {f"s{n}": 'run-s "s*" "s*"' for n in range(40)},
        {"s0": "run-s 's*' && " * 5000},
    ],
    ids=["twice", "each all", "long"],
)
def test_scripts_that_run_one_another_are_read_once(scripts):
    counted = Counted({**scripts, "s40": "node t.js", "test": "npm run s0"})
    assert tuple(commands(counted)) == (("node", "t.js"),)
    assert counted.lookups < 10_000


def test_a_program_is_named_once_however_often_its_script_runs():
    assert run("npm run a && npm run a", a="npm run b && npm run b", b="node t.js") == (
        ("node", "t.js"),
    )


def test_scripts_may_run_one_another_deeper_than_python_calls():
    assert run("npm run 0", **{f"{n}": f"npm run {n + 1}" for n in range(5000)}) == ()


def test_what_goes_beyond_all_that_a_package_has_is_not_read():
    assert len(run("node t.js && " * 5000)) == 1000


@pytest.mark.parametrize(
    "script",
    [
        *("eslint . && tsc", "exit 0", "true", "echo fine", "npx tsc --noEmit", "npm run lint"),
        *("node --check a.js", "prettier --check . || exit 1", "ng lint", "vite build"),
    ],
)
def test_linters_compilers_and_words_of_a_shell_are_no_tests(script):
    assert not any(may_test(one) for one in run(script, lint="eslint . && tsc"))


@pytest.mark.parametrize(
    ("script", "alone"),
    [
        ("node build/a.js", True),
        ("rm -rf build && node --test", True),
        ("mocha", True),
        ("tsc && node build/a.js", False),
        ("ts-node t.ts", False),
        ("./all.sh", False),
    ],
)
def test_what_may_test_is_told_from_what_does_nothing_else(script, alone):
    found = run(script)
    assert any(may_test(one) for one in found)
    assert all(only_tests(one) for one in found) is alone


@pytest.mark.parametrize(
    ("script", "endless"),
    [
        ("runner --watch", True),
        ("runner -watch", True),
        ("runner --watchAll", True),
        ("runner --watch=true", True),
        ("runner --watch=false --watchAll=false", False),
        ("jest --watchman=false", False),
        ("mocha --watch-files src", False),
        ("mocha -w", True),
        ("ava -w", True),
        ("nyc mocha -w", True),
        ("npx tsc -w", True),
        ("vitest -w", True),
        ("jest -w 2", False),
        ("cypress open --e2e", True),
        ("cypress run", False),
        ("vitest --ui", True),
        ("vitest run --ui", False),
        ("node --watch-path=src t.js", True),
        ("node --watch-path src t.js", True),
        ("npm test -w packages/a", False),
        ("gulp watch test", True),
        ("ng test", True),
        ("ng test --watch=false", False),
        ("karma start", True),
        ("karma start karma.conf.js --single-run", False),
        ("karma start --single-run=false", True),
        ("react-scripts test", True),
        ("npm run again", True),
        ("nodemon t.js", True),
    ],
)
def test_what_goes_on_without_end_is_known(script, endless):
    assert any(waits(one) for one in run(script, again="vitest --watch")) is endless
