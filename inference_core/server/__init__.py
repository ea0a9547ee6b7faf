"""Routes, streaming, errors and authentication."""
