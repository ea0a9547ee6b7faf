"""The app bundle of macOS, on a made-up one: its Info.plist, its layout, the order of signing."""

import plistlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from spark_dist import facts, mac_bundle

MACOS = Path(mac_bundle.__file__).parents[1] / "macos"
CODE = b"\xcf\xfa\xed\xfe" + bytes(28)


@pytest.fixture
def app(tmp_path: Path) -> Path:
    contents = tmp_path / mac_bundle.NAME / "Contents"
    files = {
        **{f"MacOS/{name}": CODE for name in mac_bundle.PROGRAMS},
        "Frameworks/libllama.dylib": CODE,
        "Frameworks/PySide6/QtCore.abi3.so": CODE,
        "Frameworks/PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore": CODE,
        "Resources/resources/models.toml": b"[models]",
        "Resources/spark-desktop.icns": b"icns\0\0\0\x08",
        "Info.plist": plistlib.dumps(mac_bundle.info("0.1.0")),
    }
    for name, data in files.items():
        path = contents / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(0o755 if data == CODE else 0o644)
    (contents / "Frameworks" / "resources").symlink_to("../Resources/resources")
    return contents.parent


def test_the_information_is_filled_in_and_is_a_property_list() -> None:
    told = mac_bundle.info("0.2.0rc1")
    assert told["CFBundleShortVersionString"] == "0.2.0rc1"
    assert told["CFBundleVersion"] == "0.2.0"
    assert plistlib.loads(plistlib.dumps(told)) == told


def test_the_information_claims_links_and_folders() -> None:
    told = mac_bundle.info("0.1.0")
    (link,) = told["CFBundleURLTypes"]
    assert link["CFBundleURLSchemes"] == ["spark"]
    (document,) = told["CFBundleDocumentTypes"]
    assert document["LSItemContentTypes"] == ["public.folder"]
    # Finder stays what opens folders.
    assert document["LSHandlerRank"] == "Alternate"
    assert told["NSHighResolutionCapable"] is True
    assert told["LSMinimumSystemVersion"] == "14.0"
    assert told["CFBundleExecutable"] in mac_bundle.PROGRAMS


def test_every_question_that_macos_asks_is_told_in_russian_too() -> None:
    asked = {name for name in mac_bundle.info("0.1.0") if name.endswith("UsageDescription")}
    strings = (MACOS / "ru.strings").read_text(encoding="utf-8")
    assert set(re.findall(r'^(\w+) = ".+";$', strings, re.MULTILINE)) == asked


def test_the_entitlements_are_few_and_each_has_a_reason() -> None:
    text = (MACOS / "entitlements.plist").read_text(encoding="utf-8")
    allowed = plistlib.loads(text.encode())
    assert set(allowed) == {"com.apple.security.cs.allow-unsigned-executable-memory"}
    for name in allowed:
        before = text[: text.index(f"<key>{name}")].rstrip()
        assert before.endswith("-->"), f"{name} has no reason"


def test_a_whole_bundle_has_no_problems(app: Path) -> None:
    assert mac_bundle.problems(app) == []


def test_what_is_missing_or_misplaced_is_named(app: Path) -> None:
    contents = app / "Contents"
    (contents / "MacOS" / "spark").unlink()
    (contents / "MacOS" / "spark-core").chmod(0o644)
    (contents / "MacOS" / "notes.txt").write_text("data")
    (contents / "Resources" / "spark-desktop.icns").unlink()
    assert mac_bundle.problems(app) == [
        "The icon spark-desktop.icns is missing in Contents/Resources.",
        "Contents/MacOS/spark is missing.",
        "Contents/MacOS/spark-core cannot be executed by everybody.",
        "Contents/MacOS/notes.txt is no code; it is not signed.",
    ]


def test_links_must_stay_within_the_bundle(app: Path) -> None:
    frameworks = app / "Contents" / "Frameworks"
    (frameworks / "away").symlink_to("/usr/lib")
    (frameworks / "gone").symlink_to("nowhere")
    assert mac_bundle.problems(app) == [
        "Contents/Frameworks/away leads out of the bundle, to /usr/lib.",
        "Contents/Frameworks/gone leads to nowhere, which does not exist.",
    ]


def test_information_of_another_make_is_told(app: Path) -> None:
    path = app / "Contents" / "Info.plist"
    path.write_bytes(plistlib.dumps({**mac_bundle.info("0.1.0"), "LSMinimumSystemVersion": "10"}))
    (told,) = mac_bundle.problems(app)
    assert "LSMinimumSystemVersion" in told
    path.write_text("no property list")
    (told,) = mac_bundle.problems(app)
    assert "cannot be read" in told


def test_what_is_inside_is_signed_before_what_contains_it(app: Path) -> None:
    names = [str(path.relative_to(app / "Contents")) for path in mac_bundle.code_files(app)]
    assert names == [
        "Frameworks/PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore",
        "Frameworks/PySide6/QtCore.abi3.so",
        "Frameworks/libllama.dylib",
        "MacOS/spark",
        "MacOS/spark-core",
    ]


def test_the_model_and_the_licences_are_added_as_resources(
    app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def describe(tree: Path, told: facts.Facts) -> None:
        assert (tree / "models" / "m.gguf").is_file(), "the bill lists the model, too"
        (tree / "licences").mkdir()
        (tree / "licences" / "Qt.txt").write_text("LGPL")
        (tree / "sbom.cdx.json").write_text(told.version)

    # What it finds in a real tree is tested with the trees of the other systems.
    monkeypatch.setattr(mac_bundle.compliance, "add", describe)
    model = tmp_path / "m.gguf"
    model.write_bytes(b"model")
    tree = tmp_path / "tree"
    tree.mkdir()
    told = facts.Facts("0.1.0", "0" * 40, 1_700_000_000, "arm64")
    mac_bundle.complete(app, tree, facts.Size.FULL, told, model)
    resources = app / "Contents" / "Resources"
    assert (resources / "models" / "m.gguf").read_bytes() == b"model"
    assert (resources / "licences" / "Qt.txt").is_file()
    assert (resources / "sbom.cdx.json").read_text() == "0.1.0"
    assert 'format = "dmg"' in (resources / "installed-as.toml").read_text()
    russian = (resources / "ru.lproj" / "InfoPlist.strings").read_bytes().decode("utf-16")
    assert "Spark следит" in russian
    assert mac_bundle.problems(app) == []


def test_the_commands_say_what_they_found(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert mac_bundle.main(["check", str(app)]) == 0
    assert mac_bundle.main(["code", str(app)]) == 0
    assert capsys.readouterr().out.count(".dylib") == 1
    shutil.rmtree(app / "Contents" / "MacOS")
    assert mac_bundle.main(["check", str(app)]) == 1
    assert "spark-desktop is missing" in capsys.readouterr().out
    assert mac_bundle.main([]) == 2


def test_pyinstaller_is_told_the_icon_and_the_information(tmp_path: Path) -> None:
    told = mac_bundle.options(Path(__file__).parents[2], tmp_path)
    assert Path(told["icon"]).read_bytes()[:4] == b"icns"
    assert told["info_plist"]["CFBundleShortVersionString"] == told["version"]
    assert told["bundle_identifier"] == "org.spark-desktop"


def test_the_plan_of_the_build_signs_ad_hoc_without_keys() -> None:
    steps = plan({})
    assert "codesign --force --sign - build/macos/Spark Desktop.app" in steps
    assert not [step for step in steps if "notarytool" in step or "--options runtime" in step]
    tried = steps.index("build/macos/Spark Desktop.app/Contents/MacOS/spark-desktop --self-test")
    packed = [at for at, step in enumerate(steps) if step.startswith("hdiutil create")]
    assert packed[0] < tried < packed[1]


def test_the_plan_with_keys_hardens_notarises_and_staples() -> None:
    steps = plan({"SPARK_SIGNING_IDENTITY": "Developer ID", "SPARK_NOTARY_PROFILE": "profile"})
    hardened = [step for step in steps if "--options runtime" in step]
    assert all("entitlements.plist --sign Developer ID" in step for step in hardened)
    # All code, and the bundle once for each size.
    assert len(hardened) == 3
    assert steps[-1].startswith("xcrun stapler staple dist/spark-desktop-")
    assert steps[-1].endswith("-full.dmg")


def plan(keys: dict[str, str]) -> list[str]:
    shell = shutil.which("sh")
    if shell is None:
        pytest.skip("there is no sh here")
    variables = {"PATH": "/usr/bin:/bin", "SOURCE_DATE_EPOCH": "1700000000", **keys}
    command = [shell, str(MACOS / "build.sh"), "--plan"]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()
