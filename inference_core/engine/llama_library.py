"""llama.cpp's C API: the shared library, its structures and its functions.

xllamacpp's extension module is a shared library that exports the whole C API (not on Windows, where
it exports nothing but the module). It is used as that, without importing the package. Structures
are passed by value, and nothing in the library says how they are laid out, so a version that was
not tried is refused, and so is one whose default values are not where they should be.
"""

import ctypes as ct
import functools
import importlib.metadata
import importlib.util
import sys
from pathlib import Path

from inference_core.domain.errors import ModelError
from inference_core.engine.llama_log import LOG_CALLBACK, library_log
from spark_resources.packaged import bundled

PACKAGE = "xllamacpp"

# The layouts below are those of these versions.
VERSIONS = "2026.10."

_REINSTALL = "Reinstall Spark Desktop, or install the version of xllamacpp that it asks for."

PROGRESS_CALLBACK = ct.CFUNCTYPE(ct.c_bool, ct.c_float, ct.c_void_p)


class ModelParams(ct.Structure):
    """How a model is loaded (``llama_model_params``)."""

    _fields_ = (
        ("devices", ct.c_void_p),
        ("tensor_buft_overrides", ct.c_void_p),
        ("n_gpu_layers", ct.c_int32),
        ("split_mode", ct.c_int32),
        ("load_mode", ct.c_int32),
        ("lazy_mode", ct.c_int32),
        ("main_gpu", ct.c_int32),
        ("tensor_split", ct.c_void_p),
        ("progress_callback", PROGRESS_CALLBACK),
        ("progress_callback_user_data", ct.c_void_p),
        ("kv_overrides", ct.c_void_p),
        ("vocab_only", ct.c_bool),
        ("check_tensors", ct.c_bool),
        ("use_extra_bufts", ct.c_bool),
        ("no_host", ct.c_bool),
        ("no_alloc", ct.c_bool),
        ("load_mtp", ct.c_bool),
    )


class ContextParams(ct.Structure):
    """How a model is run (``llama_context_params``)."""

    _fields_ = (
        ("n_ctx", ct.c_uint32),
        ("n_batch", ct.c_uint32),
        ("n_ubatch", ct.c_uint32),
        ("n_seq_max", ct.c_uint32),
        ("n_rs_seq", ct.c_uint32),
        ("n_outputs_max", ct.c_uint32),
        ("n_outputs_max_per_seq", ct.c_uint32),
        ("n_threads", ct.c_int32),
        ("n_threads_batch", ct.c_int32),
        ("ctx_type", ct.c_int32),
        ("rope_scaling_type", ct.c_int32),
        ("pooling_type", ct.c_int32),
        ("attention_type", ct.c_int32),
        ("flash_attn_type", ct.c_int32),
        ("rope_freq_base", ct.c_float),
        ("rope_freq_scale", ct.c_float),
        ("yarn_ext_factor", ct.c_float),
        ("yarn_attn_factor", ct.c_float),
        ("yarn_beta_fast", ct.c_float),
        ("yarn_beta_slow", ct.c_float),
        ("yarn_orig_ctx", ct.c_uint32),
        ("defrag_thold", ct.c_float),
        ("cb_eval", ct.c_void_p),
        ("cb_eval_user_data", ct.c_void_p),
        ("type_k", ct.c_int32),
        ("type_v", ct.c_int32),
        ("moe_cache_size", ct.c_size_t),
        ("abort_callback", ct.c_void_p),
        ("abort_callback_data", ct.c_void_p),
        ("embeddings", ct.c_bool),
        ("offload_kqv", ct.c_bool),
        ("no_perf", ct.c_bool),
        ("op_offload", ct.c_bool),
        ("swa_full", ct.c_bool),
        ("kv_unified", ct.c_bool),
        ("samplers", ct.c_void_p),
        ("n_samplers", ct.c_size_t),
        ("ctx_other", ct.c_void_p),
    )


class Batch(ct.Structure):
    """The rows of one call of ``llama_decode`` (``llama_batch``)."""

    _fields_ = (
        ("n_tokens", ct.c_int32),
        ("token", ct.POINTER(ct.c_int32)),
        ("embd", ct.c_void_p),
        ("pos", ct.POINTER(ct.c_int32)),
        ("n_seq_id", ct.POINTER(ct.c_int32)),
        ("seq_id", ct.POINTER(ct.POINTER(ct.c_int32))),
        ("logits", ct.POINTER(ct.c_int8)),
    )


class TokenData(ct.Structure):
    """A token that could come next (``llama_token_data``)."""

    _fields_ = (("id", ct.c_int32), ("logit", ct.c_float), ("p", ct.c_float))


class TokenDataArray(ct.Structure):
    """The tokens that could come next, and which was chosen (``llama_token_data_array``)."""

    _fields_ = (
        ("data", ct.POINTER(TokenData)),
        ("size", ct.c_size_t),
        ("selected", ct.c_int64),
        ("sorted", ct.c_bool),
    )


class LogitBias(ct.Structure):
    """What is added to a token's logit (``llama_logit_bias``)."""

    _fields_ = (("token", ct.c_int32), ("bias", ct.c_float))


APPLY_CALLBACK = ct.CFUNCTYPE(None, ct.c_void_p, ct.POINTER(TokenDataArray))


class SamplerInterface(ct.Structure):
    """A sampler of our own (``llama_sampler_i``); only ``apply`` is used."""

    _fields_ = (
        ("name", ct.c_void_p),
        ("accept", ct.c_void_p),
        ("apply", APPLY_CALLBACK),
        ("reset", ct.c_void_p),
        ("clone", ct.c_void_p),
        ("free", ct.c_void_p),
        ("backend_init", ct.c_void_p),
        ("backend_accept", ct.c_void_p),
        ("backend_apply", ct.c_void_p),
        ("backend_set_input", ct.c_void_p),
        ("backend_reset", ct.c_void_p),
        ("copy_state", ct.c_void_p),
    )


_I32S = ct.POINTER(ct.c_int32)
_POINTER, _I32, _U32, _FLOAT, _BOOL, _SIZE = (
    ct.c_void_p,
    ct.c_int32,
    ct.c_uint32,
    ct.c_float,
    ct.c_bool,
    ct.c_size_t,
)

# The result of each function, then its arguments.
_FUNCTIONS: dict[str, tuple[object, ...]] = {
    "llama_log_set": (None, LOG_CALLBACK, _POINTER),
    "llama_backend_init": (None,),
    "llama_model_default_params": (ModelParams,),
    "llama_context_default_params": (ContextParams,),
    "llama_model_load_from_file": (_POINTER, ct.c_char_p, ModelParams),
    "llama_model_free": (None, _POINTER),
    "llama_model_get_vocab": (_POINTER, _POINTER),
    "llama_model_n_ctx_train": (_I32, _POINTER),
    "llama_model_n_swa": (_I32, _POINTER),
    "llama_model_chat_template": (ct.c_char_p, _POINTER, ct.c_char_p),
    "llama_model_has_encoder": (_BOOL, _POINTER),
    "llama_model_has_decoder": (_BOOL, _POINTER),
    "llama_model_is_recurrent": (_BOOL, _POINTER),
    "llama_model_is_hybrid": (_BOOL, _POINTER),
    "llama_model_is_diffusion": (_BOOL, _POINTER),
    "llama_init_from_model": (_POINTER, _POINTER, ContextParams),
    "llama_free": (None, _POINTER),
    "llama_n_ctx": (_U32, _POINTER),
    "llama_n_batch": (_U32, _POINTER),
    "llama_get_memory": (_POINTER, _POINTER),
    "llama_memory_seq_rm": (_BOOL, _POINTER, _I32, _I32, _I32),
    "llama_memory_seq_cp": (None, _POINTER, _I32, _I32, _I32, _I32),
    "llama_state_seq_get_size": (_SIZE, _POINTER, _I32),
    "llama_state_seq_get_data": (_SIZE, _POINTER, _POINTER, _SIZE, _I32),
    "llama_state_seq_set_data": (_SIZE, _POINTER, ct.c_char_p, _SIZE, _I32),
    "llama_decode": (_I32, _POINTER, Batch),
    # Typed as plain pointers: the callback is a function of the C library, see llama_decoder.
    "llama_set_abort_callback": (None, _POINTER, _POINTER, _POINTER),
    "llama_vocab_n_tokens": (_I32, _POINTER),
    "llama_vocab_is_eog": (_BOOL, _POINTER, _I32),
    "llama_vocab_is_control": (_BOOL, _POINTER, _I32),
    "llama_vocab_bos": (_I32, _POINTER),
    "llama_vocab_eos": (_I32, _POINTER),
    "llama_vocab_eot": (_I32, _POINTER),
    "llama_vocab_get_add_bos": (_BOOL, _POINTER),
    "llama_tokenize": (_I32, _POINTER, ct.c_char_p, _I32, _I32S, _I32, _BOOL, _BOOL),
    "llama_token_to_piece": (_I32, _POINTER, _I32, ct.c_char_p, _I32, _I32, _BOOL),
    "llama_sampler_init": (_POINTER, ct.POINTER(SamplerInterface), _POINTER),
    # Its one parameter is a structure with one bool, which is passed as that bool.
    "llama_sampler_chain_init": (_POINTER, _BOOL),
    "llama_sampler_chain_add": (None, _POINTER, _POINTER),
    "llama_sampler_chain_remove": (_POINTER, _POINTER, _I32),
    "llama_sampler_sample": (_I32, _POINTER, _POINTER, _I32),
    "llama_sampler_apply": (None, _POINTER, ct.POINTER(TokenDataArray)),
    "llama_sampler_accept": (None, _POINTER, _I32),
    "llama_sampler_free": (None, _POINTER),
    "llama_sampler_init_greedy": (_POINTER,),
    "llama_sampler_init_dist": (_POINTER, _U32),
    "llama_sampler_init_top_k": (_POINTER, _I32),
    "llama_sampler_init_top_p": (_POINTER, _FLOAT, _SIZE),
    "llama_sampler_init_min_p": (_POINTER, _FLOAT, _SIZE),
    "llama_sampler_init_temp": (_POINTER, _FLOAT),
    "llama_sampler_init_penalties": (_POINTER, _I32, _I32, _FLOAT, _FLOAT, _FLOAT),
    "llama_sampler_init_logit_bias": (_POINTER, _I32, _I32, ct.POINTER(LogitBias)),
}

_MODEL_DEFAULTS = {
    "n_gpu_layers": -1,
    "split_mode": 1,
    "load_mode": -1,
    "lazy_mode": 1,
    "main_gpu": 0,
    "vocab_only": False,
    "check_tensors": False,
    "use_extra_bufts": True,
    "no_host": False,
    "load_mtp": False,
}
_CONTEXT_DEFAULTS = {
    "n_ctx": 512,
    "n_batch": 2048,
    "n_ubatch": 512,
    "n_seq_max": 1,
    "n_outputs_max": 0,
    "n_outputs_max_per_seq": 1,
    "rope_scaling_type": -1,
    "pooling_type": -1,
    "attention_type": -1,
    "flash_attn_type": -1,
    "yarn_ext_factor": -1.0,
    "defrag_thold": -1.0,
    "type_k": 1,
    "type_v": 1,
    "moe_cache_size": 0,
    "embeddings": False,
    "offload_kqv": True,
    "no_perf": True,
    "op_offload": True,
    "swa_full": True,
    "kv_unified": False,
}


def exported_functions() -> tuple[str, ...]:
    """Return the names that a library has to export."""
    return tuple(_FUNCTIONS)


def library_path(given: Path | None = None, package: str = PACKAGE) -> Path:
    """Return the library to load: the one given, else the installed app's, else the package's.

    The installed app has one of its own where the package's exports no C API: on Windows. Raises
    ModelError where there is none.
    """
    if given is not None:
        if not given.is_file():
            raise ModelError(f"There is no engine at {given}.", "Build it again, or remove it.")
        return given
    brought = bundled("engine", "llama.dll")
    if brought is not None and package == PACKAGE:
        return brought
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ModelError(f"The engine ({package}) is not installed.", _REINSTALL)
    folder = Path(spec.origin).parent
    for pattern in (f"{package}*.so", f"{package}*.pyd"):
        for path in sorted(folder.glob(pattern)):
            return path
    raise ModelError(f"The engine ({package}) has no library in {folder}.", _REINSTALL)


def load_library(given: Path | None = None) -> ct.CDLL:
    """Return llama.cpp with its functions declared, checked and told where to log.

    The same path gives the same object. Raises ModelError for a version that is not known to fit.
    """
    path = library_path(given)
    if given is None:
        check_version(importlib.metadata.version(PACKAGE))
    return _load(path)


def check_version(version: str) -> None:
    """Raise ModelError unless this version of xllamacpp has the layouts of this module."""
    if not version.startswith(VERSIONS):
        raise ModelError(
            f"This program knows the engine {PACKAGE} {VERSIONS}*, but {version} is installed.",
            _REINSTALL,
        )


def check_defaults(model: ModelParams, context: ContextParams, name: str) -> None:
    """Raise ModelError unless the default values are where this module expects them."""
    for params, defaults in ((model, _MODEL_DEFAULTS), (context, _CONTEXT_DEFAULTS)):
        for field, expected in defaults.items():
            if getattr(params, field) != expected:
                raise ModelError(
                    f"The engine {name} is not the version this program was written for: "
                    f"its default for {field} is {getattr(params, field)}, not {expected}.",
                    _REINSTALL,
                )


@functools.cache
def _load(path: Path) -> ct.CDLL:
    try:
        library = ct.CDLL(str(path))
        for name, (result, *arguments) in _FUNCTIONS.items():
            function = getattr(library, name)
            function.restype = result
            function.argtypes = arguments
    except OSError as error:
        raise ModelError(
            f"The engine {path.name} cannot be loaded: {error}.", _REINSTALL
        ) from error
    except AttributeError as error:
        raise ModelError(
            f"The engine {path.name} lacks a function of llama.cpp's C API: {error}.",
            "Build the engine for this machine: 'spark-core build-engine'."
            if sys.platform == "win32"
            else _REINSTALL,
        ) from error
    library.llama_log_set(library_log.callback, None)
    check_defaults(
        library.llama_model_default_params(), library.llama_context_default_params(), path.name
    )
    library.llama_backend_init()
    return library
