
# --- Words -------------------------------------------------------------------------------------

usage() {
    cat <<END
Spark Desktop $version ($size): installs for this user, without root.

  sh $(basename -- "$0") [--prefix DIR] [--yes] [--quiet] [--allow-downgrade]
  sh $(basename -- "$0") --check | --extract DIR | --uninstall [--prefix DIR]

  --prefix DIR       the folder of the programs; else ~/.local/share/spark-desktop/app
  --yes              ask nothing; a Spark that runs is asked to quit
  --quiet            say only what failed
  --allow-downgrade  put this version in the place of a newer one
  --check            only check this file's own SHA-256
  --extract DIR      only unpack into DIR, which has to be empty; nothing else is written
  --uninstall        take away programs, links and menu entries; your data stays
  --help             this text

Written are the folder of the programs, links to them in ~/.local/bin, and menu entry, icons,
man pages and completions in ~/.local/share. The exit code is 0 when it is done, 1 when it is
not (the version from before stays as it was), 2 for words that it does not know.
END
}

say() {
    [ -n "$quiet" ] || printf '%s\n' "$*"
}

# warn WHAT [NEXT STEP]
warn() {
    printf 'spark-desktop: %s\n' "$1" >&2
    [ $# -lt 2 ] || printf '  %s\n' "$2" >&2
}

# fail WHAT [NEXT STEP]
fail() {
    warn "$@"
    exit 1
}

# ask QUESTION: goes on with a yes, ends with anything else.
ask() {
    [ -z "$yes" ] || return 0
    [ -t 0 ] || fail "there is nobody to ask: $1" "Add --yes to go on without questions."
    printf '%s [y/N] ' "$1"
    read -r answer || answer=
    case $answer in
        [yY]*) ;;
        *) fail "Stopped; nothing was changed." ;;
    esac
}
