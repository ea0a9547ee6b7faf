import pytest

from inference_core.machine.cpu import (
    engine_features,
    from_cpuinfo,
    from_sysctl,
    from_windows,
    worth_building_for,
)
from inference_core.machine.hardware import Hardware, quota_cores

WHEEL = "CPU : SSE3 = 1 | AVX2 = 1 | F16C = 1 | FMA = 1 | AVX512 = 0 | LLAMAFILE = 1 | "
AVX512 = "avx512f avx512cd avx512vl avx512dq avx512bw"


def test_the_engines_features_are_those_that_are_on():
    assert engine_features(WHEEL) == {"SSE3", "AVX2", "F16C", "FMA", "LLAMAFILE"}


@pytest.mark.parametrize(
    ("text", "features"),
    [
        (f"flags\t\t: fpu avx2 {AVX512} avx512_vnni\n", {"AVX2", "AVX512", "AVX512_VNNI"}),
        # The engine wants the whole group.
        ("flags\t\t: avx2 avx512f\n", {"AVX2"}),
        # Two kinds of core: only what both have.
        ("flags : avx2 avx_vnni\n\nflags : avx2\n", {"AVX2"}),
        ("Features\t: fp asimd asimddp i8mm\n", {"NEON", "DOTPROD", "MATMUL_INT8"}),
        ("flags : amx_tile amx_int8\n", {"AMX_INT8"}),
        ("processor : 0\n", set()),
    ],
)
def test_linux_tells_what_all_cores_have(text, features):
    assert from_cpuinfo(text) == features


@pytest.mark.parametrize(
    ("answers", "features"),
    [
        ({"hw.optional.neon": "1", "hw.optional.arm.FEAT_I8MM": "1"}, {"NEON", "MATMUL_INT8"}),
        ({"hw.optional.neon": "1", "hw.optional.arm.FEAT_SME": "0"}, {"NEON"}),
        (
            {"machdep.cpu.features": "FMA AVX1.0", "machdep.cpu.leaf7_features": "AVX2 BMI2"},
            {"FMA", "AVX", "AVX2", "BMI2"},
        ),
    ],
)
def test_macos_answers_questions(answers, features):
    assert from_sysctl(lambda name: answers.get(name, "")) == features


def test_windows_answers_by_number():
    assert from_windows(lambda number: number in (39, 40, 41)) == {"AVX", "AVX2", "AVX512"}


def test_a_build_pays_for_what_the_machine_has_and_the_engine_lacks():
    machine = from_cpuinfo(f"flags : pni avx2 fma {AVX512} avx512_vnni")
    assert worth_building_for(machine, engine_features(WHEEL)) == ("AVX512", "AVX512_VNNI")


def test_a_build_does_not_pay_for_what_the_engine_has_no_use_for():
    assert worth_building_for({"BMI2", "SSE3"}, set()) == ()


@pytest.mark.parametrize(
    ("text", "cores"),
    [("400000 100000", 4), ("50000 100000", 1), ("max 100000", None), ("", None), ("1 0", None)],
)
def test_a_containers_quota_limits_the_cores(text, cores):
    assert quota_cores(text) == cores


def test_this_machine_has_at_least_one_core_and_a_stable_fingerprint():
    here = Hardware.here()
    assert 1 <= here.usable <= here.logical
    assert here.memory > 0
    assert Hardware.here().fingerprint == here.fingerprint


def test_fewer_cores_are_another_machine_for_settings_but_not_for_a_build():
    whole = Hardware("CPU", ("AVX2",), 8, 8, 16, 1 << 34)
    part = Hardware("CPU", ("AVX2",), 8, 4, 4, 1 << 34)
    assert whole.fingerprint != part.fingerprint
    assert whole.cpu_fingerprint == part.cpu_fingerprint
