"""The local streaming inference server."""
