"""llama.cpp as a decoder: batches of tokens through a model, and what it remembers of them."""

import ctypes as ct
import sys
from collections.abc import Sequence
from mmap import mmap
from pathlib import Path

from inference_core.domain.errors import EngineError, ModelError
from inference_core.domain.generation import Constraint, Sampling
from inference_core.engine.decoder import Memory, Row
from inference_core.engine.decoder_settings import DecoderSettings
from inference_core.engine.llama_library import Batch
from inference_core.engine.llama_log import library_log
from inference_core.engine.llama_model import LlamaModel, OnProgress, cannot_load
from inference_core.engine.llama_sampler import PlainSampler, Samplers, SeeingSampler
from inference_core.engine.threads import usable_threads

__all__ = ["DecoderSettings", "LlamaDecoder"]

# ggml's numbers for what keys and values are stored as.
_KV_TYPES = {"f16": 1, "q4_0": 2, "q8_0": 8}

_FLASH_ATTENTION = {None: -1, False: 0, True: 1}

# Rows of one batch after which a token can be sampled. Memory is reserved for all of them (0.6 MB
# each for a vocabulary of 150,000), and no scheduler wants one after each row of a long prompt.
MOST_WANTED = 64

# What llama_decode returns.
_DONE = 0
_NO_ROOM = 1
_ABORTED = 2


class LlamaDecoder:
    """See engine.decoder.Decoder."""

    def __init__(self, model: LlamaModel, context: int, settings: DecoderSettings) -> None:
        self._model = model
        self._lib = model.library
        self._context = context
        self._memory = self._lib.llama_get_memory(context)
        self.cells = int(self._lib.llama_n_ctx(context))
        self.sequences = settings.sequences
        self.batch = int(self._lib.llama_n_batch(context))
        self.partial = model.partial
        self.info = model.info(min(settings.context, model.trained_context, self.cells))
        self._most_wanted = _most_wanted(settings)
        self._rows = _Rows(self.batch)
        self._samplers = Samplers(model, context, self._can_sample)
        self._wanted: frozenset[int] = frozenset()
        self._flag = ct.create_string_buffer(2)
        if self.partial:
            # Elsewhere a batch that was cut short could not be taken back.
            self._lib.llama_set_abort_callback(context, strlen_address(), ct.addressof(self._flag))

    @classmethod
    def load(
        cls,
        path: Path,
        settings: DecoderSettings,
        library: Path | None = None,
        on_progress: OnProgress | None = None,
    ) -> "LlamaDecoder":
        """Load a model file, with the engine's own library or one built for this machine.

        ``on_progress`` is told the share that is loaded, from 0 to 1. Raises ModelError.
        """
        if settings.kv_type not in _KV_TYPES:
            raise ModelError(
                f"Keys and values cannot be stored as {settings.kv_type!r}.",
                f"Use one of {', '.join(_KV_TYPES)}.",
            )
        model = LlamaModel.load(path, settings.gpu_layers, library, on_progress)
        params = model.library.llama_context_default_params()
        params.n_ctx = settings.cells or min(settings.context, model.trained_context)
        params.n_batch = params.n_ubatch = settings.batch
        params.n_seq_max = settings.sequences
        params.n_outputs_max = _most_wanted(settings)
        params.n_threads = settings.threads or usable_threads()
        params.n_threads_batch = settings.threads_batch or usable_threads()
        params.flash_attn_type = _FLASH_ATTENTION[settings.flash_attention]
        params.type_k = params.type_v = _KV_TYPES[settings.kv_type]
        params.kv_unified = True
        context = model.library.llama_init_from_model(model.handle, params)
        if not context:
            model.close()
            raise cannot_load(path)
        return cls(model, context, settings)

    def close(self) -> None:
        """Free the model."""
        self._samplers.close()
        self._lib.llama_free(self._context)
        self._model.close()

    def tokenize(self, text: str, special: bool) -> list[int]:
        """See Decoder.tokenize; from any OS thread."""
        return self._model.tokenize(text, special)

    def piece(self, token: int, special: bool = False) -> bytes:
        """See Decoder.piece; from any OS thread."""
        return self._model.piece(token, special)

    def is_end(self, token: int) -> bool:
        """Return whether the model ends its answer with this token."""
        return self._model.is_end(token)

    def decode(self, rows: Sequence[Row]) -> bool:
        """See Decoder.decode."""
        self._wanted = frozenset()
        if not rows:
            return True
        wanted = frozenset(index for index, row in enumerate(rows) if row.wanted)
        # The library would end the process.
        if len(rows) > self.batch or len(wanted) > self._most_wanted:
            raise EngineError(
                f"A batch of {len(rows)} rows, {len(wanted)} of them wanted, is too large: "
                f"the most are {self.batch} and {self._most_wanted}."
            )
        library_log.take_error()
        result = self._lib.llama_decode(self._context, self._rows.fill(rows))
        if result == _DONE:
            self._wanted = wanted
            return True
        self._take_back(rows)
        if result == _ABORTED:
            return False
        if result == _NO_ROOM:
            raise EngineError(
                f"The engine has no room for {len(rows)} tokens more: "
                f"{self.cells} are the most for all sequences.",
                "Ask again when other answers are done.",
            )
        raise EngineError(
            f"The engine failed ({result}): {library_log.take_error() or 'no reason given'}"
        )

    def stop(self, wanted: bool) -> None:
        """See Decoder.stop; from any OS thread."""
        # The library calls it an error.
        library_log.stopping = wanted
        self._flag[0] = b"\1" if wanted else b"\0"

    def sampler(
        self, sampling: Sampling, constraint: Constraint | None
    ) -> PlainSampler | SeeingSampler:
        """See Decoder.sampler."""
        return self._samplers.sampler(sampling, constraint)

    def prepare(self) -> None:
        """Do now, in any OS thread, what the first unusual request would wait for."""
        self._samplers.prepare()

    def cut(self, sequence: int, length: int) -> bool:
        """See Decoder.cut."""
        return bool(self._lib.llama_memory_seq_rm(self._memory, sequence, length, -1))

    def copy(self, source: int, target: int, length: int) -> None:
        """See Decoder.copy."""
        self._lib.llama_memory_seq_cp(self._memory, source, target, 0, length)

    def save(self, sequence: int) -> Memory:
        """See Decoder.save."""
        size = self._lib.llama_state_seq_get_size(self._context, sequence)
        memory = mmap(-1, size)
        place = (ct.c_char * size).from_buffer(memory)
        self._lib.llama_state_seq_get_data(self._context, place, size, sequence)
        return memory

    def restore(self, sequence: int, saved: Memory) -> bool:
        """See Decoder.restore."""
        size = len(saved)
        kind = ct.c_char * size
        place = (
            kind.from_buffer_copy(saved) if isinstance(saved, bytes) else kind.from_buffer(saved)
        )
        data = ct.cast(place, ct.c_char_p)
        read = self._lib.llama_state_seq_set_data(self._context, data, size, sequence)
        return bool(read == size and read > 0)

    def _can_sample(self, row: int) -> bool:
        return row in self._wanted

    def _take_back(self, rows: Sequence[Row]) -> None:
        """Forget what a batch that failed may have left behind."""
        first: dict[int, int] = {}
        for row in rows:
            first[row.sequence] = min(row.position, first.get(row.sequence, row.position))
        for sequence, position in first.items():
            self.cut(sequence, position)


class _Rows:
    """Room for the rows of a batch, as the library reads them; filled anew for each."""

    def __init__(self, most: int) -> None:
        self._tokens = (ct.c_int32 * most)()
        self._positions = (ct.c_int32 * most)()
        self._sequences = (ct.c_int32 * most)()
        self._wanted = (ct.c_int8 * most)()
        self._counts = (ct.c_int32 * most)(*[1] * most)
        pointer = ct.POINTER(ct.c_int32)
        start, width = ct.addressof(self._sequences), ct.sizeof(ct.c_int32)
        self._each = (pointer * most)(
            *(ct.cast(start + index * width, pointer) for index in range(most))
        )
        self._batch = Batch(
            0,
            ct.cast(self._tokens, pointer),
            None,
            ct.cast(self._positions, pointer),
            ct.cast(self._counts, pointer),
            ct.cast(self._each, ct.POINTER(pointer)),
            ct.cast(self._wanted, ct.POINTER(ct.c_int8)),
        )

    def fill(self, rows: Sequence[Row]) -> Batch:
        """Return the batch of these rows, valid until the next one."""
        count = len(rows)
        self._tokens[:count] = [row.token for row in rows]
        self._sequences[:count] = [row.sequence for row in rows]
        self._positions[:count] = [row.position for row in rows]
        self._wanted[:count] = [row.wanted for row in rows]
        self._batch.n_tokens = count
        return self._batch


def _most_wanted(settings: DecoderSettings) -> int:
    return max(MOST_WANTED, settings.sequences)


def strlen_address() -> ct.c_void_p:
    """Return the address of the C library's strlen, which serves as the abort callback.

    The library asks after each of some thousand nodes of its graph. A Python function would cost
    more than the nodes; strlen of two bytes, of which the first is set to stop, answers 0 or 1.
    """
    libc = ct.CDLL("msvcrt") if sys.platform == "win32" else ct.CDLL(None)
    return ct.cast(libc.strlen, ct.c_void_p)
