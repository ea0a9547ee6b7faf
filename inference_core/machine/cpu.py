"""What this machine's CPU can do, against what the engine was built to use.

Both are told in the engine's words (``AVX512_VNNI``), those of ``llama_print_system_info``.
"""

import ctypes
import platform
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")

# The engine's word, and what Linux calls all that it wants: ggml asks GCC for the whole group.
_LINUX = {
    "SSE3": ("pni",),
    "SSSE3": ("ssse3",),
    "AVX": ("avx",),
    "AVX2": ("avx2",),
    "F16C": ("f16c",),
    "FMA": ("fma",),
    "BMI2": ("bmi2",),
    "AVX_VNNI": ("avx_vnni",),
    "AVX512": ("avx512f", "avx512cd", "avx512vl", "avx512dq", "avx512bw"),
    "AVX512_VBMI": ("avx512vbmi",),
    "AVX512_VNNI": ("avx512_vnni",),
    "AVX512_BF16": ("avx512_bf16",),
    "AMX_INT8": ("amx_tile", "amx_int8"),
    "NEON": ("asimd",),
    "DOTPROD": ("asimddp",),
    "FP16_VA": ("asimdhp",),
    "MATMUL_INT8": ("i8mm",),
    "SVE": ("sve",),
    "SME": ("sme",),
}

# macOS: Intel's machines list words, Apple's answer 1 or 0 to a question each.
_APPLE_WORDS = {
    "SSE3": ("SSE3",),
    "SSSE3": ("SSSE3",),
    "AVX": ("AVX1.0",),
    "AVX2": ("AVX2",),
    "F16C": ("F16C",),
    "FMA": ("FMA",),
    "BMI2": ("BMI2",),
    "AVX512": ("AVX512F", "AVX512CD", "AVX512VL", "AVX512DQ", "AVX512BW"),
    "AVX512_VBMI": ("AVX512VBMI",),
    "AVX512_VNNI": ("AVX512VNNI",),
}
_APPLE_QUESTIONS = {
    "NEON": "hw.optional.neon",
    "DOTPROD": "hw.optional.arm.FEAT_DotProd",
    "FP16_VA": "hw.optional.arm.FEAT_FP16",
    "MATMUL_INT8": "hw.optional.arm.FEAT_I8MM",
    "SME": "hw.optional.arm.FEAT_SME",
}

# Windows: the PF_ numbers of IsProcessorFeaturePresent (winnt.h); it knows no more than these.
_WINDOWS = {
    "SSE3": 13,
    "SSSE3": 36,
    "AVX": 39,
    "AVX2": 40,
    "AVX512": 41,
    "DOTPROD": 43,
}

# What the engine has faster kernels for, and a build that lacks it is slower without.
PAYING = (
    "AVX2",
    "FMA",
    "F16C",
    "AVX_VNNI",
    "AVX512",
    "AVX512_VBMI",
    "AVX512_VNNI",
    "AVX512_BF16",
    "AMX_INT8",
    "DOTPROD",
    "FP16_VA",
    "MATMUL_INT8",
    "SVE",
    "SME",
)

_SYSCTL_WITHIN_S = 5.0


def engine_features(system_info: str) -> frozenset[str]:
    """Return what is on in the engine's line ``CPU : SSE3 = 1 | AVX = 1 | …``."""
    pairs = re.findall(r"(\w+) = (\d+)", system_info)
    return frozenset(name for name, value in pairs if int(value))


def machine_features() -> frozenset[str]:
    """Return what this machine's CPU has; empty where the system does not tell."""
    if sys.platform == "win32":
        return from_windows(ctypes.windll.kernel32.IsProcessorFeaturePresent)
    if sys.platform == "darwin":
        return from_sysctl(_sysctl)
    try:
        return from_cpuinfo(_CPUINFO.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return frozenset()


def worth_building_for(machine: Iterable[str], engine: Iterable[str]) -> tuple[str, ...]:
    """Return what the machine has and the engine was not built to use, though it could."""
    missing = frozenset(machine) - frozenset(engine)
    return tuple(name for name in PAYING if name in missing)


def from_cpuinfo(text: str) -> frozenset[str]:
    """Read Linux's ``/proc/cpuinfo``: the ``flags`` of x86 and the ``Features`` of ARM.

    Cores can differ, so that only what all of them have counts.
    """
    lines = re.findall(r"^(?:flags|Features)\s*:(.*)$", text, re.MULTILINE)
    if not lines:
        return frozenset()
    words = frozenset.intersection(*(frozenset(line.split()) for line in lines))
    return _groups(_LINUX, words)


def from_sysctl(ask: Callable[[str], str]) -> frozenset[str]:
    """Read macOS's answers; ``ask`` returns an empty text where it knows no such name."""
    words = f"{ask('machdep.cpu.features')} {ask('machdep.cpu.leaf7_features')}".split()
    yes = {name for name, question in _APPLE_QUESTIONS.items() if ask(question) == "1"}
    return _groups(_APPLE_WORDS, frozenset(words)) | yes


def from_windows(present: Callable[[int], int]) -> frozenset[str]:
    """Read Windows's answers; it knows nothing finer than AVX-512."""
    return frozenset(name for name, number in _WINDOWS.items() if present(number))


def cpu_name() -> str:
    """Return the CPU's name for a person, as the system tells it."""
    if sys.platform == "darwin":
        name = _sysctl("machdep.cpu.brand_string")
    elif sys.platform == "win32":
        name = platform.processor()
    else:
        name = _linux_name()
    return name or platform.machine() or "unknown"


def _linux_name() -> str:
    try:
        text = _CPUINFO.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1].strip() if found else ""


def _groups(named: dict[str, tuple[str, ...]], words: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name, wanted in named.items() if words.issuperset(wanted))


def _sysctl(name: str) -> str:
    try:
        answer = subprocess.run(
            ["sysctl", "-n", name], capture_output=True, text=True, timeout=_SYSCTL_WITHIN_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""
