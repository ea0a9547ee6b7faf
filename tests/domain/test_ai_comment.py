import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.ai_comment import AiComment, AiKind, parse_ai_comment

EDIT, QUESTION = AiKind.EDIT, AiKind.QUESTION


@pytest.mark.parametrize(
    "comment",
    [
        "# sort them AI!",
        "#sort them AI!",
        "## sort them ai!",
        "#: sort them AI!",
        "// sort them AI!",
        "/// sort them Ai!",
        "//! sort them AI!",
        "/* sort them AI! */",
        "/** sort them AI! */",
        "/**\n * sort them AI!\n */",
        "/**\n * sort them AI!\n **/",
        "{/* sort them AI! */}",
        "<!-- sort them AI! -->",
        "<%-- sort them AI! --%>",
        "{{!-- sort them AI! --}}",
        "-- sort them AI!",
        "--[[ sort them AI! ]]",
        "{- sort them AI! -}",
        "(* sort them AI! *)",
        "{# sort them AI! #}",
        "<# sort them AI! #>",
        "#| sort them AI! |#",
        "#= sort them AI! =#",
        "%{ sort them AI! %}",
        "=begin\nsort them AI!\n=end",
        "; sort them AI!",
        ";; sort them AI!",
        "% sort them AI!",
        "' sort them AI!",
        "! sort them AI!",
        '" sort them AI!',
        "REM sort them AI!",
        "@rem sort them AI!",
        ":: sort them AI!",
        "dnl sort them AI!",
        '"""sort them AI!"""',
        "'''sort them AI!'''",
        "# sort them AI! #",
        "# AI! sort them",
        "# ai! sort them",
        "# AI!: sort them",
        "# AI! - sort them",
        "# sort them, AI!",
        "# sort them (AI!)",
        "# sort them AI!.",
        "# sort them \u2014 AI!",
        "# AI! sort them AI!",
        "    # sort them AI!   \n",
        "# sort them AI\uff01",
    ],
)
def test_an_edit_is_asked_for_in_any_comment_syntax(comment: str) -> None:
    assert parse_ai_comment(comment) == AiComment(EDIT, "sort them")


@pytest.mark.parametrize(
    ("comment", "text"),
    [
        ("# why is this slow AI?", "why is this slow"),
        ("# why is this slow? AI?", "why is this slow?"),
        ("// AI? why two loops", "why two loops"),
        ("/* AI? why two loops */", "why two loops"),
        ("# why AI\uff1f", "why"),
    ],
)
def test_a_question_is_told_from_an_edit(comment: str, text: str) -> None:
    assert parse_ai_comment(comment) == AiComment(QUESTION, text)


@pytest.mark.parametrize(
    ("comment", "text"),
    [
        ("# sort them\n# by name AI!", "sort them\nby name"),
        ("// sort them\n//\n// AI!", "sort them"),
        ("/* sort them\n * by name\n * AI!\n */", "sort them\nby name"),
        ("/* - sort\n   - print AI! */", "sort\n- print"),
        ("# AI! port it\n# to C#", "port it\nto C#"),
        ("# keep 'quotes' AI!", "keep 'quotes'"),
        ("# use -- here AI!", "use -- here"),
        ("# remind me AI!", "remind me"),
        ("remark AI!", "remark"),
    ],
)
def test_the_text_keeps_its_lines_and_loses_only_the_markers(comment: str, text: str) -> None:
    assert parse_ai_comment(comment) == AiComment(EDIT, text)


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "#",
        "# sort them",
        "# AI",
        "# AI!",
        "// AI? ",
        "/* AI! */",
        "# AI! AI!",
        "# the AI! marker starts a proposal",
        "# OpenAI!",
        "# thanks to x.ai!x",
        "# AI!important",
        "# sort them AI !",
        "# said AI!\n# and more text",
    ],
)
def test_other_comments_do_not_speak_to_spark(comment: str) -> None:
    assert parse_ai_comment(comment) is None


def test_the_last_word_decides_where_both_ends_speak() -> None:
    assert parse_ai_comment("# AI! why AI?") == AiComment(QUESTION, "why")


@given(st.text())
def test_any_text_is_read_without_an_error_and_never_gives_an_empty_request(comment: str) -> None:
    found = parse_ai_comment(comment)
    assert found is None or found.text.strip()
