import gc
from collections.abc import AsyncIterator, Iterator

import pytest

from spark_desktop.viewmodels.project import ProjectViewModels, view_models
from tests.interface_fakes import NOON, FakeProject


@pytest.fixture(autouse=True)
def garbage_goes_in_this_thread() -> Iterator[None]:
    """Collect nothing while other OS threads run: they would end Qt's objects of this one."""
    gc.disable()
    yield
    gc.enable()
    gc.collect(1)


@pytest.fixture
async def project(qapp: object) -> AsyncIterator[FakeProject]:
    made = FakeProject()
    yield made
    await made.scope.close()


@pytest.fixture
async def models(project: FakeProject) -> ProjectViewModels:
    return view_models(project, lambda: NOON)
