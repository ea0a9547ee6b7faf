"""A project with every port faked and the real services."""

import pytest
from fakes import Answer, MemoryFiles
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
