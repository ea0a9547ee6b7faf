#!/bin/sh
# Builds the app bundle and its disk images, slim and full, on a Mac: build.sh [--plan]
#
# With --plan nothing is done, and each step is printed; that works everywhere. Signed and notarised
# where the keys exist:
#   SPARK_SIGNING_IDENTITY   the Developer ID Application in the keychain; else signed ad hoc, which
#                            runs on this Mac, and elsewhere only once the user allows it
#   SPARK_NOTARY_PROFILE     what `xcrun notarytool store-credentials` has kept; else not notarised
set -eu

plan=no
if [ "${1:-}" = "--plan" ]; then
    plan=yes
fi
cd "$(dirname "$0")/../.."
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
work=build/macos
app="$work/Spark Desktop.app"
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
PYTHONPATH=packaging:.
PYTHONHASHSEED=0
QT_QPA_PLATFORM=offscreen
export SOURCE_DATE_EPOCH PYTHONPATH PYTHONHASHSEED QT_QPA_PLATFORM

bundle() {
    step "$python" -m spark_dist.mac_bundle "$@"
}

# Ad hoc there is no team that the libraries could belong to, which the hardened runtime asks for.
sign() {
    if [ -n "${SPARK_SIGNING_IDENTITY:-}" ]; then
        step codesign --force --timestamp --options runtime \
            --entitlements packaging/macos/entitlements.plist --sign "$SPARK_SIGNING_IDENTITY" "$1"
    else
        step codesign --force --sign - "$1"
    fi
}

# Innermost first: each signature covers those of what it contains.
sign_code() {
    if [ "$plan" = yes ]; then
        sign "(each file that mac_bundle code names)"
    else
        "$python" -m spark_dist.mac_bundle code "$app" | while IFS= read -r file; do
            sign "$file"
        done
    fi
}

image() {
    image="dist/spark-desktop-$version-macos-$machine-$1.dmg"
    sign "$app"
    step codesign --verify --strict --deep "$app"
    # Before it is packed: what cannot work is not published. Slim, it has no model to answer with.
    if [ "$1" = full ]; then
        step "$app/Contents/MacOS/spark-desktop" --self-test
    fi
    step rm -rf "$work/image"
    step mkdir -p dist "$work/image"
    step cp -R "$app" "$work/image/"
    step ln -s /Applications "$work/image/Applications"
    step hdiutil create -quiet -volname "Spark Desktop $version" -srcfolder "$work/image" \
        -fs APFS -format ULFO -ov "$image"
    if [ -n "${SPARK_SIGNING_IDENTITY:-}" ]; then
        step codesign --force --timestamp --sign "$SPARK_SIGNING_IDENTITY" "$image"
    fi
    if [ -n "${SPARK_NOTARY_PROFILE:-}" ]; then
        step xcrun notarytool submit "$image" --keychain-profile "$SPARK_NOTARY_PROFILE" --wait
        step xcrun stapler staple "$image"
    fi
}

step rm -rf "$work"
step "$python" -m PyInstaller --noconfirm --clean --log-level WARN \
    --distpath "$work" --workpath "$work/work" packaging/macos/spark-mac.spec
sign_code
for size in slim full; do
    bundle complete "$app" "$work/spark-desktop" "$size"
    bundle check "$app"
    image "$size"
done
# For whoever gathers the parts of a release.
if [ "$plan" = no ]; then
    (cd dist && shasum -a 256 -- *.dmg >SHA256SUMS)
fi
