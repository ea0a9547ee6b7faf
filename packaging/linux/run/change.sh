
# --- Installing --------------------------------------------------------------------------------

# A run that was killed between its two renames left the version from before beside its place.
recover() {
    if [ ! -e "$prefix" ] && is_ours "$prefix.old"; then
        mv -- "$prefix.old" "$prefix" || fail "$prefix.old could not be put back to $prefix."
        say "Put back $prefix, which an earlier run had left at $prefix.old."
    fi
}

# Ends with a word where this version may not be put in the place.
judge_place() {
    case $prefix in
        *"
"* | *[\"\\\`\$%]*)
            fail "$prefix has a character in its name that a desktop entry cannot hold." \
                "Name another folder with --prefix."
            ;;
        / | "$HOME" | "$data_home" | "$data_home/spark-desktop")
            fail "$prefix is not for programs alone." "Name a new folder with --prefix."
            ;;
    esac
    if [ -e "$prefix" ] && ! is_ours "$prefix" && ! { [ -d "$prefix" ] && is_empty "$prefix"; }; then
        fail "$prefix is there and is not of Spark Desktop." \
            "Name a folder that is new or empty with --prefix. Nothing was changed."
    fi
    for beside in "$prefix.new" "$prefix.old"; do
        [ ! -e "$beside" ] || [ -f "$beside/.spark-desktop.unpacking" ] || is_ours "$beside" ||
            fail "$beside is in the way and is not of Spark Desktop." "Move it away, then start again."
    done
    before=
    ! is_ours "$prefix" || before=$(fact version "$prefix")
    [ -n "$before" ] && is_older "$rank" "$(fact rank "$prefix")" || return 0
    [ -z "$downgrade" ] || return 0
    fail "version $before is installed in $prefix, and this is the older $version. Nothing was changed." \
        "An older version may not read what a newer one wrote; --allow-downgrade installs it all the same."
}

# missing_above PATH: the folders above it that are still to be made, the uppermost first.
missing_above() {
    above=$(dirname -- "$1")
    [ ! -d "$above" ] || return 0
    (missing_above "$above")
    printf 'folder %s\n' "$above"
}

unpack() {
    new=$prefix.new
    rm -rf -- "$new"
    trap 'rm -rf -- "$new"; exit 1' HUP INT TERM
    made=$(missing_above "$prefix")
    if ! mkdir -p -- "$(dirname -- "$prefix")" 2>/dev/null || ! mkdir -- "$new" 2>/dev/null; then
        fail "$new cannot be made: no permission, or no folder can be there." \
            "Name a folder of yours with --prefix. Nothing was changed."
    fi
    : >"$new/.spark-desktop.unpacking"
    if ! packed | (cd -- "$new" && tar -xzof -); then
        rm -rf -- "$new"
        fail "the app could not be unpacked to $new; is the disk full?" \
            "It needs $((needed_kib / 1024 + 1)) MB. The version from before, if any, is as it was."
    fi
    # A program of another system's C library, or a folder from which nothing may be started.
    if ! why=$("$new/spark-core" --help 2>&1 >/dev/null); then
        rm -rf -- "$new"
        fail "the unpacked program does not start: $(printf '%s\n' "$why" | tail -n 1)" \
            "The version from before, if any, is as it was."
    fi
    rm -f -- "$new/.spark-desktop.unpacking"
}

# Two versions in one process would be one of the half and the half.
quit_running() {
    processes=$(running "$prefix")
    [ -n "$processes" ] || return 0
    say "Asking the running Spark to quit (process ${processes% })."
    # shellcheck disable=SC2086 # one word each
    kill -TERM $processes 2>/dev/null
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        processes=$(running "$prefix")
        [ -n "$processes" ] || return 0
        sleep 1
    done
    rm -rf -- "$prefix.new"
    fail "Spark is still running (process ${processes% })." \
        "Quit it, then start this again. Nothing was changed."
}

# The old one goes aside, the new one comes; a failure between them puts the old one back.
switch() {
    trap '' HUP INT TERM
    if [ -n "$before" ] && is_ours "$prefix.old"; then
        sed -n '/^folder /p' "$(placed "$prefix.old")" >>"$(placed "$prefix")" 2>/dev/null
        remove_listed "$prefix.old"
    fi
    if [ -n "$before" ]; then
        mv -- "$prefix" "$prefix.old" 2>/dev/null || {
            rm -rf -- "$prefix.new"
            fail "$prefix cannot be renamed: no permission?" "Nothing was changed."
        }
    elif [ -d "$prefix" ]; then
        rmdir -- "$prefix"
    fi
    mv -- "$prefix.new" "$prefix" 2>/dev/null || {
        [ -z "$before" ] || mv -- "$prefix.old" "$prefix"
        rm -rf -- "$prefix.new"
        fail "$prefix.new cannot be renamed to $prefix." "The version from before is as it was."
    }
}

# remove_listed FOLDER: takes away what came with a version; what else lies in it stays.
remove_listed() {
    (
        cd -- "$1" || exit 1
        rm -f -- .spark-desktop/placed uninstall
        # The names of the list have a backslash before what xargs would take for its own. The
        # list and the version come last: until then the folder can be told to be ours.
        LC_ALL=C xargs rm -f -- <.spark-desktop/files
    )
    find "$1" -depth -type d -exec rmdir -- {} + 2>/dev/null
}

# What the user put beside the programs goes on to the new version.
keep_foreign() {
    [ -d "$prefix.old" ] || return 0
    (cd -- "$prefix.old" && find . ! -type d) | while IFS= read -r name; do
        target=$prefix/${name#./}
        [ ! -e "$target" ] || target=$target.kept
        mkdir -p -- "$(dirname -- "$target")" && mv -- "$prefix.old/${name#./}" "$target" &&
            say "Kept $target, which did not come with Spark."
    done
    find "$prefix.old" -depth -type d -exec rmdir -- {} + 2>/dev/null
}

write_uninstaller() {
    dd if="$0" bs="$text_bytes" count=1 2>/dev/null |
        sed 's/^kind=installer$/kind=uninstaller/' >"$prefix/uninstall" && chmod 755 "$prefix/uninstall"
}

# Links and menu entries lead to one version only: those of another folder are taken back.
leave_other_place() {
    other=$(readlink -- "$HOME/.local/bin/spark-desktop" 2>/dev/null) || return 0
    other=$(dirname -- "$other")
    if [ "$other" != "$prefix" ] && [ -f "$(placed "$other")" ]; then
        take_back "$other" <"$(placed "$other")"
        sed -n '/^folder /p' "$(placed "$other")" >>"$(placed "$prefix")"
        : >"$(placed "$other")"
        say "Links and menu entries led to $other until now; its programs stay there."
    fi
}

install() {
    check_machine
    verify
    recover
    judge_place
    check_space "$prefix"
    say "Spark Desktop $version ($size) goes to $prefix${before:+, in the place of $before}."
    say "Links go to $HOME/.local/bin, menu entry and icons to $data_home."
    [ -z "$(running "$prefix")" ] || say "Spark is running and will be asked to quit."
    ask "Install?"
    unpack
    quit_running
    switch
    printf '%s\n' "$made" | sed '/^$/d' >"$(placed "$prefix")"
    [ -z "$before" ] || sed -n '/^folder /p' "$(placed "$prefix.old")" >>"$(placed "$prefix")" 2>/dev/null
    leave_other_place
    place_all
    drop_stale
    write_uninstaller
    [ -z "$before" ] || remove_listed "$prefix.old"
    [ -z "$before" ] || keep_foreign
    trap - HUP INT TERM
    tell_end
}

tell_end() {
    if ! why=$("$prefix/spark-desktop" --help 2>&1 >/dev/null); then
        warn "the window does not start yet: $(printf '%s\n' "$why" | tail -n 1)" \
            "On Debian and Ubuntu: sudo apt-get install $libraries"
    fi
    say "Installed. Start it from the menu, or with: spark-desktop"
    case :$PATH: in
        *":$HOME/.local/bin:"*) ;;
        *) say "$HOME/.local/bin is not in your PATH; a new log-in may add it. Until then: $prefix/spark-desktop" ;;
    esac
    say "To take it away: $prefix/uninstall"
}

# --- The other commands ------------------------------------------------------------------------

extract() {
    check_machine
    verify
    if [ -e "$1" ] && ! { [ -d "$1" ] && is_empty "$1"; }; then
        fail "$1 is there and is not empty." "Name a folder that is new or empty. Nothing was changed."
    fi
    check_space "$1"
    mkdir -p -- "$1" 2>/dev/null || fail "$1 cannot be made." "Name a folder of yours."
    packed | (cd -- "$1" && tar -xzof -) || fail "the app could not be unpacked to $1; is the disk full?"
    say "Unpacked to $1; start it with $1/spark-desktop"
}

uninstall() {
    recover
    is_ours "$prefix" || fail "Spark Desktop is not installed in $prefix." "Name its folder with --prefix."
    say "Takes away Spark Desktop $(fact version "$prefix") in $prefix, its links and its menu entries."
    ask "Uninstall?"
    quit_running
    list=$(cat -- "$(placed "$prefix")" 2>/dev/null)
    printf '%s\n' "$list" | take_back "$prefix"
    tell_desktop
    autostart=${XDG_CONFIG_HOME:-$HOME/.config}/autostart/spark-desktop.desktop
    ! grep -qsF "Exec=$prefix/" "$autostart" || rm -f -- "$autostart"
    # Of an earlier run that was killed.
    ! is_ours "$prefix.old" || remove_listed "$prefix.old"
    [ ! -f "$prefix.new/.spark-desktop.unpacking" ] || rm -rf -- "$prefix.new"
    remove_listed "$prefix"
    remove_folders "$list"
    if [ -e "$prefix" ]; then
        warn "$prefix has files that did not come with Spark; they stay."
    fi
    say "Taken away. Your data stays where it is: $data_home/spark-desktop, ${XDG_CONFIG_HOME:-$HOME/.config}/spark-desktop, ${XDG_CACHE_HOME:-$HOME/.cache}/spark-desktop"
}
