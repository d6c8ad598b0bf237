#!/bin/bash
# Runs a throw-away PostgreSQL in a temporary folder until standard input ends; prints the folder of its socket once it serves.
set -euo pipefail
trap '' INT TERM # Only the end of the test run ends it, so that the folder is always removed.

find_program() {
  command -v "$1" 2>/dev/null || ls -d /usr/lib/postgresql/*/bin/"$1" 2>/dev/null | sort -V | tail -n 1
}

initdb=$(find_program initdb) || true
postgres=$(find_program postgres) || true
if [ -z "$initdb" ] || [ -z "$postgres" ]; then
  echo "PostgreSQL is not installed (no initdb, no postgres). ./test.sh installs it; by hand: apt-get install postgresql" >&2
  exit 1
fi

as_owner=()
folder=$(mktemp -d /tmp/hitlreview-postgres-XXXXXX) # Not \$TMPDIR: the path of a socket may have 107 characters at most.
trap 'rm -rf "$folder"' EXIT
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root.
  if ! id postgres >/dev/null 2>&1; then
    echo "PostgreSQL can't run as root, and there is no user 'postgres' to run it as." >&2
    exit 1
  fi
  chown postgres "$folder"
  as_owner=(runuser -u postgres --)
fi

cd "$folder"
export LC_ALL=C.UTF-8
"${as_owner[@]}" "$initdb" --pgdata="$folder/data" --username=postgres --auth=trust --encoding=UTF8 --no-sync >"$folder/initdb.log" 2>&1 ||
  { cat "$folder/initdb.log" >&2; exit 1; }

mkfifo "$folder/log"
chmod 666 "$folder/log"
# Durability against a power cut is not what these tests can show, so that the server needn't pay for it.
"${as_owner[@]}" "$postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c max_connections=300 \
  -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_wal_size=4GB -c autovacuum_naptime=10min </dev/null >"$folder/log" 2>&1 &
server=$!

exec 3<"$folder/log"
seen=""
while read -r line <&3; do
  seen+="$line"$'\n'
  if [[ $line == *"database system is ready to accept connections"* ]]; then
    ready=yes
    break
  fi
done
if [ -z "${ready:-}" ]; then
  echo "$seen" >&2
  exit 1
fi
cat <&3 >/dev/null &
echo "$folder"

while read -r _; do :; done
# Not to $server, which is runuser where that is used. Nothing of this is kept, so that it may end at once.
kill -QUIT "$(head -n 1 "$folder/data/postmaster.pid")"
wait "$server" || true
