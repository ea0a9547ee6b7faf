import json

import pytest


@pytest.fixture
def asked(spark, folder):
    """The command after two questions, each in a chat of its own."""
    spark("ask", "How do I round?", answers=("With quantize().",))
    spark.clock.seconds += 60
    spark("ask", "What is the median?", answers=("The middle one.",))
    return spark


def ids(spark):
    return [one["id"] for one in json.loads(spark("threads", "--json").text)["threads"]]


def test_the_chats_are_listed_the_last_used_first(asked):
    run = asked("threads")
    assert [line.split("  ")[-1] for line in run.text.splitlines()] == [
        "What is the median?",
        "How do I round?",
    ]
    assert asked("threads", "list", "--limit", "1").text.count("\n") == 1


def test_json_lists_what_is_known_of_each(asked, folder):
    (latest, _first) = json.loads(asked("threads", "list", "--json").text)["threads"]
    assert (latest["title"], latest["turns"], latest["pinned"]) == ("What is the median?", 1, False)
    assert latest["folder"] == str(folder)
    assert latest["active"].startswith("1970-")


def test_a_folder_without_chats_says_so(spark, folder):
    run = spark("threads")
    assert (run.code, run.text) == (0, "")
    assert "No chats." in run.err


def test_a_search_shows_the_hit(asked):
    run = asked("threads", "search", "quantize")
    assert "How do I round?" in run.text
    assert "    With quantize()." in run.text
    (hit,) = json.loads(asked("threads", "search", "quantize", "--json").text)["hits"]
    assert (hit["excerpt"], hit["marks"]) == ("With quantize().", [[5, 13]])
    assert hit["thread"]["title"] == "How do I round?"


def test_nothing_found_is_said(asked):
    run = asked("threads", "search", "zzz")
    assert (run.code, run.text) == (0, "")
    assert "Nothing is found." in run.err


def test_a_chat_is_exported_to_standard_output_and_to_a_file(asked, folder):
    latest = ids(asked)[0]
    assert asked("threads", "export", latest).text.startswith("# What is the median?")
    document = json.loads(asked("threads", "export", latest, "--format", "json").text)
    assert (document["format"], document["version"]) == ("spark-thread", 1)
    run = asked("threads", "export", latest, "--output", "chat.md")
    assert (run.text, run.err) == ("", "Written to chat.md\n")
    assert "The middle one." in (folder / "chat.md").read_text(encoding="utf-8")
    told = json.loads(asked("threads", "--json", "export", latest).text)
    assert (told["event"], told["format"]) == ("exported", "md")


def test_a_file_that_cannot_be_written_is_named_with_the_next_step(asked):
    run = asked("threads", "export", ids(asked)[0], "--output", "nowhere/chat.md")
    assert run.code == 1
    assert "nowhere/chat.md cannot be written" in run.err
    assert "Choose another place." in run.err


def test_an_exported_chat_is_imported_as_another_one(asked, folder):
    asked("threads", "export", ids(asked)[0], "--format", "json", "--output", "chat.json")
    run = asked("threads", "import", "chat.json")
    assert run.code == 0
    assert run.text.strip() in ids(asked)
    assert len(ids(asked)) == 3
    told = json.loads(asked("threads", "import", "chat.json", "--json").text)
    assert (told["event"], told["turns"]) == ("imported", 1)


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        (None, 2, "is not a file"),
        (b"{}", 1, "no thread of Spark"),
        (b"\xff\xfe", 1, "not UTF-8"),
    ],
)
def test_a_file_that_is_no_chat_is_not_imported(asked, folder, content, code, told):
    if content is not None:
        (folder / "chat.json").write_bytes(content)
    run = asked("threads", "import", "chat.json")
    assert run.code == code
    assert told in run.err
    assert len(ids(asked)) == 2


def test_a_deleted_chat_is_brought_back(asked):
    latest, first = ids(asked)
    run = asked("threads", "delete", latest)
    assert (run.text, ids(asked)) == ("1 deleted.\n", [first])
    assert "spark threads restore" in run.err
    assert latest in asked("threads", "list", "--deleted").text
    told = json.loads(asked("threads", "restore", latest, "--json").text)
    assert told == {"event": "restored", "ids": [latest]}
    assert ids(asked) == [latest, first]
    assert "No deleted chats." in asked("threads", "list", "--deleted").err


def test_deleted_chats_can_be_removed_for_good_at_once(asked):
    latest, first = ids(asked)
    asked("threads", "delete", latest)
    assert asked("threads", "purge").text == "1 removed for good.\n"
    assert json.loads(asked("threads", "purge", "--json").text) == {"event": "purged", "count": 0}
    run = asked("threads", "restore", latest)
    assert run.code == 1
    assert "is gone" in run.err
    assert ids(asked) == [first]


@pytest.mark.parametrize("action", ["delete", "restore", "export"])
def test_an_unknown_chat_is_an_error_with_the_next_step(asked, action):
    run = asked("threads", action, "nowhere", "--json")
    told = json.loads(run.text)
    assert (run.code, told["event"]) == (1, "error")
    assert "nowhere" in told["message"]
    assert told["next_step"]


def test_no_core_is_started_for_it(asked):
    asked("threads")
    assert not asked.cores[-1].started
