#!/usr/bin/env bash
# Installs what is missing, builds with warnings as errors, checks the formatting and runs every test.
# Usage: bash tests/run.sh [long|bench [FILTER…]]
#   long   more kills, more seeds; the same closing line
#   bench  the benchmarks, each beside its floor measured in the same run
# The last line is "N passed, N failed" over all test projects; the exit code is 0 only when something ran and nothing failed.
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
mode="${1:-}"
case "$mode" in ''|long|bench) ;; *) echo "run.sh: unknown argument '$mode'; use: bash tests/run.sh [long|bench]" >&2; exit 2 ;; esac

step() { echo; echo "== $* ($(date +%H:%M:%S))"; }
stop() { echo "run.sh: $*" >&2; echo; echo "0 passed, 1 failed"; exit 1; }

step "native libraries and tools"
bash chain/install.sh tests || stop "installing what the tests need failed (see above)."

step "restore and build (Release, warnings are errors)"
dotnet restore DePinChain.sln --locked-mode -v quiet || stop "restore failed; if a csproj changed, run 'dotnet restore --force-evaluate' and commit the lock files."
dotnet build DePinChain.sln -c Release --no-restore -v quiet -clp:ErrorsOnly || stop "the build failed (see above)."

if [ "$mode" = bench ]; then
  shift
  bash tests/peers/install.sh || stop "installing the JavaScript peers failed (see above)."
  exec dotnet run --project tests/DePinChain.Benchmarks -c Release --no-build -- "$@"
fi

step "formatting"
dotnet format whitespace DePinChain.sln --verify-no-changes --no-restore -v quiet || stop "formatting differs; run 'dotnet format whitespace DePinChain.sln' and commit."

step "JavaScript peers (npm, from the lock file)"
bash tests/peers/install.sh || stop "installing the JavaScript peers failed (see above)."

[ "$mode" = long ] && export DEPIN_TEST_LONG=1
export DEPIN_REQUIRE_OPENCL=1 # PoCL was installed above: without it the kernels' tests fail instead of being skipped.
results="$(mktemp -d)"
lane=''
trap '[ -n "$lane" ] && kill -- "-$lane" 2>/dev/null; rm -rf "$results"' EXIT
projects=(tests/*.Tests/*.csproj)
run() {
  local project name
  for project in "$@"; do
    name="$(basename "$project" .csproj)"
    step "$name"
    dotnet test "$project" -c Release --no-build --nologo \
      --logger "console;verbosity=minimal" --logger "trx;LogFileName=$name.trx" --results-directory "$results" || echo "$name" >> "$results/failed"
  done
}

# Networks, containers and browsers mostly wait: what only computes takes the time that they leave, at the lowest priority.
waiting=() computing=()
for project in "${projects[@]}"; do
  case "$project" in *EndToEnd*|*Explorer*) waiting+=("$project") ;; *) computing+=("$project") ;; esac
done
set -m # the lane is a group of its own, so that an interrupted run ends it whole
(renice -n 19 "$BASHPID" > /dev/null; run "${computing[@]}") > "$results/computing.log" 2>&1 &
lane=$!
set +m
run "${waiting[@]}"
wait "$lane"; lane=''
cat "$results/computing.log"
failed_hosts=$(cat "$results/failed" 2>/dev/null | wc -l)

# Honest totals from the result files: skipped = total - executed, failed = executed - passed. A project whose host crashed
# writes no file (or an aborted one) and counts as a failure.
step "total"
sum() { local s=0 n; for n in $(grep -hoE "<Counters [^>]*" "$results"/*.trx 2>/dev/null | grep -oE " $1=\"[0-9]+\"" | grep -oE '[0-9]+'); do s=$((s + n)); done; echo "$s"; }
total=$(sum total); executed=$(sum executed); passed=$(sum passed)
failed=$((executed - passed)); skipped=$((total - executed))
files=$(ls "$results"/*.trx 2>/dev/null | wc -l)
if [ "$files" -ne "${#projects[@]}" ]; then
  echo "run.sh: ${#projects[@]} test projects, but $files wrote results: a test host crashed." >&2
  failed=$((failed + ${#projects[@]} - files))
fi
[ "$failed_hosts" -gt 0 ] && [ "$failed" -eq 0 ] && failed=$failed_hosts
[ "$passed" -eq 0 ] && [ "$failed" -eq 0 ] && failed=1
echo
if [ "$skipped" -gt 0 ]; then echo "$passed passed, $failed failed, $skipped skipped"; else echo "$passed passed, $failed failed"; fi
[ "$failed" -eq 0 ]
