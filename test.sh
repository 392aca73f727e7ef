#!/usr/bin/env bash
# Builds Salon and runs every test. Needs the .NET SDK, Node.js and npm; installs what else is missing on a Debian.
#   ./test.sh --fast   the unit stage alone: nothing is installed, no server, browser or database is started; under a minute after the build
# The last line is "N passed, N failed"; the exit code is 0 only when nothing failed.
set -uo pipefail
cd "$(dirname "$0")"

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
passed=0
failed=0

finish() {
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit $?
}

fail() {
  echo "FAILED: $1"
  failed=$((failed + 1))
}

install_packages() {
  # What the tests drive besides .NET and Node: a browser, the clients of Python and PHP, and what a cluster consists of. They start servers of their
  # own, on free ports: what Debian starts with these packages is neither used nor touched.
  local missing=()
  for package in chromium python3-socketio python3-requests python3-websocket python3-aiohttp python3-redis python3-flask-socketio python3-yaml php-cli postgresql redis-server nginx haproxy; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done

  [ ${#missing[@]} -eq 0 ] && return 0

  local root=()
  [ "$(id -u)" -eq 0 ] || root=(sudo)
  echo "Installing: ${missing[*]}"
  "${root[@]}" apt-get update -qq &&
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > "$results/apt.log" 2>&1 ||
    { tail -n 20 "$results/apt.log"; return 1; }
}

run_pages() {
  npm --prefix apps/Salon/client test -- --reporter=json --outputFile="$results/pages.json" > "$results/pages.log" 2>&1 || tail -n 40 "$results/pages.log"

  if [ ! -s "$results/pages.json" ]; then
    fail "the tests of the pages did not run"
    return
  fi

  passed=$((passed + $(node -p "require('$results/pages.json').numPassedTests")))
  failed=$((failed + $(node -p "require('$results/pages.json').numFailedTests")))
}

# The project, what tells this run of it from others, and more options of dotnet test.
run_project() {
  local project=$1 name
  name=$(basename "$1" .csproj)${2:+ ($2)}
  shift $(($# > 1 ? 2 : 1))
  echo "--- $name"
  dotnet test "$project" --no-build -c Release "$@" --logger "trx;LogFileName=$results/$name.trx" --logger "console;verbosity=minimal" 2>&1 |
    grep -v -e '^Test run for' -e '^A total of' -e '^VSTest version' -e '^$' -e '^Results File' -e '^Starting test'

  count_results "$name"
}

# Runs the tests of a project in a process of their own, as they are: without the platform around them, which takes longer than they do.
run_units() {
  local project=$1 name
  name=$(basename "$1" .csproj)
  shift
  cd "$(dirname "$project")/bin/Release/net10.0" && dotnet "$name.dll" "$@" -noLogo -noColor -trx "$results/$name.trx" > "$results/$name.log" 2>&1
}

count_results() {
  local name=$1 counters
  counters=$(grep -o '<Counters [^>]*>' "$results/$name.trx" 2>/dev/null)

  if [ -z "$counters" ]; then
    fail "$name did not run"
    return
  fi

  passed=$((passed + $(echo "$counters" | sed 's/.* passed="\([0-9]*\)".*/\1/')))
  failed=$((failed + $(echo "$counters" | sed 's/.* failed="\([0-9]*\)".*/\1/')))
}

if [ "${1:-}" = --fast ]; then
  echo "--- build"
  dotnet build Salon.slnx -c Release -v quiet -nologo || { fail "the build"; finish; }

  # As many at a time as there are processors. What is a unit test says so itself, in projects that have others as well.
  started=()

  for project in tests/{Architecture,Salon.*}.Tests/*.csproj; do
    options=()

    case $project in
      *Architecture* | *Protocol* | *MessagePack*) ;;
      *) grep -rq --include='*.cs' 'Trait("Stage", "fast")' "$(dirname "$project")" && options=(-trait Stage=fast) || continue ;;
    esac

    while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do
      wait -n
    done

    run_units "$project" "${options[@]}" &
    started+=("$(basename "$project" .csproj)")
  done

  wait

  for name in "${started[@]}"; do
    grep -v -e '^  Discover' -e '^  Start' -e '^  Finish' -e '^===' "$results/$name.log"
    count_results "$name"
  done

  finish
elif [ $# -gt 0 ]; then
  fail "there is no option $1"
  finish
fi

if command -v apt-get > /dev/null; then
  install_packages || { fail "packages could not be installed"; finish; }
fi

# Newer versions of python-socketio than this Debian has. Without that of trixie, the tests that need it fail in CI; without sid's they are skipped.
python=tests/Salon.SocketIO.Redis.Tests/obj/python
[ -d "$python/sid/aiohttp" ] || ./eng/python-socketio.sh "$python" > "$results/python.log" 2>&1 || tail -n 5 "$results/python.log"

echo "--- build"
dotnet build Salon.slnx -c Release -v quiet -nologo || { fail "the build"; finish; }

echo "--- pages"
run_pages

for project in tests/*/*.Tests.csproj; do
  run_project "$project"
done

# All of the above is on event loops; what depends on it must work on Kestrel's own transport too.
export SALON_TEST_KESTREL=stock
run_project tests/Salon.EngineIO.Tests/Salon.EngineIO.Tests.csproj "stock Kestrel"
run_project tests/Salon.SocketIO.Tests/Salon.SocketIO.Tests.csproj "stock Kestrel"

finish
