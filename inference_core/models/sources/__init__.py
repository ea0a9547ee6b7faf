"""Where a model's bytes come from: a local file, Hugging Face, or parts in a package index."""

import os

# huggingface_hub reads this once, when it is imported. Without it, it would ask its server for a
# list of coding agents and say in every request which of them it runs under; a user who wants to
# send that can set the variable to 0.
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
