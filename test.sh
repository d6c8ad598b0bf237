#!/bin/bash
# Everything that must hold before a change lands, from a fresh Debian machine with the .NET 10 SDK on.
# Arguments go to .NET's test runner, e.g. ./test.sh --filter-class '*CommitQueue*'. The last line is "N passed, N failed", the tests of the
# scripts included.
set -uo pipefail
cd "$(dirname "$0")"

passed=0
failed=0
results=$(mktemp -d)
finish() {
  code=$?
  rm -rf "$results"
  echo "$passed passed, $failed failed"
  exit "$code"
}
trap finish EXIT

step() { printf '\n== %s\n' "$*"; }
give_up() {
  [ "$failed" -gt 0 ] || failed=1
  printf '\n%s\n' "$*"
  exit 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

have_postgres() { command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }

install() { # packages...
  [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null ||
    give_up "The tests need $*. Install it, or run this as root or with sudo that asks for no password."
  command -v apt-get >/dev/null || give_up "The tests need $*, and there is no apt-get to install it with."
  as_root apt-get update -q && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" ||
    give_up "apt-get could not install $*, which the tests need."
}

step "Tools"
command -v dotnet >/dev/null || give_up "The .NET SDK 10 is needed: https://dotnet.microsoft.com/download"
command -v chromium >/dev/null || install chromium
command -v npm >/dev/null || install nodejs npm
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ] || give_up "Node 18 or newer is needed; this is $(node --version)."
if ! have_postgres; then
  # Debian's package would start a server of its own; the tests only need the programs and start one that goes with them.
  install postgresql-common
  as_root mkdir -p /etc/postgresql-common/createcluster.d
  echo "create_main_cluster = false" | as_root tee /etc/postgresql-common/createcluster.d/hitlreview-tests.conf >/dev/null
  install postgresql
  as_root rm /etc/postgresql-common/createcluster.d/hitlreview-tests.conf
fi
have_postgres || give_up "PostgreSQL was installed, but its initdb is not in /usr/lib/postgresql/*/bin."
chromium --version
echo "PostgreSQL $(ls /usr/lib/postgresql 2>/dev/null | sort -V | tail -n 1)"
echo "Node $(node --version)"
echo ".NET SDK $(dotnet --version)"

editor() { (cd HitlReview.Web/editor && "$@"); }

step "JavaScript: packages as locked"
editor npm ci --ignore-scripts --no-audit --no-fund || give_up "npm could not install what the scripts are checked and built with."

step "JavaScript: lint"
editor npm run --silent lint || give_up "The linter found faults in the scripts or styles."

step "JavaScript: the built editor is that of its sources"
editor npm run --silent check || give_up "wwwroot/editor differs from what its sources make: run 'npm run build' in HitlReview.Web/editor."

step "JavaScript: test"
editor npm test --silent -- --test-reporter=spec --test-reporter-destination=stdout \
  --test-reporter=tap --test-reporter-destination="$results/editor.tap"
code=$?
editor_count() { sed -nE "s/^# $1 ([0-9]+)$/\1/p" "$results/editor.tap" 2>/dev/null | tail -n 1; }
passed=$(editor_count pass)
failed=$(editor_count fail)
passed=${passed:-0}
failed=${failed:-0}
[ "$passed" -gt 0 ] || give_up "No test of the scripts ran."
# One that hangs is counted as cancelled, not as failed.
[ "$code" = 0 ] || give_up "Some tests of the scripts failed."

step "Restore, as locked"
dotnet restore --locked-mode || give_up "Restore failed."

step "Build, warnings are errors"
dotnet build --no-restore -warnaserror || give_up "The build failed."

step "Format"
# White space; what else 'dotnet format' looks at the build has, and UsingOrderTests.
dotnet format whitespace --no-restore --verify-no-changes || give_up "The format differs: run 'dotnet format'."

step "Test"
# Writable code pages, and no profile for programs that live for seconds: a quarter less time for each of those that the tests start.
export DOTNET_EnableWriteXorExecute=0
export DOTNET_TieredPGO=0
dotnet test --no-build --project HitlReview.Tests --timeout 60m --no-progress \
  --results-directory "$results" --report-xunit-xml --report-xunit-xml-filename result.xml "$@"
code=$?
count() { sed -nE "s/^.*<assembly [^>]*\b$1=\"([0-9]+)\".*/\1/p" "$results/result.xml" 2>/dev/null | head -n 1; }
ran=$(count passed)
failed=$(($(count failed) + $(count errors)))
[ "${ran:-0}" -gt 0 ] || [ "$failed" -gt 0 ] || give_up "No test ran."
passed=$((passed + ${ran:-0}))
[ "$code" = 0 ] || give_up "Some tests failed."
