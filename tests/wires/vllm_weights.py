"""Lay a GGUF of Qwen2's kind out for vLLM: ``MODEL.gguf FOLDER``, with the Python of vLLM's venv.

vLLM reads GGUF by a plug-in for GPUs only. Here transformers takes the quantised weights out of the
file, and the tokenizer and the sizes with them, and writes them as bfloat16.
"""

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, AutoTokenizer


def main(file: Path, folder: Path) -> None:
    where = {"gguf_file": file.name}
    tokenizer = AutoTokenizer.from_pretrained(file.parent, **where)
    model = AutoModelForCausalLM.from_pretrained(file.parent, dtype=torch.bfloat16, **where)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(folder)
    # Not save_pretrained: it takes the model for a quantised one still, and refuses.
    weights = {name: one.to(torch.bfloat16) for name, one in model.state_dict().items()}
    if model.config.tie_word_embeddings:
        weights.pop("lm_head.weight", None)
    weights = {name: one.contiguous() for name, one in weights.items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    del model.config.quantization_config
    # Last, as it says that the folder is whole.
    model.config.save_pretrained(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
