from spark_desktop.domain.errors import FileError
from spark_desktop.domain.events import FilesChanged
from spark_desktop.viewmodels.project_files import ProjectFiles
from tests.interface_fakes import FakeFiles, FakeProject, until


class _Gone(FakeFiles):
    async def files(self, below: str = "") -> tuple[str, ...]:
        raise FileError("The folder is gone.", "Open another.")


async def test_the_names_are_read_once_and_again_after_a_new_file(project: FakeProject) -> None:
    files = ProjectFiles(project.files, project.bus, project.scope)
    files.load()
    await until(lambda: files.paths == ("src/parser.py", "stats.py"))
    project.files.texts["new.py"] = ""
    files.load()
    project.bus.publish(FilesChanged(("stats.py",)))
    files.load()
    assert "new.py" not in files.paths
    project.bus.publish(FilesChanged(("new.py",)))
    files.load()
    await until(lambda: "new.py" in files.paths)


async def test_a_folder_that_cannot_be_listed_is_asked_again(project: FakeProject) -> None:
    files = ProjectFiles(_Gone({}), project.bus, project.scope)
    files.load()
    await until(lambda: files._is_stale and not files._is_loading)
    assert files.paths == ()
