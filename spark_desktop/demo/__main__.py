"""``python -m spark_desktop.demo``: leaves pictures and a report in ``build/demo``."""

import argparse
import os
import sys
from pathlib import Path


def main() -> int:
    """Play the demo; return 0, or 1 where the product failed (not where the model did)."""
    parser = argparse.ArgumentParser(description="Play the main job with the real model.")
    parser.add_argument("--out", type=Path, default=Path("build/demo"), help="folder to write to")
    parser.add_argument("--model", help="a model id, or a GGUF file")
    arguments = parser.parse_args()
    if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

    # Qt reads its platform when it is loaded.
    from spark_desktop import qt_loop
    from spark_desktop.app import application
    from spark_desktop.demo.performance import perform

    application()
    return qt_loop.run(lambda: perform(arguments.out.resolve(), arguments.model))


if __name__ == "__main__":
    sys.exit(main())
