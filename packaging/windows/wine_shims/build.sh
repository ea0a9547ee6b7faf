#!/bin/sh
# Builds the shims into a folder: build.sh FOLDER. For tests, the folder is that of a Wine prefix:
#   build.sh "$WINEPREFIX/drive_c/windows/system32"
# Needs gcc-mingw-w64-x86-64.
set -eu
here=$(dirname "$0")
target=${1:?"say the folder, such as \$WINEPREFIX/drive_c/windows/system32"}
for name in icuuc bcryptprimitives; do
    x86_64-w64-mingw32-gcc -O2 -s -shared -static-libgcc -Wl,--no-insert-timestamp \
        "$here/$name.c" -o "$target/$name.dll" -ladvapi32
done
