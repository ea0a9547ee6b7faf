"""Recordings: sessions with a model server, kept in a file and served again."""
