"""llguidance's C API: which tokens a grammar allows next.

xllamacpp's library holds it beside llama.cpp. It works with token numbers and bytes alone, so it
also serves an engine that was built for this machine without it. On Windows that library exports
nothing, and llguidance's own package is used, whose module exports the same API.
"""

import ctypes as ct
import functools
import importlib.util
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from inference_core.domain.errors import CoreError, EngineError, ModelError, RequestError
from inference_core.engine.llama_library import library_path
from inference_core.engine.llama_model import LlamaModel

# How llguidance tells a special token's text from the same text written out.
_SPECIAL = b"\xff"

_MESSAGE_BYTES = 1024

# Its own package, of Windows only.
PACKAGE = "llguidance"
_MODULE = "_lib.pyd"

# What llguidance says of a token that it was given without asking it. Whatever else stops it is a
# limit that the grammar has reached.
_NOT_ASKED = "doesn't satisfy the grammar"


class _TokenizerInit(ct.Structure):
    _fields_ = (
        ("vocab_size", ct.c_uint32),
        ("tok_eos", ct.c_uint32),
        ("token_lens", ct.POINTER(ct.c_uint32)),
        ("token_bytes", ct.c_char_p),
        ("tokenizer_json", ct.c_char_p),
        ("tokenize_assumes_string", ct.c_bool),
        ("tokenize_fn", ct.c_void_p),
        ("use_approximate_greedy_tokenize_fn", ct.c_bool),
        ("tokenize_user_data", ct.c_void_p),
        ("slices", ct.c_void_p),
    )


class _MatcherInit(ct.Structure):
    # The limits that follow are left at their defaults; the library writes them itself.
    _fields_ = (
        ("tokenizer", ct.c_void_p),
        ("log_buffer_level", ct.c_uint32),
        ("log_stderr_level", ct.c_uint32),
        ("rest", ct.c_uint8 * 512),
    )


_POINTER, _I32, _U32, _SIZE, _BOOL = (
    ct.c_void_p,
    ct.c_int32,
    ct.c_uint32,
    ct.c_size_t,
    ct.c_bool,
)
_TOKENS = ct.POINTER(ct.c_uint32)

# The result of each function, then its arguments.
_FUNCTIONS: dict[str, tuple[object, ...]] = {
    "llg_new_tokenizer": (_POINTER, ct.POINTER(_TokenizerInit), ct.c_char_p, _SIZE),
    "llg_free_tokenizer": (None, _POINTER),
    "llg_constraint_init_set_defaults": (None, ct.POINTER(_MatcherInit), _POINTER),
    "llg_new_matcher": (_POINTER, ct.POINTER(_MatcherInit), ct.c_char_p, ct.c_char_p),
    "llg_free_matcher": (None, _POINTER),
    "llg_matcher_get_error": (ct.c_char_p, _POINTER),
    "llg_matcher_compute_mask_into": (_I32, _POINTER, _POINTER, _SIZE),
    "llg_matcher_get_mask_byte_size": (_SIZE, _POINTER),
    "llg_matcher_consume_tokens": (_I32, _POINTER, _TOKENS, _SIZE),
    "llg_matcher_validate_tokens": (_I32, _POINTER, _TOKENS, _SIZE),
    "llg_matcher_is_accepting": (_BOOL, _POINTER),
    "llg_matcher_is_stopped": (_BOOL, _POINTER),
}


class Guide:
    """A model's vocabulary as llguidance knows it: makes matchers of grammars."""

    def __init__(self, model: LlamaModel) -> None:
        self.model = model
        self.library = _library(guide_path())
        self._tokenizer = self._make_tokenizer()

    def matcher(self, grammar: str) -> "Matcher":
        """Return a matcher at the start of a grammar in llguidance's Lark syntax.

        Raises RequestError for a grammar that is none, or a schema that is none inside of it.
        """
        init = _MatcherInit()
        self.library.llg_constraint_init_set_defaults(ct.byref(init), self._tokenizer)
        init.log_buffer_level = init.log_stderr_level = 0
        handle = self.library.llg_new_matcher(ct.byref(init), b"lark", grammar.encode())
        matcher = Matcher(self, handle)
        if error := matcher.error():
            matcher.close()
            raise RequestError(
                f"The schema cannot be followed: {_reason(error)}",
                code="invalid_schema",
                next_step="Simplify the schema.",
            )
        return matcher

    def close(self) -> None:
        """Free it, after its matchers."""
        self.library.llg_free_tokenizer(self._tokenizer)

    def _make_tokenizer(self) -> int:
        pieces = [
            _SPECIAL + piece if control and piece else piece
            for piece, control in self.model.pieces()
        ]
        lengths = (ct.c_uint32 * len(pieces))(*map(len, pieces))
        init = _TokenizerInit(
            vocab_size=len(pieces),
            tok_eos=self.model.end_of_turn(),
            token_lens=lengths,
            token_bytes=b"".join(pieces),
            # Texts that a grammar forces are never tokenized here: tokens are checked one by one.
            use_approximate_greedy_tokenize_fn=True,
        )
        message = ct.create_string_buffer(_MESSAGE_BYTES)
        handle = self.library.llg_new_tokenizer(ct.byref(init), message, _MESSAGE_BYTES)
        if not handle:
            raise EngineError(f"The vocabulary cannot be constrained: {_text(message.value)}")
        return int(handle)


class Matcher:
    """A place in a grammar."""

    def __init__(self, guide: Guide, handle: int) -> None:
        self._guide = guide
        self._lib = guide.library
        self._handle = handle

    def error(self) -> str:
        """Return what is wrong with it, empty for nothing."""
        said = self._lib.llg_matcher_get_error(self._handle)
        return _text(said).strip() if said else ""

    def allows(self, tokens: Sequence[int]) -> bool:
        """Return whether these tokens may come next, one after the other.

        Raises RequestError for a grammar with too many ways to go on, as each of these does.
        """
        array = (ct.c_uint32 * len(tokens))(*tokens)
        count = self._lib.llg_matcher_validate_tokens(self._handle, array, len(tokens))
        if count < 0:
            raise self._failed()
        return bool(count == len(tokens))

    def accept(self, tokens: Sequence[int]) -> None:
        """Go on by these tokens.

        Raises EngineError for one that is not allowed, RequestError as ``allows`` does.
        """
        array = (ct.c_uint32 * len(tokens))(*tokens)
        if self._lib.llg_matcher_consume_tokens(self._handle, array, len(tokens)) != 0:
            raise self._failed()

    @property
    def complete(self) -> bool:
        """Whether the answer may end here."""
        return bool(self._lib.llg_matcher_is_accepting(self._handle))

    @property
    def stopped(self) -> bool:
        """Whether nothing but the end may come."""
        return bool(self._lib.llg_matcher_is_stopped(self._handle))

    def mask(self) -> bytes:
        """Return which tokens may come next: one bit for each, the lowest first."""
        size = self._lib.llg_matcher_get_mask_byte_size(self._handle)
        mask = ct.create_string_buffer(size)
        if self._lib.llg_matcher_compute_mask_into(self._handle, mask, size) != 0:
            raise self._failed()
        return mask.raw

    def close(self) -> None:
        """Free it."""
        self._lib.llg_free_matcher(self._handle)

    def _failed(self) -> CoreError:
        # Below the first line is the state of the library, which has nothing for a person.
        error = self.error()
        message = f"The schema could not be followed any further: {error.partition(chr(10))[0]}"
        if _NOT_ASKED in error:
            return EngineError(message, "Simplify the schema.")
        # Found only now, but no fault of the engine: hundreds of properties that may be left out.
        return RequestError(message, code="invalid_schema", next_step="Simplify the schema.")


def guide_path(platform: str = sys.platform, package: str = PACKAGE) -> Path:
    """Return the library that has the API. Raises ModelError where none is installed."""
    if platform != "win32":
        return library_path()
    spec = importlib.util.find_spec(package)
    path = None if spec is None or spec.origin is None else Path(spec.origin).with_name(_MODULE)
    if path is None or not path.is_file():
        raise ModelError(
            f"Answers cannot be held to a schema: the package {package} is not installed.",
            "Install Spark Desktop again, or the package: 'pip install llguidance'.",
        )
    return path


@functools.cache
def _library(path: Path) -> ct.CDLL:
    try:
        library = ct.CDLL(str(path))
        for name, (result, *arguments) in _FUNCTIONS.items():
            function = getattr(library, name)
            function.restype = result
            function.argtypes = arguments
    except (OSError, AttributeError) as error:
        raise ModelError(f"The engine {path.name} cannot follow schemas: {error}.") from error
    return library


def _reason(error: str) -> str:
    """Return what is wrong without the place in a grammar that nobody has seen."""
    said = error.partition("\n   1 | %llguidance")[0]
    return re.sub(r"^at \d+\(\d+\): (failed to compile JSON schema: )?", "", said)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
