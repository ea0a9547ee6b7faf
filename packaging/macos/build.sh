#!/bin/sh
# Builds the app bundle and its disk image on a Mac: build.sh [--plan] [ADDITIONS]
#
# ADDITIONS is a folder with what lies beside the programs: models/ (for the full size), licences/
# and sbom.cdx.json. With --plan nothing is done, and each step is printed; that works everywhere.
#
# Signed and notarised where the keys exist:
#   SPARK_MAC_IDENTITY   the Developer ID Application in the keychain; else signed ad hoc, which runs
#                        on this Mac, and elsewhere only once the user allows it
#   SPARK_MAC_NOTARY     a profile that `xcrun notarytool store-credentials` has kept; else the image
#                        is not notarised
set -eu

plan=no
if [ "${1:-}" = "--plan" ]; then
    plan=yes
    shift
fi
additions=${1:-}
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
python=${PYTHON:-.venv/bin/python}

step() {
    if [ "$plan" = yes ]; then
        printf '%s' "$1"
        shift
        printf ' %s' "$@"
        printf '\n'
    else
        "$@"
    fi
}

if [ "$plan" = no ] && [ "$(uname -s)" != Darwin ]; then
    echo "build.sh: a Mac is needed; with --plan the steps are only printed." >&2
    exit 1
fi

machine=$(uname -m)
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml)
size=slim
if [ -n "$additions" ] && [ -d "$additions/models" ]; then
    size=full
fi
app="build/macos/Spark Desktop.app"
image="dist/spark-desktop-$version-macos-$machine-$size.dmg"
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
PYTHONPATH=packaging:.
PYTHONHASHSEED=0
QT_QPA_PLATFORM=offscreen
export SOURCE_DATE_EPOCH PYTHONPATH PYTHONHASHSEED QT_QPA_PLATFORM

step rm -rf build/macos
step "$python" -m PyInstaller --noconfirm --clean --log-level WARN \
    --distpath build/macos --workpath build/macos/work packaging/macos/spark-mac.spec
step "$python" -m spark_dist.mac_bundle complete "$app" "${additions:-/nothing}"
step "$python" -m spark_dist.mac_bundle check "$app"

# Ad hoc there is no team that the libraries could belong to, which the hardened runtime asks for.
sign() {
    if [ -n "${SPARK_MAC_IDENTITY:-}" ]; then
        step codesign --force --timestamp --options runtime \
            --entitlements packaging/macos/entitlements.plist --sign "$SPARK_MAC_IDENTITY" "$1"
    else
        step codesign --force --sign - "$1"
    fi
}

# Innermost first: each signature covers those of what it contains.
if [ "$plan" = yes ]; then
    sign "(each file of: $python -m spark_dist.mac_bundle code \"$app\")"
else
    "$python" -m spark_dist.mac_bundle code "$app" | while IFS= read -r file; do
        sign "$file"
    done
fi
sign "$app"
step codesign --verify --strict --deep "$app"

# Before it is packed: what cannot work is not published.
step "$app/Contents/MacOS/spark-desktop" --self-test

step mkdir -p dist build/macos/image
step cp -R "$app" build/macos/image/
step ln -s /Applications build/macos/image/Applications
step hdiutil create -quiet -volname "Spark Desktop $version" -srcfolder build/macos/image \
    -fs APFS -format ULFO -ov "$image"
if [ -n "${SPARK_MAC_IDENTITY:-}" ]; then
    step codesign --force --timestamp --sign "$SPARK_MAC_IDENTITY" "$image"
fi
if [ -n "${SPARK_MAC_NOTARY:-}" ]; then
    step xcrun notarytool submit "$image" --keychain-profile "$SPARK_MAC_NOTARY" --wait
    step xcrun stapler staple "$image"
fi
echo "$image"
