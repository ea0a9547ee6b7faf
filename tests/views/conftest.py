from collections.abc import AsyncIterator, Iterator
from zlib import crc32

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

from spark_desktop.viewmodels.project import ProjectViewModels, view_models
from spark_desktop.views.theme import Theme, load_theme
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
def either_theme(request: pytest.FixtureRequest) -> Theme:
    """Return the dark or the light theme: half of the tests see the one, half the other."""
    return load_theme(("dark", "light")[crc32(request.node.nodeid.encode()) % 2])


@pytest.fixture
async def project(qapp: object) -> AsyncIterator[FakeProject]:
    made = FakeProject()
    yield made
    await made.scope.close()


@pytest.fixture
async def models(project: FakeProject) -> ProjectViewModels:
    return view_models(project, lambda: NOON)
