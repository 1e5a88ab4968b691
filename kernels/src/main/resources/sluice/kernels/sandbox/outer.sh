# Runs on the host, as the node, and becomes the sandbox: outer.sh PIPE LOG HALF NOFILE ARGS STATUS [DOOR...] -- COMMAND...
# What the process prints goes through a logger that keeps between HALF and 2*HALF bytes and outlives the node.
pipe=$1 log=$2 half=$3 nofile=$4 args=$5 status=$6
shift 6
umask 077
mkfifo "$pipe" || exit 125
(
    {
        trap '' INT TERM HUP QUIT
        while head -c "$half" >"$log" && [ "$(wc -c <"$log")" -ge "$half" ]; do mv -f "$log" "$log.1"; done
        cat >/dev/null # the disk is full: the process must not notice
        : >"$pipe.drained"
    } <"$pipe" 2>/dev/null &
)
exec >"$pipe" 2>&1
umask 022
ulimit -c 0
[ "$nofile" = 0 ] || ulimit -n "$nofile" 2>/dev/null || ulimit -n "$(ulimit -H -n)"
while [ "$1" != -- ]; do
    echo $$ >"$1"
    shift
done
shift
exec "$@" 8<"$args" 9>"$status"
