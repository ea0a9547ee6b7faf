"""The core in the place of Cerebras' service: its protocol, its errors, its limits, its pace.

Only ``serve --emulate cerebras`` uses this package. The routes and the engine are the core's own;
what is emulated lies around them.
"""
