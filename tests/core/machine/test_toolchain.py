import pytest

from inference_core.machine.errors import MissingToolsError
from inference_core.machine.toolchain import find_toolchain


def on_path(*names):
    return lambda name: f"/bin/{name}" if name in names else None


@pytest.mark.parametrize(
    ("names", "compiler"),
    [(("cmake", "c++", "make"), "c++"), (("cmake", "clang++", "ninja"), "clang++")],
)
def test_what_is_there_is_used(names, compiler):
    found = find_toolchain(on_path(*names), "linux")
    assert found.cmake.name == "cmake"
    assert found.compiler == f"/bin/{compiler}"


@pytest.mark.parametrize(
    ("names", "platform", "missing", "step"),
    [
        (("apt-get", "make"), "linux", ("CMake", "a C++ compiler"), "apt-get install cmake g++"),
        (("dnf", "cmake", "make"), "linux", ("a C++ compiler",), "gcc-c++"),
        (("cmake", "g++"), "linux", ("make",), "Install CMake 3.14"),
        (("brew", "c++", "make"), "darwin", ("CMake",), "brew install cmake"),
        (("c++", "make"), "darwin", ("CMake",), "xcode-select"),
        ((), "win32", ("CMake",), "Visual Studio"),
    ],
)
def test_what_is_missing_is_named_with_the_way_to_get_it(names, platform, missing, step):
    with pytest.raises(MissingToolsError) as caught:
        find_toolchain(on_path(*names), platform)
    assert caught.value.missing == missing
    assert all(name in caught.value.message for name in missing)
    assert step in caught.value.next_step


def test_windows_leaves_the_compiler_to_cmake():
    assert find_toolchain(on_path("cmake"), "win32").compiler == "found by CMake"
