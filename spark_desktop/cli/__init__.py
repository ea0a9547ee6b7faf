"""The spark command: the same services, without Qt."""
