from collections.abc import AsyncIterator

import pytest

from spark_desktop.viewmodels.project import ProjectViewModels, view_models
from tests.interface_fakes import NOON, FakeProject


@pytest.fixture
async def project(qapp: object) -> AsyncIterator[FakeProject]:
    made = FakeProject()
    yield made
    await made.scope.close()


@pytest.fixture
async def models(project: FakeProject) -> ProjectViewModels:
    return view_models(project, lambda: NOON)
