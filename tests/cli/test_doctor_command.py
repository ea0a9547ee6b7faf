import http.server
import json
import os
import sqlite3
import sys
import threading
from contextlib import closing, contextmanager

import pytest

from spark_desktop.adapters import examinations
from spark_desktop.adapters import machine_examinations as machine
from spark_desktop.adapters import spark_examinations as examined
from spark_desktop.adapters.core_process import core_command
from spark_desktop.domain.findings import Finding, Verdict

GB = 1_000_000_000
LINUX_ONLY = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asked on Linux only")


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    folder = tmp_path / "data"
    monkeypatch.setenv("SPARK_DATA_DIR", str(folder))
    return folder


def test_every_thing_is_said_on_a_line_with_its_verdict(spark, data_dir):
    run = spark("doctor")
    found = examinations.examine_all(data_dir)
    for finding in found:
        assert f"{finding.verdict.value:<8} {finding.name}" in run.text
    assert len({finding.name for finding in found}) == 18
    assert not data_dir.exists(), "looking creates nothing"


def test_json_holds_the_same_findings(spark, data_dir):
    told = json.loads(spark("doctor", "--json").out)
    assert told["event"] == "doctor"
    assert {"name", "verdict", "detail", "next_step"} == set(told["findings"][0])


@pytest.mark.parametrize(
    ("verdict", "code"), [(Verdict.OK, 0), (Verdict.NOTE, 0), (Verdict.MISSING, 1)]
)
def test_only_something_that_is_missing_fails(spark, monkeypatch, verdict, code):
    found = [Finding("engine", verdict, "seen", "Do this.")]
    monkeypatch.setattr(examinations, "examine_all", lambda _folder: found)
    run = spark("doctor")
    assert run.code == code
    assert run.text.splitlines()[1].split() == ["→", "Do", "this."]


def test_an_old_python_is_missing():
    assert machine.python((3, 10, 1)).verdict is Verdict.MISSING
    assert machine.python((3, 11, 0)).verdict is Verdict.OK


@pytest.mark.parametrize(
    ("flags", "verdict"),
    [
        ("flags\t\t: fpu avx avx2 fma\n", Verdict.OK),
        ("flags\t\t: fpu avx\n", Verdict.MISSING),
        ("model name\t: unknown\n", Verdict.NOTE),
    ],
)
@LINUX_ONLY
def test_a_processor_is_judged_by_its_flags(tmp_path, monkeypatch, flags, verdict):
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    (tmp_path / "cpuinfo").write_text(flags)
    assert machine.processor(tmp_path / "cpuinfo").verdict is verdict


@LINUX_ONLY
def test_a_processor_that_says_nothing_is_no_failure(tmp_path, monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    assert machine.processor(tmp_path / "none").verdict is Verdict.NOTE


def test_another_kind_of_processor_needs_no_avx2(tmp_path, monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "arm64")
    assert machine.processor(tmp_path / "none").verdict is Verdict.OK


@pytest.mark.parametrize(
    ("total", "available", "verdict"),
    [
        (8 * GB, 4 * GB, Verdict.OK),
        (8 * GB, GB // 2, Verdict.NOTE),
        (GB // 2, GB // 4, Verdict.MISSING),
    ],
)
def test_memory_is_compared_with_the_default_models(total, available, verdict):
    assert machine.memory(total, available).verdict is verdict


@LINUX_ONLY
def test_missing_system_libraries_are_all_named_with_their_packages(tmp_path, monkeypatch):
    program(
        tmp_path / "ldd",
        "printf '\\tlibEGL.so.1 => not found\\n\\tlibc.so.6 => /lib/libc.so.6\\n"
        "\\tlibxcb-cursor.so.0 => not found\\n'",
    )
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    finding = machine.qt_libraries(tmp_path)
    assert finding.verdict is Verdict.MISSING
    assert finding.detail == "not found: libEGL.so.1, libxcb-cursor.so.0"
    assert finding.next_step == "On Debian and Ubuntu: sudo apt install libegl1 libxcb-cursor0"


@LINUX_ONLY
def test_a_library_of_an_unknown_package_is_named_too(tmp_path, monkeypatch):
    program(tmp_path / "ldd", "echo 'libnew.so.7 => not found'")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    finding = machine.qt_libraries(tmp_path)
    assert "libnew.so.7" in finding.detail
    assert "your system" in finding.next_step


@LINUX_ONLY
def test_libraries_that_cannot_be_examined_are_a_note(tmp_path):
    assert machine.qt_libraries(tmp_path).verdict is Verdict.NOTE


@LINUX_ONLY
def test_a_missing_display_is_a_note_as_the_command_line_works():
    assert machine.display({}).verdict is Verdict.NOTE
    assert machine.display({"DISPLAY": ":0"}).detail == "DISPLAY=:0"
    assert machine.display({"WAYLAND_DISPLAY": "w"}).verdict is Verdict.OK


def test_few_file_watches_are_a_note_with_the_way_to_raise_them(tmp_path):
    (tmp_path / "few").write_text("8192\n")
    (tmp_path / "many").write_text("524288\n")
    assert "sysctl" in machine.file_watches(tmp_path / "few", lambda: 7).next_step
    assert machine.file_watches(tmp_path / "many", lambda: 7).verdict is Verdict.OK
    assert machine.file_watches(tmp_path / "many").verdict is Verdict.OK
    assert machine.file_watches(tmp_path / "none").verdict is Verdict.OK


@pytest.mark.parametrize(
    ("used", "verdict"), [(520_000, Verdict.NOTE), (524_288, Verdict.MISSING), (9, Verdict.OK)]
)
def test_file_watches_that_are_nearly_used_up_are_told(tmp_path, used, verdict):
    (tmp_path / "limit").write_text("524288\n")
    finding = machine.file_watches(tmp_path / "limit", lambda: used)
    assert finding.verdict is verdict
    assert f"{used} of 524288" in finding.detail


def test_every_dependency_is_looked_for(monkeypatch):
    monkeypatch.setattr(
        "importlib.metadata.requires",
        lambda _name: ["pygments>=2", "no-such-thing>=1", 'other-thing; extra == "dev"'],
    )
    finding = examined.packages()
    assert finding.verdict is Verdict.MISSING
    assert finding.detail.endswith("not installed: no-such-thing")


@pytest.mark.parametrize(("system", "missing"), [("linux", True), ("win32", False)])
def test_a_dependency_of_another_system_is_not_missing_here(monkeypatch, system, missing):
    monkeypatch.setattr(
        "importlib.metadata.requires", lambda _name: ["no-such-thing>=1; sys_platform == 'linux'"]
    )
    monkeypatch.setattr("sys.platform", system)
    assert (examined.packages().verdict is Verdict.MISSING) is missing


def test_a_checkout_that_is_not_installed_is_a_note(monkeypatch):
    monkeypatch.setattr(examined, "_DISTRIBUTION", "spark-desktop-of-nobody")
    assert examined.packages().verdict is Verdict.NOTE


def test_a_grammar_that_does_not_load_is_named():
    finding = examined.grammars(["json", "tree_sitter_none"])
    assert finding.verdict is Verdict.MISSING
    assert "tree_sitter_none" in finding.detail
    assert "json (" not in finding.detail


def core_that(does: str) -> tuple[str, ...]:
    """A command of which nothing is asked but what it says."""
    return (sys.executable, "-c", does)


def engine_said(library: str | None = None, trouble: str = "") -> tuple[str, ...]:
    used = {"version": "1.2", "library": library, "trouble": trouble}
    return core_that(f"print({json.dumps(json.dumps({'engine': used}))})")


@pytest.mark.parametrize(
    ("library", "said"),
    [(None, "as it was installed"), ("native.so", "built on this machine: native.so")],
)
def test_the_engine_that_the_core_uses_is_named(library, said):
    finding = examined.engine(engine_said(library))
    assert finding.verdict is Verdict.OK
    assert finding.detail == f"llama.cpp, xllamacpp 1.2, {said}"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (engine_said(trouble="it ended with -4"), "1.2 does not load: it ended with -4"),
        (core_that("import sys; sys.exit('It is not installed.')"), "It is not installed."),
        (core_that("print(1)"), "the core cannot tell: exit code 0"),
        (core_that("import os; os._exit(3)"), "the core cannot tell: exit code 3"),
        (("no-such-core",), "the core does not answer"),
    ],
)
def test_an_engine_that_cannot_work_is_missing_with_its_reason(command, said):
    finding = examined.engine(command)
    assert finding.verdict is Verdict.MISSING
    assert said in finding.detail
    assert finding.next_step


def test_the_core_tells_its_engine():
    assert examined.engine(core_command()).verdict is Verdict.OK


def test_a_data_folder_that_cannot_be_made_is_missing(tmp_path):
    (tmp_path / "file").write_text("")
    finding = examined.data(tmp_path / "file" / "data")
    assert finding.verdict is Verdict.MISSING
    assert "SPARK_DATA_DIR" in finding.next_step


def test_a_data_folder_that_is_there_or_can_be_made_is_fine(tmp_path):
    assert examined.data(tmp_path).detail == str(tmp_path)
    assert "made at the first use" in examined.data(tmp_path / "a" / "b").detail


def test_a_sound_database_is_fine_and_a_damaged_one_is_missing(tmp_path):
    path = tmp_path / "spark.db"
    assert "none yet" in examined.database(path).detail
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE t (a)")
    assert examined.database(path).verdict is Verdict.OK
    path.write_bytes(b"no database at all, but text\n" * 100)
    damaged = examined.database(path)
    assert damaged.verdict is Verdict.MISSING
    assert "not a database" in damaged.detail


def shelf(state="verified", own=(), **changes):
    entry = {"id": "m", "path": "/models/m.gguf", "state": state, "bytes": 4, "bytes_here": 1}
    told = {"default": "m", "models": [entry | changes], "own": list(own)}
    return core_that(f"print({json.dumps(json.dumps(told))})")


@pytest.mark.parametrize(
    ("state", "verdict", "said"),
    [
        ("verified", Verdict.OK, "m at /models/m.gguf, its hash was compared"),
        ("unverified", Verdict.OK, "its hash is not compared yet"),
        ("bundled", Verdict.OK, "a part of the installed Spark"),
        ("partial", Verdict.NOTE, "m: 0 of 0 MB are here"),
        ("absent", Verdict.NOTE, "MB are here"),
    ],
)
def test_the_model_and_the_state_of_its_hash_are_as_the_core_says(state, verdict, said):
    finding = examined.model(shelf(state))
    assert finding.verdict is verdict
    assert said in finding.detail


def test_a_chosen_file_is_looked_up_among_the_users_own():
    own = {"id": "n", "path": "/own/n.gguf", "fault": ""}
    broken = {"id": "o", "path": "/own/o.gguf", "fault": "It is cut off."}
    command = shelf(own=[own, broken])
    assert examined.model(command, "/own/n.gguf").detail.endswith("a file of your own")
    assert examined.model(command, "/own/o.gguf").detail == "It is cut off."


def test_a_chosen_file_outside_of_the_store_is_looked_at(tmp_path):
    file = tmp_path / "x.gguf"
    assert examined.model(shelf(), str(file)).verdict is Verdict.MISSING
    file.write_bytes(b"x")
    assert examined.model(shelf(), str(file)).verdict is Verdict.OK


def test_a_core_that_cannot_tell_its_models_is_missing_with_its_reason():
    finding = examined.model(core_that("import sys; sys.exit('spark-core: Not here.')"))
    assert finding.verdict is Verdict.MISSING
    assert "Not here." in finding.detail


def test_a_core_program_that_is_not_there_is_missing(tmp_path):
    assert examined.model((str(tmp_path / "none"),)).verdict is Verdict.MISSING


def test_a_core_that_answers_is_named(tmp_path):
    with answering({"status": "ok"}) as url:
        ready_file(tmp_path, url=url)
        finding = examined.running_cores(tmp_path)
    assert finding.verdict is Verdict.OK
    assert url in finding.detail
    assert str(os.getpid()) in finding.detail


def test_a_core_that_does_not_answer_is_a_note(tmp_path):
    with answering({"status": "other"}) as url:
        ready_file(tmp_path, url=url)
        assert examined.running_cores(tmp_path).verdict is Verdict.NOTE
    assert "does not answer" in examined.running_cores(tmp_path).detail


def test_ready_files_that_tell_nothing_are_passed_over(tmp_path):
    (tmp_path / "core-1.json").write_text("{")
    (tmp_path / "core-2.json").write_text("[]")
    ready_file(tmp_path, url="http://127.0.0.1:1", pid=2**22 + 1)
    assert examined.running_cores(tmp_path).detail.startswith("none")


def program(path, script):
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def ready_file(folder, url, pid=None):
    told = {"url": url, "token": "t", "pid": pid or os.getpid(), "model": "m"}
    (folder / "core-0.json").write_text(json.dumps(told))


@contextmanager
def answering(answer):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
