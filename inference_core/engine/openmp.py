"""How long the engine's threads wait for each other awake; to be set before the engine is loaded.

The engine computes with OpenMP, whose threads spin while they wait for the slowest one. With a core
taken by a compiler or a test run they spin for a thread that is not running, and the answer nearly
stops. docs/decisions/0006-threads-that-sleep.md has the measurements.
"""

import os
from collections.abc import MutableMapping

# GNU OpenMP's unit is a turn of its waiting loop; 500 turns are a few microseconds.
SPINS = "500"


def spin_briefly(environment: MutableMapping[str, str] = os.environ) -> None:
    """Let waiting threads sleep soon, unless the user has set a policy of their own."""
    if not {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"} & environment.keys():
        environment["GOMP_SPINCOUNT"] = SPINS
