import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.ai_comment import AiComment, AiKind, parse_ai_comment, without_marks

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


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        ("# what does it cost? AI?\n", "# what does it cost?\n"),
        ("if (ai!=null) { // why here AI?", "if (ai!=null) { // why here"),
        ("foo.ai?.bar()  # why AI?\r\n", "foo.ai?.bar()  # why\r\n"),
        ("foo.ai?.bar()", "foo.ai?.bar()"),
        ("foo(ai!) // AI? why two", "foo(ai!) // why two"),
        ("const x = ai! // AI? why", "const x = ai! // why"),
        ("f(ai!) /* why AI? */ + 1;", "f(ai!) /* why */ + 1;"),
        ("// AI? why two loops", "// why two loops"),
        ("//AI? why", "// why"),
        ("# AI! why AI?", "# why"),
        ("# why (AI?)", "# why"),
        ("# why \u2014 AI?", "# why \u2014"),
        ("/* why AI? */", "/* why */"),
        ("/* AI? */", "/* */"),
        (" * AI? why", " * why"),
        ("   why AI?", "   why"),
        ("<!-- why AI? -->", "<!-- why -->"),
        ('"""why AI?"""', '"""why"""'),
        ("-- why AI\uff1f", "-- why"),
        ("# why AI? #", "# why #"),
        ("AI?", ""),
        ("# what does AI? do here AI?", "# what does AI? do here"),
    ],
)
def test_a_line_loses_the_mark_of_its_comment_and_nothing_of_its_code(line, plain):
    assert without_marks(line) == plain


@pytest.mark.parametrize("piece", [" ", "/", "#", "(", "ai! ", "/*", '"'])
def test_a_long_line_is_read_in_one_go(piece):
    line = f"# {piece * 50_000}x"
    assert len(without_marks(line)) >= len(line) - len(" ai!")


@given(st.text())
def test_any_text_is_read_without_an_error_and_never_gives_an_empty_request(comment: str) -> None:
    found = parse_ai_comment(comment)
    assert found is None or found.text.strip()
