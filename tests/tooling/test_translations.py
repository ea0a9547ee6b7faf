"""Every text for the user is translated, keeps its values, and none stands outside."""

import re
from pathlib import Path

import pytest
import translations

from tests.tooling.literals import findings, untranslated, untranslated_errors

SOURCES = Path(__file__).parents[2] / "spark_desktop"
# What looks like text and is none: a style sheet, words of the program's own.
_NO_TEXT = (
    "views/stylesheet.py",
    "views/transcript_documents.py",
    "viewmodels/notice.py",
    "viewmodels/model_rows.py",
)
# The same below the view models: words of formats and languages, of states, of what others read.
_NO_TEXT_BELOW = (
    # Code of other languages, which is looked for and written.
    "adapters/pitfalls/",
    "adapters/small_changes.py",
    "app.py",
    "adapters/autostart.py",
    "adapters/chat_body.py",
    "adapters/code_queries.py",
    "adapters/comments.py",
    "adapters/git_branch.py",
    "adapters/index_database.py",
    "adapters/index_queries.py",
    "adapters/index_store.py",
    "adapters/languages.py",
    "adapters/module_lists.py",
    "adapters/names_python.py",
    "adapters/renaming_results.py",
    "adapters/renaming_tables.py",
    "adapters/sample_project.py",
    "adapters/single_instance.py",
    "adapters/stubs.py",
    # Words of requests and of documentation, in several languages.
    "domain/asked_points.py",
    "domain/asked_types.py",
    "domain/documentation_",
    "domain/told_results.py",
    "domain/answer_format.py",
    "domain/answer_formats/",
    "domain/check_questions.py",
    "domain/compiled_checks.py",
    "domain/doctor_report.py",
    "domain/failure_formats/",
    "domain/language_members.py",
    "domain/model_shelf.py",
    "domain/moved_",
    "domain/new_imports.py",
    "domain/notices.py",
    "domain/parameter_objects.py",
    "domain/python_",
    "domain/quick_actions.py",
    "domain/unified_diff.py",
    "domain/refusal_prompts.py",
    "domain/result_changes.py",
    "domain/said_types.py",
    "domain/self_test.py",
    "domain/small_change.py",
    "domain/session_recording.py",
    "domain/thread_groups.py",
    "domain/unified_diff.py",
    "services/anew.py",
    "services/fill_in.py",
    "services/follow_instructions.py",
)
# And single texts there: what a model is asked, what other programs say, heads of files, and
# under which name it is kept that something was told.
_READ_BY_OTHERS = (
    "Uncommitted changes:",
    "of the file are most like it:",
    "PATH HOME USER LOGNAME",
    "Result of {}:",
    "Call of {}:",
    "From the clipboard:",
    "(Not shown: it may hold secrets.)",
    "def step_",
    "\nExplain step_7 at length.",
    "The endpoints that Spark Desktop may ask.",
    "# The settings of Spark Desktop.",
    "inotify wd:",
    "no test specified",
    "failing tests:",
    "TEST CASE:",
    "test cases: .",
    "All tests passed",
    "npm test",
    "=> not found",
    "disconnected without sending",
    "closed connection without",
    "stays in the tray",
    "PATH HOME USER LOGNAME",
    "no tray",
    "tray is gone",
    "Spark self-test, {}",
    "Where does a kingfisher nest?",
    "In the bank of a river.",
    "Spark Desktop self-test",
    "llama.cpp b{} (xllamacpp {})",
    "source code",
    "syntax errors in this code: ",
    "trusted comment: ",
    "not ok ",
    "{ echo $$ >",
    "stack backtrace",
    "<checked by spark>",
    "ref: refs/heads/",
    "# What is another in one folder, by its full path:",
    "Made by Spark: lets checks import",
    "not a git repository",
    "It returns {",
    "It returns an error {",
)


def test_every_text_is_translated_and_compiled() -> None:
    assert list(translations.problems()) == []


def test_no_text_of_the_window_stands_outside_of_the_translations() -> None:
    found = findings(SOURCES, ("views", "viewmodels"))
    assert [one for one in found if not one.startswith(_NO_TEXT)] == []


def test_nothing_below_the_view_models_is_told_in_english_only() -> None:
    found = findings(SOURCES, ("domain", "services", "adapters"), errors=True)
    # What builds the program from its parts tells things, too.
    found += [one for one in findings(SOURCES, ("",), errors=True) if "/" not in one.split(":")[0]]
    told = [one for one in found if not one.startswith(_NO_TEXT_BELOW)]
    others = [repr(text)[1:-1] for text in _READ_BY_OTHERS]
    assert [one for one in told if not any(text in one for text in others)] == []


@pytest.mark.parametrize(
    "source",
    [
        'label.setText("Send")',
        'label.setText(f"Send {name}")',
        'button = QPushButton("Send")',
        'text = "Nothing was written."',
        'notice = Notice(tr("Stopped."), Tone.MUTED, "Type one.")',
        'label.setText("Stop" if busy else tr("Send"))',
        'text = f"{rate} t/s"',
        'text = f"{name}, line {number}"',
        'text = f"Removes: {lines}"',
        'text = f"{count:,}"',
        'text = f"{seconds:.1f}"',
        'text = f"{moment:%d.%m.%Y}"',
    ],
)
def test_a_text_without_translation_is_found(source: str) -> None:
    assert list(untranslated(source)) != []


@pytest.mark.parametrize(
    "source",
    [
        'label.setText(tr("Send"))',
        '"""A docstring of some words."""',
        'raise ValueError("a mistake of ours")',
        'button.setObjectName("main button")',
        'label.setText(tr("{rate:.0f} t/s", rate=rate))',
        'text = f"{done} / {total}"',
    ],
)
def test_what_is_translated_or_no_text_is_passed_over(source: str) -> None:
    assert list(untranslated(source)) == []


def test_an_error_without_say_is_found() -> None:
    assert list(untranslated_errors('raise FileError(f"{path} is gone.", "Look again.")')) == [
        (1, "{} is gone."),
        (1, "Look again."),
    ]


@pytest.mark.parametrize(
    "source",
    [
        'Finding("engine", Verdict.OK, say("it runs"))',
        'Finding(say("engine"), Verdict.OK, "runs")',
        'Check("parses", True)',
        'Check(say("parses"), False, f"{count} errors")',
        'Cancelled("stopped")',
        'Failed(error.message, error.next_step or "Again.")',
        'Ignored(path, reason, detail="folder")',
        'raise SparkError("Gone.")',
        '_STEP = "Install it again."',
        'return f"exit code {code}"',
    ],
)
def test_what_is_told_below_the_view_models_without_say_is_found(source: str) -> None:
    assert list(untranslated_errors(source)) != []


@pytest.mark.parametrize(
    "source",
    [
        'Finding(say("engine"), Verdict.OK, f"{path}: {told}")',
        'Finding("Python", Verdict.OK, detail)',
        'raise ValueError("a mistake of ours")',
        'connection.execute("SELECT id FROM turns WHERE id = ?")',
        '_log.error("an examination failed")',
    ],
)
def test_what_is_said_or_not_told_is_passed_over(source: str) -> None:
    assert list(untranslated_errors(source)) == []


def test_no_text_hides_in_an_f_string_where_the_tool_does_not_look() -> None:
    hidden = [
        str(path.relative_to(SOURCES))
        for path in SOURCES.rglob("*.py")
        if re.search(r"\{(tr|say)\(", path.read_text(encoding="utf-8"))
    ]
    assert hidden == []
