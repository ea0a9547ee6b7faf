
# --- The command line --------------------------------------------------------------------------

wrong() {
    warn "$1" "--help says what there is."
    exit 2
}

main() {
    quiet='' yes='' downgrade='' prefix='' task=install folder=''
    [ "$kind" = installer ] || task=uninstall prefix=$(dirname -- "$0")
    while [ $# -gt 0 ]; do
        case $1 in
            --prefix=* | --extract=*)
                word=${1%%=*}
                value=${1#*=}
                shift
                set -- "$word" "$value" "$@"
                continue
                ;;
            --prefix | --extract)
                [ -n "${2-}" ] || wrong "$1 needs a folder."
                if [ "$1" = --prefix ]; then prefix=$2; else task=extract folder=$2; fi
                shift
                ;;
            --yes | -y) yes=1 ;;
            --quiet | -q) quiet=1 ;;
            --allow-downgrade) downgrade=1 ;;
            --check | --uninstall) task=${1#--} ;;
            --help | -h) task=usage ;;
            *) wrong "$1 is not known." ;;
        esac
        shift
    done
    if [ "$task" = usage ]; then
        usage
        return 0
    fi
    case ${HOME-} in
        /*) ;;
        *) fail "HOME does not name your folder." ;;
    esac
    data_home=${XDG_DATA_HOME:-$HOME/.local/share}
    prefix=$(absolute "${prefix:-$data_home/spark-desktop/app}")
    [ "$kind" = installer ] || [ "$task" = uninstall ] || wrong "this one can only uninstall."
    case $task in
        install) install ;;
        uninstall) uninstall ;;
        extract) extract "$(absolute "$folder")" ;;
        check)
            verify
            say "$(basename -- "$0") is whole: SHA-256 as named, $sha256"
            ;;
    esac
}

main "$@"
exit $?
