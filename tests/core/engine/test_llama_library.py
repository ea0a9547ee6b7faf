"""Finding llama.cpp's library, and refusing one that does not fit."""

import ctypes as ct
import importlib.util
from pathlib import Path

import pytest

from inference_core.domain.errors import ModelError
from inference_core.engine.llama_library import (
    check_defaults,
    check_version,
    library_path,
    load_library,
)


def test_the_library_is_the_extension_module_of_the_package() -> None:
    assert library_path().parent.name == "xllamacpp"


def test_a_library_that_is_given_goes_first(tmp_path: Path) -> None:
    given = tmp_path / "libllama.so"
    given.touch()
    assert library_path(given) == given


@pytest.mark.parametrize(
    ("given", "package", "said"),
    [
        (Path("nowhere") / "libllama.so", "xllamacpp", "There is no engine at"),
        (None, "no_such_package", "is not installed"),
        (None, "json", "has no library in"),
    ],
)
def test_where_there_is_no_library_the_error_says_so(
    given: Path | None, package: str, said: str
) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        library_path(given, package)
    assert caught.value.next_step


def test_a_file_that_is_no_library_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "libllama.so"
    path.write_bytes(b"no library")
    with pytest.raises(ModelError, match=r"libllama\.so cannot be loaded"):
        load_library(path)


def test_a_library_without_the_functions_is_refused() -> None:
    spec = importlib.util.find_spec("_ctypes")
    assert spec is not None
    assert spec.origin is not None
    with pytest.raises(ModelError, match="lacks a function of"):
        load_library(Path(spec.origin))


def test_the_installed_library_fits_and_is_loaded_once() -> None:
    assert load_library() is load_library()


@pytest.mark.parametrize(
    "version", ["2026.9.1", "2026.11.12000", "2027.10.1", "2026.1", "0+unknown"]
)
def test_a_version_that_was_not_tried_is_refused_by_name(version: str) -> None:
    with pytest.raises(ModelError, match=version.replace("+", r"\+")) as caught:
        check_version(version)
    assert "xllamacpp" in caught.value.next_step


def test_every_build_of_the_known_version_is_taken() -> None:
    check_version("2026.10.11549")
    check_version("2026.10.12000")


@pytest.mark.parametrize(
    "field", ["n_ctx", "n_ubatch", "type_v", "no_perf", "swa_full", "kv_unified"]
)
def test_a_context_default_in_another_place_is_named(field: str) -> None:
    library = load_library()
    context = library.llama_context_default_params()
    setattr(context, field, getattr(context, field) ^ 1)
    with pytest.raises(ModelError, match=f"default for {field} is"):
        check_defaults(library.llama_model_default_params(), context, "libllama")


@pytest.mark.parametrize("field", ["n_gpu_layers", "load_mode", "use_extra_bufts"])
def test_a_model_default_in_another_place_is_named(field: str) -> None:
    library = load_library()
    model = library.llama_model_default_params()
    setattr(model, field, getattr(model, field) ^ 1)
    with pytest.raises(ModelError, match=f"default for {field} is"):
        check_defaults(model, library.llama_context_default_params(), "libllama")


def test_strlen_tells_whether_the_flag_is_up() -> None:
    from inference_core.engine.llama_decoder import strlen_address

    ask = ct.CFUNCTYPE(ct.c_bool, ct.c_void_p)(strlen_address().value or 0)
    flag = ct.create_string_buffer(2)
    assert not ask(ct.addressof(flag))
    flag[0] = b"\1"
    assert ask(ct.addressof(flag))
