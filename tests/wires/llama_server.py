"""llama.cpp's own server, out of the engine's package, as a process: ``MODEL.gguf``.

Prints one line of JSON with its ``url``, and ends when standard input does.
"""

import json
import sys

import xllamacpp

NAME = "qwen2.5-coder-0.5b"
CONTEXT = 4096


def main(model: str) -> None:
    params = xllamacpp.CommonParams()
    params.model.path = model
    params.model_alias = {NAME}
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    # Small ones: a stop is taken between two of them.
    params.n_batch = params.n_ubatch = 128
    params.cpuparams.n_threads = 2
    server = xllamacpp.Server(params)
    print(json.dumps({"url": server.listening_address}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
