"""A tiny stand-in for the Windows tree, to try the installer's steps out in seconds."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from spark_dist.nsis import PROGRAMS

COMPILER = "x86_64-w64-mingw32-gcc"
# Says its arguments. With "wait" it then runs for half a minute, or until it is ended; with "keep"
# it keeps a key in the Credential Manager for each name that follows.
_SOURCE = r"""
#include <stdio.h>
#include <string.h>
#include <windows.h>
#include <wincred.h>
static void keep(char *name) {
  CREDENTIALA key = {0};
  key.Type = CRED_TYPE_GENERIC;
  key.TargetName = name;
  key.UserName = "tester";
  key.CredentialBlob = (BYTE *)"key";
  key.CredentialBlobSize = 3;
  key.Persist = CRED_PERSIST_LOCAL_MACHINE;
  if (!CredWriteA(&key, 0)) printf("not kept: %lu\n", GetLastError());
}
int main(int count, char **words) {
  for (int at = 1; at < count; at++) printf("%s\n", words[at]);
  fflush(stdout);
  if (count > 1 && !strcmp(words[1], "wait")) Sleep(30000);
  for (int at = 2; at < count && !strcmp(words[1], "keep"); at++) keep(words[at]);
  return 0;
}
"""


def make(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Make a tree of the three programs and ``files``; return it.

    The programs run under Windows where mingw is installed, and are empty files elsewhere.
    """
    folder.mkdir(parents=True)
    program = folder / PROGRAMS[0]
    if compiler := shutil.which(COMPILER):
        command = [
            compiler,
            "-Os",
            "-s",
            "-Wl,--no-insert-timestamp",
            "-x",
            "c",
            "-",
            "-o",
            str(program),
        ]
        subprocess.run(command, input=_SOURCE, text=True, check=True)
    else:
        program.write_bytes(b"MZ")
    for name in PROGRAMS[1:]:
        shutil.copy(program, folder / name)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder
