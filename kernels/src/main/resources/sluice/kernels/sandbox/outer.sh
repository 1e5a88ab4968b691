# Runs on the host, as the node, and becomes the sandbox:
# outer.sh LOGGER PIPE LOG HALF NOFILE ARGS STATUS [DOOR...] -- COMMAND...
logger=$1 pipe=$2 log=$3 half=$4 nofile=$5 args=$6 status=$7
shift 7
(
    unset SLUICE_SANDBOX
    setsid sh -c "$logger" sluice-log "$log" "$half" "$pipe.drained" <"$pipe" 2>/dev/null &
)
exec >"$pipe" 2>&1
umask 022
ulimit -c 0
[ "$nofile" = 0 ] || ulimit -n "$nofile" 2>/dev/null || ulimit -n "$(ulimit -H -n)"
while [ "$1" != -- ]; do
    echo 0 >"$1"
    shift
done
shift
exec "$@" 8<"$args" 9>"$status"
