"""Brings the translations up to date with the source: collect, merge, compile.

    python packaging/translations.py            collect anew, keep what is translated, compile
    python packaging/translations.py --check    say what is missing or stale; exit code 1 then

Qt's lupdate reads ``tr()`` and ``say()`` in the source, lrelease makes the ``.qm`` that the app
loads. All texts go into one context, since a sentence means the same wherever it stands; lupdate
itself would make one of each class that derives from another.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "resources" / "translations"
CONTEXT = "spark"
# English needs a file of its own for the forms of numbers only.
FORMS = {"en": 2, "ru": 3}
_FIELD = re.compile(r"%n|\{[^{}]*\}")


@dataclass(frozen=True, order=True)
class Source:
    """One text of the source; ``comment`` tells equal ones apart."""

    text: str
    comment: str
    has_forms: bool


def sources() -> tuple[Source, ...]:
    """Return every text that is to be translated, sorted. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder, "found.ts")
        listing = Path(folder, "files.lst")
        files = sorted((ROOT / "spark_desktop").rglob("*.py"))
        listing.write_text("\n".join(map(str, files)), encoding="utf-8")
        _tool("lupdate", "-silent", "-tr-function-alias", "tr+=say", f"@{listing}", "-ts", found)
        messages = ET.parse(found).iter("message")
        return tuple(sorted({_source(message) for message in messages}))


def translated(language: str) -> dict[Source, tuple[str, ...]]:
    """Return the finished translations of a language; one with forms has several."""
    path = FOLDER / f"spark_{language}.ts"
    if not path.exists():
        return {}
    done = {}
    for message in ET.parse(path).iter("message"):
        translation = message.find("translation")
        if translation is None or translation.get("type") == "unfinished":
            continue
        forms = tuple(form.text or "" for form in translation.iter("numerusform"))
        done[_source(message)] = forms or (translation.text or "",)
    return done


def update() -> None:
    """Write the files of all languages anew and compile them."""
    known = sources()
    FOLDER.mkdir(exist_ok=True)
    for language, forms in FORMS.items():
        path = FOLDER / f"spark_{language}.ts"
        path.write_text(_document(language, known, translated(language), forms), encoding="utf-8")
        compile_to(path, path.with_suffix(".qm"))


def compile_to(source: Path, target: Path) -> None:
    """Make the file that the app loads. Raises CalledProcessError."""
    _tool("lrelease", "-silent", "-nounfinished", source, "-qm", target)


def problems() -> Iterator[str]:
    """Yield what is missing, stale, or lost a value on the way into the other language."""
    known = sources()
    for language, count in FORMS.items():
        done = translated(language)
        wanted = [one for one in known if one.has_forms or language != "en"]
        for source in wanted:
            forms = done.get(source)
            if forms is None:
                yield f"{language}: not translated: {source.text!r}"
            elif len(forms) != (count if source.has_forms else 1) or not all(forms):
                yield f"{language}: a form is missing: {source.text!r}"
            elif any(_fields(form) - _fields(source.text) for form in forms) or any(
                _fields(source.text) - _fields(form) - {"%n"} for form in forms
            ):
                yield f"{language}: other values than in English: {source.text!r}"
        for source in sorted(set(done) - set(known)):
            yield f"{language}: no longer in the source: {source.text!r}"
        yield from _stale(language)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="change nothing, say what is missing")
    if not parser.parse_args(argv).check:
        update()
    found = list(problems())
    print("\n".join(found) or f"{len(sources())} texts, all translated")
    return int(bool(found))


def _stale(language: str) -> Iterator[str]:
    path = FOLDER / f"spark_{language}.ts"
    if not path.exists():
        yield f"{language}: {path.name} is missing"
        return
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder, "fresh.qm")
        compile_to(path, fresh)
        compiled = path.with_suffix(".qm")
        if not compiled.exists() or compiled.read_bytes() != fresh.read_bytes():
            yield f"{language}: {compiled.name} is not made from {path.name}"


def _document(
    language: str, known: Sequence[Source], done: dict[Source, tuple[str, ...]], forms: int
) -> str:
    root = ET.Element("TS", version="2.1", language=language)
    context = ET.SubElement(root, "context")
    ET.SubElement(context, "name").text = CONTEXT
    for source in known:
        if language == "en" and not source.has_forms:
            continue
        message = ET.SubElement(context, "message", {"numerus": "yes"} if source.has_forms else {})
        ET.SubElement(message, "source").text = source.text
        if source.comment:
            ET.SubElement(message, "comment").text = source.comment
        texts = done.get(source)
        translation = ET.SubElement(message, "translation")
        if texts is None:
            translation.set("type", "unfinished")
        if source.has_forms:
            for number in range(forms):
                form = ET.SubElement(translation, "numerusform")
                form.text = texts[number] if texts and number < len(texts) else ""
        elif texts:
            translation.text = texts[0]
    ET.indent(root, " ")
    body = ET.tostring(root, encoding="unicode", short_empty_elements=False)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n'


def _source(message: ET.Element) -> Source:
    return Source(
        message.findtext("source") or "",
        message.findtext("comment") or "",
        message.get("numerus") == "yes",
    )


def _fields(text: str) -> set[str]:
    return set(_FIELD.findall(text))


def _tool(name: str, *arguments: str | Path) -> None:
    program = Path(sys.executable).parent / f"pyside6-{name}"
    subprocess.run([program, *arguments], check=True, capture_output=True, text=True)


if __name__ == "__main__":
    sys.exit(main())
