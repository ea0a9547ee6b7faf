"""The engine's threads sleep soon, unless the user wants otherwise."""

import pytest

from inference_core.engine.openmp import SPINS, spin_briefly


def test_waiting_threads_spin_briefly_by_default() -> None:
    environment: dict[str, str] = {}
    spin_briefly(environment)
    assert environment == {"GOMP_SPINCOUNT": SPINS}


@pytest.mark.parametrize("name", ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT"])
def test_a_policy_of_the_users_stays(name: str) -> None:
    environment = {name: "ACTIVE"}
    spin_briefly(environment)
    assert environment == {name: "ACTIVE"}
