#!/usr/bin/env bash
# Makes an AppImage of the portable archive, on a machine that is connected:
#
#     packaging/linux/appimage.sh dist/spark-desktop-V-linux-x86_64-full.tar.gz out
#
# appimagetool and the runtime come from another project. Their addresses and SHA-256 sums have to be
# given in APPIMAGETOOL_URL, APPIMAGETOOL_SHA256, APPIMAGE_RUNTIME_URL and APPIMAGE_RUNTIME_SHA256;
# nothing is run, or taken in, whose sum is another one.
set -euo pipefail

fail() {
    printf 'appimage.sh: %s\n' "$*" >&2
    exit 1
}

fetched() { # address, sum, file: fetches the address into the file and compares the sum
    curl --fail --silent --show-error --location --proto '=https' --output "$3" "$1"
    printf '%s  %s\n' "$2" "$3" | sha256sum --check --quiet - ||
        fail "$1 has another SHA-256 than $2: it was not used."
}

[ $# -eq 2 ] || fail "usage: appimage.sh ARCHIVE.tar.gz FOLDER"
archive=$1 out=$2
[ -f "$archive" ] || fail "there is no file $archive; build it with: python dev.py dist tar"
for name in APPIMAGETOOL_URL APPIMAGETOOL_SHA256 APPIMAGE_RUNTIME_URL APPIMAGE_RUNTIME_SHA256; do
    [ -n "${!name:-}" ] || fail "$name is not set; see the head of this script."
done

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

fetched "$APPIMAGETOOL_URL" "$APPIMAGETOOL_SHA256" "$work/appimagetool"
fetched "$APPIMAGE_RUNTIME_URL" "$APPIMAGE_RUNTIME_SHA256" "$work/runtime"
chmod +x "$work/appimagetool"

folder="$work/Spark.AppDir"
mkdir -p "$folder/usr/lib/spark-desktop"
tar --extract --gzip --file "$archive" --directory "$folder/usr/lib/spark-desktop" --strip-components 1
# It is no folder that the user unpacked: what is told of newer versions depends on this.
sed -i 's/^format = .*/format = "appimage"/' "$folder/usr/lib/spark-desktop/installed-as.toml"
share="$folder/usr/share"
PYTHONPATH="$root:$root/packaging" "${PYTHON:-$root/.venv/bin/python}" -c '
import sys
from pathlib import Path
from spark_dist import integration
integration.install(Path(sys.argv[1]))
' "$share"

# What the AppImage's starter and desktops look for in its top folder.
# shellcheck disable=SC2016 # the starter expands it, not this script
printf '%s\n' '#!/bin/sh' 'exec "$(dirname "$(readlink -f "$0")")/usr/lib/spark-desktop/spark-desktop" "$@"' \
    >"$folder/AppRun"
chmod 755 "$folder/AppRun"
entry="$(find "$share/applications" -name '*.desktop' | sort | head -n 1)"
[ -n "$entry" ] || fail "the share folder has no desktop entry."
icon="$(sed -n 's/^Icon=//p' "$entry" | head -n 1)"
picture="$(find "$share/icons" -name "$icon.svg" | sort | head -n 1)"
[ -n "$picture" ] || fail "the share folder has no icon $icon.svg."
cp "$entry" "$folder/"
cp "$picture" "$folder/"

name="$(basename "$archive" .tar.gz)"
mkdir -p "$out"
epoch="${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct)}"
ARCH=x86_64 SOURCE_DATE_EPOCH="$epoch" "$work/appimagetool" --appimage-extract-and-run \
    --runtime-file "$work/runtime" "$folder" "$out/$name.AppImage"
(cd "$out" && sha256sum -- "$name.AppImage" >SHA256SUMS)
printf '%s\n' "$out/$name.AppImage"
