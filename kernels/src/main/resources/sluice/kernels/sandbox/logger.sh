# Keeps the last of what comes in, between HALF and 2*HALF bytes, until nobody can send any more: logger.sh LOG HALF DONE
# In a session of its own and without the sandbox's mark, so that it ends after those it listens to.
umask 077
trap '' INT TERM HUP
while head -c "$2" >"$1" && [ "$(wc -c <"$1")" -ge "$2" ]; do mv -f "$1" "$1.1"; done
cat >/dev/null # the disk is full: who prints must not notice
: >"$3"
