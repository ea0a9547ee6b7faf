import threading
from datetime import UTC, datetime
from pathlib import PurePosixPath

import pytest

from spark_desktop.domain.doctor_report import Secrets, report_of, secrets_of
from spark_desktop.domain.findings import Finding, Verdict
from spark_desktop.services.doctor import DoctorService, Examination

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOME = PurePosixPath("/home/mallory")
NOBODY = Secrets(HOME, "mallory")


def found(name: str, verdict: Verdict = Verdict.OK, detail: str = "", step: str = "") -> Finding:
    return Finding(name, verdict, detail, step)


def service(*examinations: Examination) -> DoctorService:
    return DoctorService(lambda: examinations, lambda: NOBODY, lambda: NOON)


async def looked(doctor: DoctorService) -> dict[int, Finding]:
    told: dict[int, Finding] = {}

    def tell(place: int, finding: Finding) -> None:
        assert threading.current_thread() is threading.main_thread()
        told[place] = finding

    await doctor.examine(tell)
    return told


async def test_every_finding_is_told_with_its_place_in_the_loops_thread() -> None:
    told = await looked(service(lambda: found("a"), lambda: found("b")))
    assert told == {0: found("a"), 1: found("b")}


async def test_a_slow_examination_holds_up_no_other() -> None:
    late = threading.Event()

    def slow() -> Finding:
        late.wait()
        return found("slow")

    order: list[str] = []

    def tell(place: int, finding: Finding) -> None:
        order.append(finding.name)
        if finding.name == "quick":
            late.set()

    await service(slow, lambda: found("quick")).examine(tell)
    assert order == ["quick", "slow"]


async def test_what_only_the_window_can_ask_comes_first_and_in_its_thread() -> None:
    doctor = service(lambda: found("engine"))
    threads: list[threading.Thread] = []

    def tray() -> Finding:
        threads.append(threading.current_thread())
        return found("tray")

    doctor.ask_here({"tray": lambda: found("old")})
    doctor.ask_here({"tray": tray})
    told = await looked(doctor)
    assert [told[place].name for place in sorted(told)] == ["tray", "engine"]
    assert threads == [threading.main_thread()]


async def test_an_examination_that_breaks_is_a_warning_and_the_others_go_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def keyring_backend() -> Finding:
        raise RuntimeError("the bus is gone")

    told = await looked(service(keyring_backend, lambda: found("b")))
    assert told[0].name == "keyring backend"
    assert told[0].verdict is Verdict.NOTE
    assert "RuntimeError: the bus is gone" in told[0].detail
    assert told[1] == found("b")
    assert "an examination failed" in caplog.text


def test_the_report_says_state_reason_and_next_step() -> None:
    findings = (found("engine", detail="loads"), found("tray", Verdict.NOTE, "none", "Do this."))
    assert report_of(findings, NOBODY, NOON).splitlines() == [
        "Spark doctor, 2026-03-01 12:00",
        "",
        "ok       engine  loads",
        "warning  tray    none",
        "                 -> Do this.",
    ]


ENVIRONMENT = {
    "OPENAI_API_KEY": "sk-proj-abcdefghijklmnop1234",
    "MY_SERVICE_TOKEN": "hunter2hunter2",
    "DB_PASSWORD": "correct horse",
    "HF_TOKEN": "hf_ABCDEFGHIJKLMNOP",
    "https_proxy": "http://mallory:s3cretword@proxy.example:8080",
    "LANG": "en_GB.UTF-8",
    "SHORT_KEY": "on",
}
PLANTED = (
    "key sk-proj-abcdefghijklmnop1234 at /home/mallory/.config/spark",
    "token hunter2hunter2, and correct horse",
    "http://mallory:s3cretword@proxy.example:8080/path",
    "Authorization: Bearer abc.def.ghi",
    "https://index.example/simple?token=verysecret&x=1",
    "ghp_aaaaaaaaaaaaaaaaaaaaaaaa and csk-0123456789abcdef",
    "deadbeefdeadbeefdeadbeefdeadbeef01",
    "owned by mallory, in C:\\Users\\mallory\\x and /home/mallory",
)
SECRET = (
    *("sk-proj", "hunter2", "correct horse", "s3cretword", "abc.def", "verysecret", "ghp_a"),
    *("csk-0", "deadbeef", "mallory"),
)


def test_no_secret_of_the_environment_is_in_the_report() -> None:
    secrets = secrets_of(ENVIRONMENT, HOME, "mallory")
    findings = tuple(found(f"thing {n}", detail=text, step=text) for n, text in enumerate(PLANTED))
    report = report_of(findings, secrets, NOON)
    for secret in SECRET:
        assert secret not in report
    # What a bug report needs is still there.
    assert "~/.config/spark" in report
    assert "proxy.example:8080" in report


@pytest.mark.parametrize(
    "text",
    [
        "/home/mallory2/file",
        "OpenSSL 3.0.19 27 Jan 2026",
        "libxcb-cursor.so.0",
        "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        "turned on",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert secrets_of(ENVIRONMENT, HOME, "mallory").hide(text) == text


def test_a_user_without_a_name_or_home_hides_nothing() -> None:
    assert Secrets(PurePosixPath("/"), "").hide("/etc/hosts") == "/etc/hosts"
