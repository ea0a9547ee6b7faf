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
