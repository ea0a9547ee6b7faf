"""How failures are written: one module for each family of test runners and compilers."""
