
# --- Looking, which changes nothing ------------------------------------------------------------

packed() {
    tail -c +$((text_bytes + 1)) -- "$0"
}

# What the SHA-256 is of: this text without the line that names it, and the packed app.
summed() {
    dd if="$0" bs="$text_bytes" count=1 2>/dev/null | sed '/^sha256=/d'
    packed
}

verify() {
    found_bytes=$(wc -c <"$0") || fail "$0 cannot be read."
    [ "$found_bytes" -eq $((text_bytes + packed_bytes)) ] ||
        fail "$0 is damaged: it has $((found_bytes)) bytes instead of $((text_bytes + packed_bytes))." \
            "Fetch it again. Nothing was changed."
    if command -v sha256sum >/dev/null; then
        sum=$(summed | sha256sum)
    elif command -v shasum >/dev/null; then
        sum=$(summed | shasum -a 256)
    else
        fail "there is no sha256sum to check this file with." "Install coreutils, then start again."
    fi
    [ "${sum%% *}" = "$sha256" ] ||
        fail "$0 is damaged or was changed: its SHA-256 is not the one that it names." \
            "Fetch it again. Nothing was changed."
}

check_machine() {
    [ "$(uname -s) $(uname -m)" = "Linux $machine" ] ||
        fail "this is for Linux on $machine, and here is $(uname -s) on $(uname -m)."
    for tool in tar gzip xargs find; do
        command -v "$tool" >/dev/null || fail "$tool is missing." "Install it, then start again."
    done
}

# absolute PATH: prints it without links in the part that exists and slashes at the end.
absolute() {
    path=$1
    case $path in
        /*) ;;
        *) path=$PWD/$path ;;
    esac
    while [ "$path" != "${path%/}" ] && [ -n "${path%/}" ]; do path=${path%/}; done
    if [ -d "$path" ]; then
        (cd -P -- "$path" && pwd -P)
    elif [ -d "$(dirname -- "$path")" ]; then
        parent=$(cd -P -- "$(dirname -- "$path")" && pwd -P)
        printf '%s/%s\n' "${parent%/}" "$(basename -- "$path")"
    else
        printf '%s\n' "$path"
    fi
}

is_empty() {
    [ -z "$(ls -A -- "$1" 2>/dev/null)" ]
}

is_ours() {
    [ -f "$1/.spark-desktop/version" ] && [ -f "$1/.spark-desktop/files" ]
}

# fact NAME FOLDER: prints what an installed version says of itself.
fact() {
    sed -n "s/^$1=//p" "$2/.spark-desktop/version"
}

# is_older RANK RANK: whether the first is of an older version; both are six numbers.
is_older() {
    # shellcheck disable=SC2086 # six words each
    set -- $1 $2
    [ $# -eq 12 ] || return 1
    for _ in 1 2 3 4 5 6; do
        [ "$1" -ge "$7" ] || return 0
        [ "$1" -le "$7" ] || return 1
        shift
    done
    return 1
}

# running FOLDER: prints the processes whose program lies in it.
running() {
    # One ls, since a readlink for each process takes a second; of these names only ours matter.
    # shellcheck disable=SC2012
    LC_ALL=C ls -l /proc/[0-9]*/exe 2>/dev/null | folder=$1 awk '
        {
            at = index($0, "/exe -> " ENVIRON["folder"] "/")
            if (at) {
                line = substr($0, 1, at - 1)
                sub(/.*\/proc\//, "", line)
                printf "%s ", line
            }
        }'
}

# existing PATH: prints the nearest folder above it that is there.
existing() {
    above=$1
    while [ ! -d "$above" ]; do above=$(dirname -- "$above"); done
    printf '%s\n' "$above"
}

check_space() {
    place=$(existing "$1")
    free_kib=$(df -Pk -- "$place" 2>/dev/null | awk 'NR == 2 { print $4 }')
    case $free_kib in
        '' | *[!0-9]*) return 0 ;; # A file system that does not say; unpacking will.
    esac
    [ "$free_kib" -ge "$needed_kib" ] ||
        fail "the disk is too full: $((needed_kib / 1024 + 1)) MB are needed in $place, $((free_kib / 1024)) MB are free." \
            "Make room, or name another place with --prefix. Nothing was changed."
}
