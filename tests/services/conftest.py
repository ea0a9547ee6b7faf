"""A project with every port faked and the real services."""

import pytest
from fakes import Answer, MemoryFiles
from following import Following, following
from worlds import World, build


@pytest.fixture
async def world_of():
    """Build worlds, and close their services in the end."""
    built: list[World] = []

    def make(files: MemoryFiles, *answers: Answer | str) -> World:
        built.append(build(files, *answers))
        return built[-1]

    yield make
    for world in built:
        await world.turns.close()
        await world.chat.close()
        await world.scope.close()


@pytest.fixture
async def project(tmp_path):
    """Make projects on disk whose saves are followed, and close their services in the end."""
    made: list[Following] = []

    def make(files: dict[str, str], *answers: Answer | str) -> Following:
        made.append(following(tmp_path, files, *answers))
        return made[-1]

    yield make
    for one in made:
        await one.world.turns.close()
        await one.world.chat.close()
        await one.world.scope.close()
