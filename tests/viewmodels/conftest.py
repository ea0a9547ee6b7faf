from collections.abc import AsyncIterator, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

from spark_desktop.viewmodels.project import ProjectViewModels, view_models
from spark_resources import resource
from tests.interface_fakes import NOON, FakeProject


@pytest.fixture(scope="session", autouse=True)
def english(qapp: QCoreApplication) -> Iterator[None]:
    """Speak English as the program does: "2 hunks", where the source has "hunk(s)"."""
    translator = QTranslator()
    assert translator.load(str(resource("translations", "spark_en.qm")))
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


@pytest.fixture
async def project(qapp: object) -> AsyncIterator[FakeProject]:
    made = FakeProject()
    yield made
    await made.scope.close()


@pytest.fixture
async def models(project: FakeProject) -> ProjectViewModels:
    return view_models(project, lambda: NOON)
