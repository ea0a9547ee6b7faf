"""Lay a GGUF of Qwen2's kind out for vLLM: ``MODEL.gguf FOLDER``, with the Python of vLLM's venv.

vLLM reads GGUF by a plug-in for GPUs only. Here transformers takes the quantised weights out of the
file, and the tokenizer and the sizes with them, and writes them as bfloat16.
"""

import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


def main(file: Path, folder: Path) -> None:
    where = {"gguf_file": file.name}
    tokenizer = AutoTokenizer.from_pretrained(file.parent, **where)
    model = AutoModelForCausalLM.from_pretrained(file.parent, dtype=torch.bfloat16, **where)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
