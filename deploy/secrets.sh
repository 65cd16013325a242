#!/bin/sh
# Makes the secrets of deploy/compose.yaml where there are none: in deploy/secrets, or in the folder that is named.
# Back the master secret up at once, apart from the database: without it nothing that is sealed opens, ever again.
set -eu
folder=${1:-$(dirname "$0")/secrets}
umask 077
mkdir -p "$folder"
# Nobody else on this machine gets into the folder; in a container each file lies alone, and its user must read it.
[ -s "$folder/master-secret" ] || head -c 32 /dev/urandom >"$folder/master-secret"
[ -s "$folder/database-password" ] || head -c 32 /dev/urandom | base64 | tr -d '/+=\n' >"$folder/database-password"
chmod 0444 "$folder/master-secret" "$folder/database-password"
