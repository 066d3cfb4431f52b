#!/bin/sh
# Starts Redis in a container, from the files beside this one, or in the folder that it is told. Redis does not read the
# environment, so the passwords in users.acl are filled in here; one that is missing ends it. It listens on every address,
# which is the default.
set -eu
here=${1:-$(dirname "$0")}
run=${RUN_DIRECTORY:-/run/redis}
umask 077

# As a here-document: a password in the arguments of a command would be in every list of processes.
eval "cat <<END_OF_USERS
$(cat "$here/users.acl")
END_OF_USERS" >"$run/users.acl"

exec redis-server "$here/redis.conf" --port 6379 --dir "$run" --aclfile "$run/users.acl"
