# Runs inside, as the owner, and becomes the process: inner.sh ENVIRONMENT FOLDER COMMAND...
# Only here the caller's environment takes effect, so nothing in it (LD_PRELOAD, PATH) reaches what sets the sandbox up.
. "$1"
cd "$2" 2>/dev/null || cd "$HOME" 2>/dev/null || cd /
shift 2
exec "$@"
