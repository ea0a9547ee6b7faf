import re
from pathlib import Path

import pytest

from inference_core.pacing.errors import BadProfileError, TakenIdError, UnknownProfileError
from inference_core.pacing.explanation import explain
from inference_core.pacing.figures import Absent
from inference_core.pacing.library import Profiles
from inference_core.pacing.profile_file import parse_profile, read_profile
from spark_resources import resource

TEXT = resource("profiles", "llama-8b-h100.toml").read_text(encoding="utf-8")

WRONG = [
    ("value = 242.0", "value = 0", "decode_tps.value: wants a number from 0.01"),
    ("value = 242.0", "value = nan", "decode_tps.value: wants a number"),
    ("value = 242.0", "value = true", "decode_tps.value: wants a number"),
    ("value = 242.0", 'value = "fast"', "decode_tps.value: wants a number"),
    ('kind = "second-hand"', 'kind = "rumour"', "decode_tps.kind: wants one of vendor"),
    ('date = "2024-08"', 'date = "August"', "decode_tps.date: wants a date"),
    ("The Register, on", "\\u0007The Register, on", "decode_tps.source: wants a text of one line"),
    ('id = "llama-8b-h100"', 'id = "../x"', "id: wants lower-case letters"),
    ('model = "roofline"', 'model = "magic"', "derivation.model: wants one of roofline"),
    ("utilisation = 0.55", "utilisation = 1.5", "derivation.utilisation: wants a number"),
    ("[jitter]", "[jiter]", "jitter: the key is missing"),
    ('hardware = "', 'speed = 1\nhardware = "', "speed: there is no such key"),
    ("value = 131_072", "value = 0.5", "context.value: wants a number from 1"),
    ("value = 131_072", "value = 1.5", "context.value: wants a whole number"),
    ("value = 5.84e-05", "value = -1", "per_prompt_token_s.value: wants a number from 0"),
]


def own(folder: Path, name: str, text: str = TEXT) -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text.replace('id = "llama-8b-h100"', f'id = "{name}"'), encoding="utf-8")
    return path


@pytest.mark.parametrize(("right", "wrong", "complaint"), WRONG)
def test_a_wrong_key_is_named_with_what_it_should_hold(right, wrong, complaint, tmp_path):
    assert right in TEXT
    path = tmp_path / "mine.toml"
    path.write_text(TEXT.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(BadProfileError, match=re.escape(complaint)) as caught:
        read_profile(path)
    assert str(path) in caught.value.message
    assert "docs/profiles.md" in caught.value.next_step


def test_a_rate_cannot_be_absent():
    text = re.sub(
        r"\[decode_tps\].*?\n\n", '[decode_tps]\nabsent = "unknown"\n\n', TEXT, flags=re.S
    )
    with pytest.raises(ValueError, match="decode_tps: must be a figure"):
        parse_profile(text)


def test_a_file_that_is_no_toml_is_named(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(BadProfileError, match=re.escape(str(path))):
        read_profile(path)


def test_toml_own_dates_are_taken():
    assert parse_profile(TEXT.replace('"2024-08"', "2024-08-27")).decode_tps.date == "2024-08-27"


def test_a_profile_of_the_users_is_found_beside_the_shipped_ones(tmp_path):
    own(tmp_path, "my-box")
    known = Profiles.load(tmp_path)
    assert known.find("my-box").own
    assert not known.find("codex-spark").own
    assert known.problems == ()


def test_a_shipped_profile_is_not_replaced_by_a_file_with_its_id(tmp_path):
    own(tmp_path, "codex", TEXT.replace("242.0", "9.0"))
    known = Profiles.load(tmp_path)
    (problem,) = known.problems
    assert isinstance(problem, TakenIdError)
    assert "'codex'" in problem.message
    assert known.find("codex").decode_tps.value == 67


def test_two_files_of_the_users_cannot_share_an_id(tmp_path):
    own(tmp_path, "box")
    (tmp_path / "copy.toml").write_bytes((tmp_path / "box.toml").read_bytes())
    (problem,) = Profiles.load(tmp_path).problems
    assert "copy.toml" in problem.message
    assert "box.toml" in problem.message


def test_a_broken_file_does_not_take_the_others_away(tmp_path):
    own(tmp_path, "good")
    (tmp_path / "bad.toml").write_text("id = 1", encoding="utf-8")
    known = Profiles.load(tmp_path)
    assert known.find("good").own
    assert len(known.problems) == 1


def test_a_folder_that_is_not_there_has_no_profiles(tmp_path):
    assert Profiles.load(tmp_path / "none").problems == ()


def test_an_unknown_id_names_those_that_exist():
    with pytest.raises(UnknownProfileError) as caught:
        Profiles.load().find("gpt-9")
    assert "codex-spark" in caught.value.next_step


@pytest.mark.parametrize("profile", Profiles.load().profiles, ids=lambda profile: profile.id)
def test_an_explanation_has_every_source_reason_and_the_derivation(profile):
    text = "\n".join(explain(profile))
    for stated in profile.figures().values():
        assert (stated.reason if isinstance(stated, Absent) else stated.source) in text
    if isinstance(profile.derivation, Absent):
        assert profile.derivation.reason in text
    else:
        assert f"{profile.derivation.tokens_per_second():.4g} tokens/s" in text


def test_an_explanation_shows_the_formula_and_its_error():
    text = "\n".join(explain(Profiles.load().find("gpt-oss-120b-wse3")))
    assert "accepted / (layers x seconds per layer)" in text
    assert "1 / (36 x 10 microseconds)" in text
    assert "-7.4% from the profile's 3000 (admitted: 8.0%)" in text


def test_a_file_that_is_nested_too_deeply_does_not_take_the_others_away(tmp_path):
    own(tmp_path, "good")
    (tmp_path / "deep.toml").write_text(f"a = {'[' * 5000}{']' * 5000}", encoding="utf-8")
    known = Profiles.load(tmp_path)
    assert known.find("good").own
    (problem,) = known.problems
    assert "deep.toml cannot be used: it is nested too deeply" in problem.message


def test_a_folder_with_a_profiles_name_is_told(tmp_path):
    (tmp_path / "folder.toml").mkdir()
    (problem,) = Profiles.load(tmp_path).problems
    assert "it is no file" in problem.message


def test_a_file_that_is_too_large_is_not_read_in_part(tmp_path):
    path = tmp_path / "large.toml"
    path.write_text(TEXT + "#" * 1_000_000, encoding="utf-8")
    with pytest.raises(BadProfileError, match="larger than 1000000 bytes"):
        read_profile(path)


def test_a_day_that_no_calendar_has_is_refused():
    with pytest.raises(ValueError, match=r"decode_tps\.date: wants a date"):
        parse_profile(TEXT.replace('"2024-08"', '"2026-02-31"'))


@pytest.mark.parametrize("number", ["9" * 400, f"0x{'f' * 5000}"])
def test_a_complaint_does_not_print_a_value_of_any_length(number):
    with pytest.raises(ValueError, match="wants a number from") as caught:
        parse_profile(TEXT.replace("value = 242.0", f"value = {number}", 1))
    assert len(str(caught.value)) < 200
