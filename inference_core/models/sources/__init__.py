"""Where a model's bytes come from: a local file, Hugging Face, or parts in a package index."""
