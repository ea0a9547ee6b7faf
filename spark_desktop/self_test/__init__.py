"""The self-test: whether everything that Spark is made of works on this machine."""
