"""Signs Windows programs by the command that the release machine names.

``SPARK_SIGN_COMMAND`` holds it, with ``{file}`` for the program; a tool that cannot sign in place
writes ``{signed}``, which then takes the program's place::

    signtool sign /fd SHA256 /tr http://timestamp.example /td SHA256 {file}
    osslsigncode sign -pkcs12 key.p12 -readpass pass.txt -h sha256 -in {file} -out {signed}

Without it nothing is signed. Run as a module it signs the file it is given: NSIS calls it on the
uninstaller, which exists only while the installer is made.
"""

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from spark_dist.facts import DistError

VARIABLE = "SPARK_SIGN_COMMAND"


class SigningError(DistError):
    """A file that could not be signed; its text says why."""


def command(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the command's words; empty where nothing is to be signed. Raises SigningError."""
    text = environment.get(VARIABLE, "").strip()
    if not text:
        return ()
    # Backslashes are what separates folders there.
    words = shlex.split(text, posix=os.name != "nt")
    words = [word.strip('"') for word in words]
    if not any("{file}" in word for word in words):
        raise SigningError(f"{VARIABLE} does not name {{file}}, the file to sign.")
    return tuple(words)


def sign(file: Path, words: tuple[str, ...]) -> None:
    """Sign the file in its place. Raises SigningError, with the file as it was."""
    signed = file.with_name(f"{file.name}.signed")
    given = [word.replace("{file}", str(file)).replace("{signed}", str(signed)) for word in words]
    try:
        done = subprocess.run(given, capture_output=True, text=True)
    except OSError as error:
        raise SigningError(f"{given[0]} of {VARIABLE} cannot be started: {error}") from error
    if done.returncode != 0:
        signed.unlink(missing_ok=True)
        said = (done.stdout + done.stderr).strip()
        raise SigningError(f"{file.name} could not be signed by {given[0]}:\n{said}")
    if any("{signed}" in word for word in words):
        if not signed.is_file():
            raise SigningError(f"{given[0]} of {VARIABLE} wrote no {signed.name}.")
        signed.replace(file)


def finalizer() -> str:
    """Return the command that NSIS runs on a file that it has made, as a word of its script.

    It needs ``PYTHONPATH`` to name the folder of this package.
    """
    return f'\'"{sys.executable}" -m spark_dist.windows_signing "%1"\''


def main(arguments: list[str]) -> int:
    """Sign the file that is named; return 0, or 1 where it could not be."""
    try:
        sign(Path(arguments[0]), command(os.environ))
    except SigningError as failure:
        print(f"windows_signing: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
