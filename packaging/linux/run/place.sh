
# --- Links and the desktop's files -------------------------------------------------------------

# placed FOLDER: prints the list of what was placed outside of it.
placed() {
    printf '%s\n' "$1/.spark-desktop/placed"
}

note() {
    printf '%s\n' "$1" >>"$(placed "$prefix")"
}

# make_folder PATH: with those above it; what was made is noted, so that it can be taken away.
make_folder() {
    [ ! -d "$1" ] || return 0
    make_folder "$(dirname -- "$1")" || return 1
    mkdir -- "$1" 2>/dev/null || return 1
    note "folder $1"
}

# may_replace PATH: whether nothing lies there, or something of ours.
may_replace() {
    [ -e "$1" ] || [ -L "$1" ] || return 0
    if [ -L "$1" ]; then
        is_ours "$(dirname -- "$(readlink -- "$1")")" && return 0
        case $(readlink -- "$1") in "$prefix"/*) return 0 ;; *) return 1 ;; esac
    fi
    case $1 in *spark-desktop*) return 0 ;; esac
    grep -qsxF -- "file $1" "$(placed "$prefix.old")" ||
        grep -qsi -e 'spark-desktop' -e 'spark desktop' -- "$1"
}

place_link() {
    target=$HOME/.local/bin/$1
    may_replace "$target" || {
        warn "$target is of another program and was left alone." "Start ours as $prefix/$1"
        return 0
    }
    if ! { make_folder "$HOME/.local/bin" && note "link $target" && rm -f -- "$target" &&
        ln -s -- "$prefix/$1" "$target"; } 2>/dev/null; then
        warn "$target could not be written." "Start the program as $prefix/$1"
    fi
}

# place_file NAME: of share/, with the programs' folder where the file names it.
place_file() {
    target=$data_home/$1
    may_replace "$target" || {
        warn "$target is of another program and was left alone."
        return 0
    }
    if ! { make_folder "$(dirname -- "$target")" && note "file $target" &&
        with_programs "$1" >"$target.new" && same_mode "$prefix/share/$1" "$target.new" && mv -f -- "$target.new" "$target"; } 2>/dev/null; then
        rm -f -- "$target.new" 2>/dev/null
        warn "$target could not be written."
    fi
}

# KDE trusts entries of its menus only where they may be executed.
same_mode() {
    [ ! -x "$1" ] || chmod u+x "$2"
}

with_programs() {
    if LC_ALL=C grep -qF '/@SPARK PROGRAMS@' "$prefix/share/$1"; then
        folder=$(printf '%s\n' "$prefix" | sed 's/[&|\\]/\\&/g')
        sed "s|/@SPARK PROGRAMS@|$folder|g" "$prefix/share/$1"
    else
        cat -- "$prefix/share/$1"
    fi
}

# What opens a folder, empty where nobody can say.
opener() {
    command -v xdg-mime >/dev/null && xdg-mime query default inode/directory 2>/dev/null
}

# Entries of the user go before those of the system where no default is named; we offer to open
# folders, and are not to become what opens them.
keep_opener() {
    [ -z "$1" ] || [ "$(opener)" = "$1" ] || xdg-mime default "$1" inode/directory 2>/dev/null
}

place_all() {
    opened_by=$(opener)
    for program in spark-desktop spark spark-core; do place_link "$program"; done
    [ ! -d "$prefix/share" ] || (cd -- "$prefix/share" && find . -type f) | LC_ALL=C sort |
        while IFS= read -r name; do place_file "${name#./}"; done
    tell_desktop
    keep_opener "$opened_by"
}

# take_back FOLDER: takes away what the lines it reads say was placed for FOLDER.
take_back() {
    while IFS= read -r line; do
        path=${line#* }
        case $line in
            "link "*) [ "$(readlink -- "$path" 2>/dev/null)" != "$1/${path##*/}" ] || rm -f -- "$path" ;;
            "file "*) rm -f -- "$path" ;;
        esac
    done
}

# drop_stale: takes away what the version from before placed, and this one does not have.
drop_stale() {
    [ ! -f "$(placed "$prefix.old")" ] ||
        grep -vxF -f "$(placed "$prefix")" "$(placed "$prefix.old")" | take_back "$prefix"
}

# remove_folders LIST: those that were made for what was placed, where nothing else lies in them.
remove_folders() {
    # The last that was made is the deepest.
    printf '%s\n' "$1" | sed -n 's/^folder //p' | sed '1!G;h;$!d' | while IFS= read -r path; do
        forget_caches "$path"
        rmdir -- "$path" 2>/dev/null
    done
}

# The desktop's lists of what opens what; where its tools are missing, it makes them itself.
tell_desktop() {
    if [ -d "$data_home/applications" ] && command -v update-desktop-database >/dev/null; then
        update-desktop-database "$data_home/applications" >/dev/null 2>&1
    fi
    if [ -d "$data_home/mime/packages" ] && command -v update-mime-database >/dev/null; then
        update-mime-database "$data_home/mime" >/dev/null 2>&1
    fi
}

# forget_caches FOLDER: of a folder that we made, in which only those lists are left.
forget_caches() {
    case $1 in
        "$data_home/applications")
            [ "$(ls -A -- "$1")" != mimeinfo.cache ] || rm -f -- "$1/mimeinfo.cache"
            ;;
        "$data_home/mime")
            [ ! -d "$1/packages" ] || return 0
            for name in XMLnamespaces aliases generic-icons globs globs2 icons magic mime.cache \
                subclasses treemagic types version; do rm -f -- "$1/$name"; done
            rm -rf -- "$1/x-scheme-handler"
            ;;
    esac
}
