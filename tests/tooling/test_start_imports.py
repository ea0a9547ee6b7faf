"""What the program imports before its window is painted: nothing that only a project needs."""

import json
import subprocess
import sys

HEAVY = (
    "spark_desktop.views.project_view",
    "spark_desktop.viewmodels.project",
    "spark_desktop.views.settings_dialog",
    "spark_desktop.wiring",
    "tomlkit",
    "pygments",
    "markdown_it",
    "httpx",
    "sqlite3",
    "tree_sitter",
    "watchdog",
    "keyring",
    "pygit2",
)


def test_a_start_imports_nothing_that_only_a_project_needs() -> None:
    program = "import json, sys, spark_desktop.app; print(json.dumps(list(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert sorted(set(HEAVY) & set(json.loads(done.stdout))) == []
