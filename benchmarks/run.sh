#!/usr/bin/env bash
# Measures Socket.IO servers side by side and writes docs/performance.md's tables and chart. Needs the .NET SDK, Node.js 20, a C compiler,
# make, taskset and two idle cores: the server has core 0, the generator core 1.
#   ROUNDS=3 SECONDS_EACH=5 WARMUP=2                  how long
#   SERVERS="salon node-ws" SCENARIOS="echo idle"     only these (by default all); then the report is a draft, in results/
set -euo pipefail
cd "$(dirname "$0")"
. ./servers.sh

rounds=${ROUNDS:-3}
seconds=${SECONDS_EACH:-5}
warmup=${WARMUP:-2}
servers=${SERVERS:-salon salon-kestrel node-ws node-uws signalr floor salon-2cores}
run=$(date -u +%Y-%m-%dT%H:%M:%SZ)
results=results/${run%T*}.jsonl
draft=
[ -z "${SERVERS:-}${SCENARIOS:-}" ] || draft=--draft

# name | servers | setting of the server | scenario and options of the generator. A server keeps its process while its setting
# stays the same. Polling has one of its own: its clients are missed only after a heartbeat, and would be waited for (acks).
everybody='salon salon-kestrel node-ws node-uws signalr floor'
socketio='salon node-ws node-uws'
cases="
echo          | $everybody salon-2cores | -         | echo -n 100 -w 1
echo-window   | $everybody              | -         | echo -n 10 -w 10
fanout        | $everybody salon-2cores | -         | fanout -n 1000 -w 2
rooms         | $everybody salon-2cores | -         | rooms -n 1000 -r 100 -w 1
echo-1k       | $socketio               | -         | echo -n 100 -s 1024
echo-16k      | $socketio               | -         | echo -n 100 -s 16384
binary        | $socketio               | -         | echo -n 100 -s 1024 -b
acks          | $socketio               | -         | acks -n 1000
manyrooms     | $socketio               | -         | manyrooms -n 1000 -r 100
connect       | $everybody              | -         | storm
upgrade       | $socketio               | -         | storm -t upgrade -w 256
msgpack       | salon node-ws           | MSGPACK=1 | echo -n 100 --msgpack
polling       | $socketio               | POLLING=1 | echo -n 100 -t polling
idle          | $everybody              | IDLE=1    | idle -n 10000
idle-50000    | $socketio               | IDLE=2    | idle -n 50000
"

has() {
  [[ " $1 " == *" $2 "* ]]
}

record() {
  echo "$1" >> "$results"
}

# One case against the server that runs: server, case, round, seconds of warm-up, arguments of the generator.
measure() {
  local server=$1 name=$2 round=$3 warmup=$4 line mode=sio
  shift 4
  [ "$server" = signalr ] && mode=signalr

  if line=$(taskset -c 1 load/load $mode "$@" -p "$port" -P "$pid" -u "$warmup" -d "$seconds" 2> results/error); then
    record "{\"run\":\"$run\",\"round\":$round,\"server\":\"$server\",\"case\":\"$name\",${line#\{}"
  else
    record "{\"run\":\"$run\",\"round\":$round,\"server\":\"$server\",\"case\":\"$name\",\"error\":\"$(head -n 1 results/error | tr -d '"\\')\"}"
  fi

  tail -n 1 "$results" | grep -oE '"(server|case|error|deliveries_per_s|p50_us|p99_us|cpu_us_per_delivery|rss_kib_per_connection)":[^,}]*' |
    cut -d: -f2- | tr -d '"' | paste -sd ' '
  sleep 0.5  # the server takes leave of the clients
}

run_server() {
  local server=$1 round=$2 running='' name who setting arguments warm
  while IFS='|' read -r name who setting arguments; do
    name=${name// /} setting=${setting// /}
    [ -n "$name" ] && has "${who# }" "$server" && has "${SCENARIOS:-$name}" "$name" || continue
    # Server and generator each need a file for a connection.
    [ "$name" = idle-50000 ] && [ "$(ulimit -Hn)" != unlimited ] && [ "$(ulimit -Hn)" -lt 50100 ] && continue

    warm=$warmup
    if [ "$running" != "$setting" ]; then
      stop_server
      start_server "$server" "$setting"
      running=$setting
      warm=$((3 * warmup))  # compilers that work while the server runs have most to do now
    fi

    measure "$server" "$name" "$round" "$warm" $arguments
  done <<< "$cases"
  stop_server
}

check() {
  local what=$1 known=$2 name
  for name in $3; do
    has "$known" "$name" || { echo "There is no $what '$name'; there are: $known" >&2; exit 2; }
  done
}

check server "$everybody salon-2cores" "$servers"
check scenario "$(awk -F' *[|]' 'NF { printf "%s%s", separator, $1; separator = " " }' <<< "$cases")" "${SCENARIOS:-}"
build
mkdir -p results
ulimit -n "$(ulimit -Hn)"
trap stop_server EXIT
record "$(node report.mjs --machine "$run" "$(dotnet --version)" "$(ulimit -Hn)" "$rounds" "$seconds")"

for round in $(seq "$rounds"); do
  for server in $servers; do
    run_server "$server" "$round"
  done
done

node report.mjs "$results" $draft
