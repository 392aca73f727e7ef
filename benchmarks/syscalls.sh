#!/usr/bin/env bash
# Where the microseconds go: for each server, the processor time of a delivery in the program and in the kernel, and how many system calls
# of which kind it makes for it. Needs what run.sh needs, perf, and the right to trace.
#   ./syscalls.sh rooms -n 1000 -r 100 -w 1          a scenario of the generator, by default this one
#   SERVERS="salon node-uws" ./syscalls.sh echo      only these
set -euo pipefail
cd "$(dirname "$0")"
. ./servers.sh

servers=${SERVERS:-salon node-uws node-ws floor}
seconds=${SECONDS_EACH:-4}
[ $# -gt 0 ] || set -- rooms -n 1000 -r 100 -w 1
trace=$(mktemp)
events=
for call in sendto sendmsg write writev recvfrom recvmsg read readv epoll_wait epoll_pwait epoll_ctl poll ppoll futex sched_yield; do
  events+=${events:+,}syscalls:sys_enter_$call
done
trap 'stop_server; rm -f "$trace"' EXIT

# User and system time of the server, in hundredths of a second.
times() {
  awk '{ print $14, $15 }' "/proc/$pid/stat"
}

# Runs the generator, and tells the deliveries a second and the microseconds of each.
load() {
  taskset -c 1 load/load sio "$@" -p "$port" -P "$pid" -u 1 -d "$seconds" |
    sed -E 's/.*"deliveries_per_s":([0-9]+).*"cpu_us_per_delivery":([0-9.]+).*/\1 \2/'
}

build
ulimit -n "$(ulimit -Hn)"
printf '| | program | kernel | system calls a delivery |\n|---|--:|--:|---|\n'

for server in $servers; do
  start_server "$server" -
  load "$@" > /dev/null
  load "$@" > /dev/null

  read -r user kernel <<< "$(times)"
  read -r rate cost <<< "$(load "$@")"
  read -r user_after kernel_after <<< "$(times)"

  # Counted when all are connected.
  (sleep 1.5 && exec perf stat -x, -e "$events" -p "$pid" -o "$trace" -- sleep "$((seconds - 1))") 2> /dev/null &
  counter=$!
  read -r rate _ <<< "$(load "$@")"
  wait "$counter"

  awk -F, -v server="$server" -v user=$((user_after - user)) -v kernel=$((kernel_after - kernel)) -v cost="$cost" -v counted="$((rate * (seconds - 1)))" '
    $3 ~ /sys_enter_/ { name = $3; sub(/.*sys_enter_/, "", name); calls[name] = $1 }
    END {
      for (name in calls) if (calls[name] / counted >= 0.005) { line = line sprintf("%s %.2f, ", name, calls[name] / counted) }
      share = user / (user + kernel)
      printf "| %s | %.1f µs | %.1f µs | %s |\n", server, cost * share, cost * (1 - share), substr(line, 1, length(line) - 2)
    }' "$trace"
  stop_server
done
