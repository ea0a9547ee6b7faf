#!/bin/sh
# Installs what dist/ has in a clean Debian (no Python, no network), uses it, takes it away, and
# looks for what is left. Prints a table; the exit code is 1 where something failed or is left.
#
#   sudo sh packaging/linux/clean_root.sh [--cache DIR] [--display :N] [--only deb|run] [--short] [DIST]
#
# --short leaves out the upgrades and downgrades of the .deb.
# Needs root, debootstrap, Xvfb, xdotool and iproute2. The first run fetches a root and the
# packages that ours depends on, with the mirror that this machine's apt has, and keeps them.
set -u

here=$(cd -P -- "$(dirname -- "$0")" && pwd -P)
top=$(dirname -- "$(dirname -- "$here")")
cache=$top/build/clean-root
display=:97
only=
short=
dist=$top/dist
while [ $# -gt 0 ]; do
    case $1 in
        --cache) cache=$2 && shift ;;
        --display) display=$2 && shift ;;
        --only) only=$2 && shift ;;
        --short) short=1 ;;
        -*) echo "clean_root.sh: $1 is not known" >&2 && exit 2 ;;
        *) dist=$1 ;;
    esac
    shift
done
dist=$(cd -P -- "$dist" && pwd -P) || exit 2
python=${PYTHON:-$top/.venv/bin/python}
work=$(mktemp -d "${TMPDIR:-/tmp}/clean-root.XXXXXX")
table=$work/table
: >"$table"
failed=0
screen=

die() {
    echo "clean_root.sh: $*" >&2
    exit 1
}

# shellcheck disable=SC2317 # called by the trap
cleanup() {
    [ -z "$screen" ] || kill "$screen" 2>/dev/null
    rm -rf -- "$work"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

[ "$(id -u)" = 0 ] || die "a root folder can be entered by root only; start it with sudo"
for tool in debootstrap Xvfb xdotool ip unshare; do
    command -v "$tool" >/dev/null || die "$tool is missing; install it with apt"
done

# --- A root ------------------------------------------------------------------------------------

one() { # KIND: the one file in DIST
    # shellcheck disable=SC2086 # a pattern
    set -- "$dist"/$1
    if [ $# != 1 ] || [ ! -f "$1" ]; then die "expected one file as $*"; fi
    printf '%s\n' "$1"
}

online() { # ROOT COMMAND...: with the network of this machine
    root=$1 && shift
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"
}

make_cache() {
    echo "Making a clean Debian in $cache (once)..."
    mkdir -p "$cache"
    # shellcheck disable=SC2016 # for apt
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
        'Codename: bookworm' | head -n 1)
    [ -n "$mirror" ] || die "this machine's apt has no mirror of Debian bookworm"
    base=$work/base
    debootstrap --variant=minbase bookworm "$base" "$mirror" >"$work/log" 2>&1 ||
        die "debootstrap failed: $(tail -n 3 "$work/log")"
    online "$base" sh -c 'apt-get clean && apt-get -q update && useradd -m -s /bin/sh anna' \
        >"$work/log" 2>&1 || die "$(tail -n 3 "$work/log")"
    : >"$base/etc/resolv.conf"
    tar -C "$base" -cf "$cache/root.tar.part" . && mv "$cache/root.tar.part" "$cache/root.tar"
    rm -rf -- "$base"
}

# The packages that ours depends on, by the control file of the one at hand.
fetch_packages() {
    wanted=$(dpkg-deb -f "$deb" Depends Recommends | sha256sum)
    [ "$(cat "$cache/wanted" 2>/dev/null)" != "$wanted" ] || return 0
    echo "Fetching what the package depends on..."
    fresh fetching
    mkdir -p "$cache/debs"
    cp "$cache/debs/"*.deb "$root/var/cache/apt/archives/" 2>/dev/null
    cp "$slim_deb" "$root/tmp/ours.deb"
    online "$root" apt-get -q install -y --download-only /tmp/ours.deb >"$work/log" 2>&1 ||
        die "$(tail -n 5 "$work/log")"
    cp "$root/var/cache/apt/archives/"*.deb "$cache/debs/"
    rm -rf -- "$root"
    echo "$wanted" >"$cache/wanted"
}

fresh() { # NAME: a new root, whose apt has all it needs without a network
    root=$work/$1
    mkdir -p "$root"
    tar -C "$root" -xf "$cache/root.tar"
    cp "$cache/debs/"*.deb "$root/var/cache/apt/archives/" 2>/dev/null
    mkdir -p "$root/dist" "$root/tmp/.X11-unix" "$root/made"
}

# inside USER COMMAND...: in the root, with nothing of this machine but its screen and DIST
inside() {
    user=$1 && shift
    home=/root
    [ "$user" = root ] || home=/home/$user
    # shellcheck disable=SC2016 # for the inner shell
    unshare --net --mount --pid --fork --kill-child sh -c '
        root=$1 dist=$2 made=$3
        ip link set lo up
        mount -t proc proc "$root/proc"
        mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm" 2>/dev/null
        mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
        mount --bind -o ro "$dist" "$root/dist"
        mount --bind -o ro "$made" "$root/made"
        # A disk that is soon full, where a step asks for one.
        [ ! -d "$root/home/anna/small" ] ||
            mount -t tmpfs -o size=20m,mode=1777 tmpfs "$root/home/anna/small"
        shift 3
        exec chroot "$root" "$@"' sh "$root" "$dist" "$made" \
        setpriv --reuid="$user" --regid="$user" --init-groups \
        /usr/bin/env -i HOME="$home" USER="$user" DISPLAY="$display" LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive PATH="$home/.local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
        sh -c "cd $home && $*" >"$work/log" 2>&1
}

# Every file with its size and its content's sum, without what others write and without homes.
#   apt and dpkg: their own books.   log, fontconfig, ldconfig, mesa: what the packages that ours
#   depends on write and their removal leaves. passwd, group, shadow, hosts: those packages make
#   users (messagebus) and never take them away; the same is left where only they were installed.
listed() {
    (
        cd "$root" || exit 1
        found . -type f -print0 | xargs -0 sha256sum
        found . ! -type f -printf '%p %y %m %l\n'
    ) | LC_ALL=C sort
}

found() { # . TESTS: find without those places
    top_of=$1 && shift
    find "$top_of" -xdev \( -path ./home -o -path ./proc -o -path ./sys -o -path ./dev -o -path ./tmp \
        -o -path ./run -o -path ./dist -o -path ./made -o -path ./var/log -o -path ./var/lib/apt \
        -o -path ./var/lib/dpkg -o -path ./var/cache -o -path ./etc/ld.so.cache \
        -o -path ./etc/hosts -o -path './etc/passwd*' -o -path './etc/group*' \
        -o -path './etc/shadow*' -o -path './etc/gshadow*' \) -prune -o \
        "$@"
}

# --- The table ---------------------------------------------------------------------------------

now() {
    date +%s.%N
}

row() { # WHAT RESULT [MORE]
    printf '%-58s %-7s %s\n' "$1" "$2" "${3-}" | tee -a "$table"
    [ "$2" = ok ] || failed=1
}

# step WHAT USER COMMAND...: a row of the table, with the seconds that it took
step() {
    what=$1 && shift
    began=$(now)
    if inside "$@"; then
        row "$what" ok "$(echo "$(now) $began" | awk '{ printf "%.1f s", $1 - $2 }')"
    else
        row "$what" FAILED "$(tail -n 2 "$work/log" | tr '\n' ' ')"
        tail -n 30 "$work/log" >&2
    fi
}

# refused WHAT WORDS USER COMMAND...: fails, says these words, and changes nothing
refused() {
    what=$1 words=$2 && shift 2
    state=$(versions)
    if inside "$@"; then
        row "$what" FAILED "it was not refused"
    elif ! grep -q -e "$words" "$work/log"; then
        row "$what" FAILED "$(tail -n 2 "$work/log" | tr '\n' ' ')"
    elif [ "$(versions)" != "$state" ]; then
        row "$what" FAILED "something was changed"
    else
        row "$what" ok "refused: $(grep -m 1 -e "$words" "$work/log" | cut -c 1-60)"
    fi
}

versions() {
    sed -n '/^Package: spark-desktop$/,/^$/p' "$root/var/lib/dpkg/status" | grep '^Version'
    (cd "$root/home/anna/.local/share/spark-desktop" 2>/dev/null && find . -printf '%p %T@ %s\n' | sort)
    ls -d "$root/opt/"* "$root/home/anna/small/"* 2>/dev/null
}

same() { # WHAT FIRST SECOND: two texts
    if [ "$2" = "$3" ]; then row "$1" ok; else row "$1" FAILED "$(printf '%s\n' "$2" >"$work/1" &&
        printf '%s\n' "$3" | diff "$work/1" - | head -n 5 | tr '\n' ';')"; fi
}

# --- What is done in either root ---------------------------------------------------------------

# use: the programs, as the user anna, who has never seen them
use() {
    step "spark-core --help" anna "spark-core --help"
    step "spark --help" anna "spark --help"
    rm -f -- "$work/seen"
    watch_screen & watcher=$!
    # shellcheck disable=SC2016 # for the inner shell
    step "the window opens, and quits when asked to" anna '
        mkdir -p project0
        spark-desktop project0 & app=$!
        for _ in $(seq 60); do
            [ ! -e /tmp/seen ] || break
            kill -0 $app || exit 1
            sleep 1
        done
        [ -e /tmp/seen ] && sleep 2 && kill -TERM $app && wait $app'
    kill "$watcher" 2>/dev/null
    row "  it was seen on the screen" "$([ -e "$root/tmp/seen" ] && echo ok || echo FAILED)" \
        "$(cat "$root/tmp/seen" 2>/dev/null)"
    if inside anna "spark-desktop --help" && grep -q -e --self-test "$work/log"; then
        step "self-test under Xvfb" anna "spark-desktop --self-test"
        sed -n '/^[ a-z].*/p' "$work/log" >"$work/self-test-$1"
    else
        row "self-test under Xvfb" skipped "this build has none"
    fi
    # Says that other programs are missing, and whether ours is in order.
    inside anna "spark doctor"
    row "spark doctor" "$(grep -q '^ok  *engine' "$work/log" &&
        ! grep -q -i -e traceback "$work/log" && echo ok || echo FAILED)"
    sample=$(find "$root/usr/lib/spark-desktop" "$root/home/anna/.local/share/spark-desktop/app" \
        -type d -path '*resources/demo_project' 2>/dev/null | head -n 1)
    cp -r "$sample" "$root/home/anna/project" && chown -R 1000:1000 "$root/home/anna/project"
    step "first proposal from the model inside (spark edit)" anna \
        "cd project && spark edit invoices/discounts.py \
        'Raise ValueError when percent is below 0 or above 100' --lines 7-12 | tee /tmp/proposal && \
        grep -q '^+.*raise ValueError' /tmp/proposal"
    step "second proposal, applied, and undone" anna \
        "cd project && cp invoices/discounts.py /tmp/before && spark edit invoices/discounts.py \
        'Raise ValueError when percent is below 0 or above 100' --lines 7-12 --apply && \
        ! cmp -s invoices/discounts.py /tmp/before && spark undo && cmp invoices/discounts.py /tmp/before"
    row "no model was copied or fetched" \
        "$(find "$root/home/anna/.cache" "$root/home/anna/.local/share/spark-desktop" -name '*.gguf' \
            ! -path '*/app/models/*' 2>/dev/null | grep -q . && echo FAILED || echo ok)"
}

watch_screen() { # notes the title of a window that is shown
    while :; do
        for window in $(DISPLAY=$display xdotool search --onlyvisible --name . 2>/dev/null); do
            DISPLAY=$display xdotool getwindowname "$window" 2>/dev/null |
                grep -i spark >"$root/tmp/seen.part" && mv "$root/tmp/seen.part" "$root/tmp/seen"
        done
        [ ! -e "$root/tmp/seen" ] || return 0
        sleep 1
    done
}

data() { # sums of what the user has, without the programs
    (cd "$root/home/anna" && find . -path ./.local/share/spark-desktop/app -prune -o -type f \
        ! -path '*/run/*' ! -name '*.log' ! -name '*-wal' ! -name '*-shm' ! -path './.local/bin/*' \
        -print 2>/dev/null | grep -e spark-desktop -e project | grep -v -e '/share/man/' \
        -e completions -e applications -e icons -e metainfo -e menus -e actions |
        LC_ALL=C sort | xargs sha256sum)
}

without_python() {
    if find "$root/usr/bin" "$root/usr/local" -name 'python*' | grep -q .; then
        row "no Python in the root" FAILED
    else
        row "no Python in the root" ok
    fi
}

# --- The package -------------------------------------------------------------------------------

# Else what others suggest, perl for one, would stay.
autoremove="apt-get autoremove -y --purge -o APT::AutoRemove::SuggestsImportant=false \
    -o APT::AutoRemove::RecommendsImportant=false"

try_deb() {
    fresh deb
    full=/dist/$(basename "$deb")
    listed >"$work/before"
    without_python
    [ -n "$short" ] || try_upgrades
    step "apt install ./..._full.deb" root "apt-get install -y $full"
    without_python
    use deb
    mine=$(data)
    step "apt remove" root "apt-get remove -y spark-desktop"
    same "  nothing of ours is left" "$(ours_left)" ""
    # apt has forgotten it by now, since it has no settings in /etc that a purge would take away.
    step "dpkg --purge" root "dpkg --purge spark-desktop"
    step "  and what it depended on" root "$autoremove"
    listed >"$work/after"
    same "  the root is as it was" "$(diff "$work/before" "$work/after")" ""
    same "  the user's data are the same" "$(data)" "$mine"
    say_data
    rm -rf -- "$root"
}

try_upgrades() {
    slim=/dist/$(basename "$slim_deb") old=/made/$(basename "$old_deb")
    step "apt install: an older version (slim)" root "apt-get install -y $old"
    step "  its window writes data" anna 'mkdir -p project0; timeout 10 spark threads list; true'
    mine=$(data)
    step "apt install: upgrade to this version (slim)" root "apt-get install -y $slim"
    step "apt install: slim becomes full" root "apt-get install -y $full"
    same "  the model is there" "$(find "$root/usr/lib/spark-desktop/models" -name '*.gguf' | wc -l)" 1
    step "apt install: full becomes slim" root "apt-get install -y $slim"
    same "  the model is gone" "$(find "$root/usr/lib/spark-desktop" -name '*.gguf' | wc -l)" 0
    same "  the user's data are the same" "$(data)" "$mine"
    refused "apt install: an older version" "DOWNGRADED" root "apt-get install -y $old"
    step "apt purge" root "apt-get purge -y spark-desktop"
    step "  and what it depended on" root "$autoremove"
}

ours_left() {
    find "$root" -xdev \( -path "$root/home" -o -path "$root/var/lib/dpkg" -o -path "$root/dist" \
        -o -path "$root/made" -o -path "$root/tmp" -o -path "$root/var/log" \
        -o -path "$root/var/cache/apt" \) -prune -o -iname '*spark*' -print
}

say_data() {
    echo "  The user's data:"
    (cd "$root/home/anna" && du -sh .local/share/spark-desktop .config/spark-desktop \
        .cache/spark-desktop 2>/dev/null | sed 's/^/    /')
}

# --- The installer of one user -----------------------------------------------------------------

try_run() {
    fresh run
    full=/dist/$(basename "$run") old=/made/$(basename "$old_run")
    libraries=$(sed -n "/^libraries='/{s/^libraries='\(.*\)'/\1/p;q}" "$run")
    step "libraries that a desktop has (apt)" root "apt-get install -y --no-install-recommends $libraries"
    without_python
    listed >"$work/before"
    homes >"$work/homes"
    step "its own SHA-256 (--check)" anna "sh $full --check"
    step "an older version (slim)" anna "sh $old --yes"
    step "upgrade to this version (full)" anna "sh $full --yes"
    without_python
    use run
    refused "an older version" "is installed in" anna "sh $old --yes"
    cp "$slim_run" "$made/tampered.run"
    printf x | dd of="$made/tampered.run" bs=1 seek=5000000 conv=notrunc 2>/dev/null
    refused "a tampered one" "damaged" anna "sh /made/tampered.run --yes"
    refused "a folder without permission" "cannot be made" anna "sh $full --yes --prefix /opt/spark"
    refused "a folder of others" "is not of Spark" anna "sh $full --yes --prefix /home/anna/project"
    mkdir "$root/home/anna/small"
    refused "a full disk" "too full" anna "sh $full --yes --prefix /home/anna/small/app"
    rmdir "$root/home/anna/small"
    mine=$(data)
    step "uninstall" anna ".local/share/spark-desktop/app/uninstall --yes"
    listed >"$work/after"
    same "  the root is as it was" "$(diff "$work/before" "$work/after")" ""
    same "  the user's data are the same" "$(data)" "$mine"
    same "  the home is as it was but for these data" \
        "$(homes | grep -v -e '^\./project' -e spark-desktop | LC_ALL=C comm -13 "$work/homes" -)" ""
    say_data
    rm -rf -- "$root"
}

homes() { # the caches of fonts and shaders are those of the system's libraries
    (cd "$root/home/anna" && find . ! -name . ! -path ./.cache ! -path ./.config ! -path ./.local \
        ! -path ./.local/share ! -path './.cache/fontconfig*' \
        ! -path './.cache/mesa_shader_cache*' ! -path './.cache/dconf*') | LC_ALL=C sort
}

# --- All of it ---------------------------------------------------------------------------------

deb=$(one '*_full.deb') && slim_deb=$(one '*_slim.deb') || exit 1
[ -f "$cache/root.tar" ] || make_cache
fetch_packages
made=$work/made
mkdir -p "$made" /tmp/.X11-unix
Xvfb "$display" -screen 0 1280x800x24 -ac -nolisten tcp >/dev/null 2>&1 &
screen=$!
if [ "$only" != run ]; then
    [ -n "$short" ] || old_deb=$(PYTHONPATH=$top:$top/packaging "$python" -m spark_dist.older "$slim_deb" 0.0.1 "$made") ||
        die "no older package could be made"
    try_deb
fi
if [ "$only" != deb ]; then
    run=$(one '*-full.run') && slim_run=$(one '*-slim.run') || exit 1
    old_run=$(PYTHONPATH=$top:$top/packaging "$python" -m spark_dist.older "$slim_run" 0.0.1 "$made") ||
        die "no older installer could be made"
    try_run
fi
echo
echo "=== $(grep -c ' ok ' "$table") done, $(grep -c ' FAILED ' "$table") failed ==="
exit $failed
