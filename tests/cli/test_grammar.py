"""What the command line says of itself."""

from importlib.metadata import version

import pytest

from spark_desktop.cli.main import main


def test_the_version_is_told_where_a_script_reads_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    told = capsys.readouterr()
    assert told.out == f"spark {version('spark-desktop')}\n"
    assert not told.err
