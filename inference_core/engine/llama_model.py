"""A model that llama.cpp has loaded, and its vocabulary."""

import ctypes as ct
from collections.abc import Callable, Iterator
from pathlib import Path

from inference_core.domain.errors import EngineError, ModelError, RequestError
from inference_core.domain.generation import ModelInfo
from inference_core.engine.llama_library import PROGRESS_CALLBACK, load_library
from inference_core.engine.llama_log import library_log

# No token of a usual model is longer; longer ones are asked for twice.
_PIECE_BYTES = 64

OnProgress = Callable[[float], None]


class LlamaModel:
    """The weights and the vocabulary. All but ``close`` may be called from any OS thread."""

    def __init__(self, library: ct.CDLL, handle: int) -> None:
        self.library = library
        self.handle = handle
        self.vocabulary: int = library.llama_model_get_vocab(handle)
        self.size: int = library.llama_vocab_n_tokens(self.vocabulary)

    @classmethod
    def load(
        cls,
        path: Path,
        gpu_layers: int,
        library: Path | None = None,
        on_progress: OnProgress | None = None,
    ) -> "LlamaModel":
        """Load a model file; ``on_progress`` is told the share that is done, from 0 to 1.

        Raises ModelError for a file that is no model, or one that does not write text.
        """
        lib = load_library(library)
        if not path.is_file():
            raise ModelError(f"There is no model at {path}.", "See 'spark-core models list'.")

        def progress(share: float, data: object) -> bool:
            if on_progress is not None:
                on_progress(share)
            return True

        params = lib.llama_model_default_params()
        params.n_gpu_layers = gpu_layers
        params.progress_callback = PROGRESS_CALLBACK(progress)
        library_log.take_error()
        handle = lib.llama_model_load_from_file(str(path).encode(), params)
        if not handle:
            raise cannot_load(path)
        model = cls(lib, handle)
        if (what := model._no_text_model()) is not None:
            model.close()
            raise ModelError(f"{path.name} is {what}; it cannot write text.", "Use another model.")
        return model

    def close(self) -> None:
        """Free the model."""
        self.library.llama_model_free(self.handle)

    @property
    def trained_context(self) -> int:
        """How many tokens the model was trained for."""
        return int(self.library.llama_model_n_ctx_train(self.handle))

    @property
    def partial(self) -> bool:
        """Whether what the model remembers of a text can be cut anywhere."""
        lib = self.library
        return not (
            lib.llama_model_is_recurrent(self.handle)
            or lib.llama_model_is_hybrid(self.handle)
            # With a sliding window, what has left the window is overwritten.
            or lib.llama_model_n_swa(self.handle) > 0
        )

    def info(self, context: int) -> ModelInfo:
        """Return what the model says about itself, with room for ``context`` tokens here."""
        lib = self.library
        template = lib.llama_model_chat_template(self.handle, None)
        return ModelInfo(
            context=context,
            trained_context=self.trained_context,
            vocabulary=self.size,
            chat_template=template.decode("utf-8", "replace") if template else "",
            bos=self._text(lib.llama_vocab_bos(self.vocabulary)),
            eos=self._text(lib.llama_vocab_eos(self.vocabulary)),
            adds_bos=lib.llama_vocab_get_add_bos(self.vocabulary),
            special=tuple(
                self._text(token)
                for token in range(self.size)
                if lib.llama_vocab_is_control(self.vocabulary, token) or self.is_end(token)
            ),
        )

    def tokenize(self, text: str, special: bool) -> list[int]:
        """Return the tokens of a text; ``special`` reads special tokens written in it as such."""
        # Half a surrogate pair, which JSON can hold, is no text: it becomes a question mark.
        data = text.encode("utf-8", "replace")
        room = len(data) + 16
        for _ in range(2):
            tokens = (ct.c_int32 * room)()
            count = self.library.llama_tokenize(
                self.vocabulary, data, len(data), tokens, room, False, special
            )
            if count >= 0:
                return tokens[:count]
            room = -count
        raise EngineError(f"The engine cannot cut a text of {len(data)} bytes into tokens.")

    def piece(self, token: int, special: bool = False) -> bytes:
        """Return a token's bytes; a control token's are empty unless ``special`` asks for them.

        Raises RequestError for a number that is no token.
        """
        if not 0 <= token < self.size:
            raise RequestError(
                f"{token} is no token of this model, which has {self.size}.", code="invalid_value"
            )
        room = _PIECE_BYTES
        for _ in range(2):
            buffer = ct.create_string_buffer(room)
            length = self.library.llama_token_to_piece(
                self.vocabulary, token, buffer, room, 0, special
            )
            if length >= 0:
                return buffer.raw[:length]
            room = -length
        raise EngineError(f"The engine cannot tell the text of token {token}.")

    def pieces(self) -> list[tuple[bytes, bool]]:
        """Return the bytes of every token, and whether it is a control token."""
        return [
            (piece, False) if piece else (self.piece(token, special=True), True)
            for token, piece in enumerate(self._plain_pieces())
        ]

    def is_end(self, token: int) -> bool:
        """Return whether the model ends its answer with this token."""
        return bool(self.library.llama_vocab_is_eog(self.vocabulary, token))

    def end_tokens(self) -> list[int]:
        """Return every token with which the model may end its answer."""
        return [token for token in range(self.size) if self.is_end(token)]

    def end_of_turn(self) -> int:
        """Return the token that ends an answer of a chat, else that of a text."""
        token = int(self.library.llama_vocab_eot(self.vocabulary))
        return token if token >= 0 else int(self.library.llama_vocab_eos(self.vocabulary))

    def _plain_pieces(self) -> Iterator[bytes]:
        """Yield what ``piece`` returns for each token, three times as fast."""
        ask, vocabulary = self.library.llama_token_to_piece, self.vocabulary
        buffer = ct.create_string_buffer(_PIECE_BYTES)
        for token in range(self.size):
            length = ask(vocabulary, token, buffer, _PIECE_BYTES, 0, False)
            yield buffer.raw[:length] if length >= 0 else self.piece(token)

    def _text(self, token: int) -> str:
        """Return a token's text, empty for the -1 of a model that has no such token."""
        return self.piece(token, special=True).decode("utf-8", "replace") if token >= 0 else ""

    def _no_text_model(self) -> str | None:
        lib = self.library
        if self.size == 0:
            return "a model without a vocabulary"
        if lib.llama_model_has_encoder(self.handle) or not lib.llama_model_has_decoder(self.handle):
            return "an encoder model"
        if lib.llama_model_is_diffusion(self.handle):
            return "a diffusion model"
        return None


def cannot_load(path: Path) -> ModelError:
    """Return the error for a model that did not load, with what the library said last."""
    said = library_log.take_error()
    return ModelError(
        f"The engine cannot load {path.name}{': ' + said if said else '.'}",
        "Verify the file ('spark-core models verify'), and that memory suffices.",
    )
