"""How a model is loaded."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DecoderSettings:
    """What a decoder is loaded with.

    ``context`` is how many tokens a prompt and its answer may have together, ``cells`` how many all
    sequences may have together (0: as many as the context), ``sequences`` how many there are.
    ``threads`` is for answers and ``threads_batch`` for prompts, 0 for one per usable core.
    ``batch`` rows are computed at once. ``flash_attention`` None lets the engine decide. Keys and
    values are stored as ``kv_type`` (f16, q8_0, q4_0). ``gpu_layers`` -1 puts all layers onto a GPU
    where there is one.
    """

    context: int = 8192
    cells: int = 0
    sequences: int = 16
    threads: int = 0
    threads_batch: int = 0
    batch: int = 512
    flash_attention: bool | None = None
    kv_type: str = "f16"
    gpu_layers: int = -1
