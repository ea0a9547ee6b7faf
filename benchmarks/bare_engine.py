"""The bare engine for comparisons: ``python -m benchmarks.bare_engine MODEL CONTEXT BATCH``.

llama.cpp's own HTTP server, with the core's settings but the batch; it lives until its standard
input is closed.
"""

import json
import os
import secrets
import sys

import xllamacpp

from inference_core.engine.threads import usable_threads


def main() -> None:
    model, context, batch = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    key = secrets.token_urlsafe(16)
    params = xllamacpp.CommonParams()
    params.model.path = model
    params.n_ctx = context
    params.n_parallel = 1
    params.n_batch = params.n_ubatch = batch
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = usable_threads()
    params.cache_ram_mib = 256
    params.port = 0
    params.api_keys = [key]
    params.ui = False
    params.verbosity = -1
    server = xllamacpp.Server(params)
    ready = {"url": server.listening_address, "token": key, "pid": os.getpid()}
    print(json.dumps(ready), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
