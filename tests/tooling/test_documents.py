"""What the documents name is there, and they name nothing that only one machine has."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE_BLOCK = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def links(markdown: str) -> list[str]:
    """The targets of the links and pictures outside of code blocks."""
    return _LINK.findall(_CODE_BLOCK.sub("", markdown))


def anchors(markdown: str) -> set[str]:
    """What the headings can be linked as."""
    headings = re.findall(r"^#+ +(.+)$", _CODE_BLOCK.sub("", markdown), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


def is_broken(document: Path, link: str) -> bool:
    target, _, anchor = link.partition("#")
    path = document.parent / target if target else document
    if not path.exists():
        return True
    return bool(anchor) and anchor not in anchors(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_links_to_what_exists(name: str) -> None:
    document = ROOT / name
    here = [link for link in links(document.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in here if is_broken(document, link)] == []


def test_the_readme_names_folders_that_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    folders = re.findall(r"^\| `([a-z_]+/)` \|", readme, re.MULTILINE)
    assert len(folders) >= 7
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []


def test_the_readme_names_commands_that_the_makefile_has() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split())
    named = set(re.findall(r"(?:^|`)make (\w+)", readme, re.MULTILINE))
    assert {"run", "test", "demo"} <= named
    assert named <= targets


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = set(links((folder / "README.md").read_text(encoding="utf-8")))
    assert {path.name for path in folder.glob("0*.md")} == {
        name for name in listed if "/" not in name
    }


def test_a_link_to_nothing_is_broken(tmp_path: Path) -> None:
    document = tmp_path / "a.md"
    document.write_text("# One title\n[x](#one-title) [y](#other) [z](b.md)\n", encoding="utf-8")
    found = {
        link: is_broken(document, link) for link in links(document.read_text(encoding="utf-8"))
    }
    assert found == {"#one-title": False, "#other": True, "b.md": True}
