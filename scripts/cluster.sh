#!/usr/bin/env bash
# A cluster of Salon on this machine, without Docker: Redis, PostgreSQL, nodes, and nginx before them.
#
#   scripts/cluster.sh start [nodes]     starts what is not running, 3 nodes unless told otherwise, and waits until all of it is ready
#   scripts/cluster.sh status            says what runs and whether it is ready
#   scripts/cluster.sh stop              stops everything; what was stored is kept
#
# Everything listens on 127.0.0.1. The environment may say otherwise:
#   SALON_CLUSTER_PORT    nginx                                        8080
#   SALON_NODE_PORT       the first node; the others follow it         3000
#   SALON_REDIS_PORT                                                   16379
#   SALON_POSTGRES_PORT                                                15432
#   SALON_CLUSTER_DIR     logs, data and passwords                     /var/lib/salon-cluster for root, otherwise ~/.local/state/salon-cluster
#   SALON_APP             a Salon.dll; built from this repository if none is given
set -euo pipefail
umask 077

root=$(cd "$(dirname "$0")/.." && pwd)
web_port=${SALON_CLUSTER_PORT:-8080}
first_port=${SALON_NODE_PORT:-3000}
redis_port=${SALON_REDIS_PORT:-16379}
postgres_port=${SALON_POSTGRES_PORT:-15432}
is_root=$([ "$(id -u)" -eq 0 ] && echo yes || echo no)
default_directory=${XDG_STATE_HOME:-${HOME:-}/.local/state}/salon-cluster
[ "$is_root" = no ] || default_directory=/var/lib/salon-cluster
state=${SALON_CLUSTER_DIR:-$default_directory}
postgres_data=$state/postgres/data
PATH=$PATH:/usr/sbin:/sbin

fail() {
  echo "$*" >&2
  exit 1
}

# What this needs.

find_postgres() {
  ls -d /usr/lib/postgresql/*/bin 2> /dev/null | sort -t / -k 5 -n | tail -n 1
}

require_programs() {
  local packages=()
  command -v redis-server > /dev/null || packages+=(redis-server)
  [ -x "$(find_postgres)/initdb" ] || packages+=(postgresql)
  command -v nginx > /dev/null || packages+=(nginx)
  [ ${#packages[@]} -eq 0 ] || fail "Missing: ${packages[*]}. Install: apt-get install ${packages[*]}"
  command -v dotnet > /dev/null || fail "Missing: the .NET 10 SDK. Install it: https://dotnet.microsoft.com/download"
  postgres_bin=$(find_postgres)
}

make_state() {
  mkdir -p "$state"
  [ -O "$state" ] || fail "$state belongs to somebody else. Choose another directory with SALON_CLUSTER_DIR."

  # The servers that give up the rights of root pass through; what is inside has its own.
  chmod 711 "$state"

  if [ ! -s "$state/passwords" ]; then
    { echo "postgres_password=$(new_password)"; echo "redis_password=$(new_password)"; } > "$state/passwords"
  fi

  . "$state/passwords"
}

new_password() {
  head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n'
}

# PostgreSQL refuses to run as root; its package has brought a user along.
as_postgres() {
  if [ "$is_root" = yes ]; then
    (cd / && runuser -u postgres -- "$@")
  else
    "$@"
  fi
}

# Processes.

# The process of a name, if it runs and is still the one that was started: a number may be given away again.
pid_of() {
  local pid file=cmdline mark=$state/nginx.conf
  pid=$(head -n 1 "$(pid_file "$1")" 2> /dev/null) && [ -n "$pid" ] || return 1

  case $1 in
    redis) mark=redis-server ;;
    postgres) mark=$postgres_data ;;
    node-*) file=environ mark=DATA_DIR=$state/$1 ;;
  esac

  tr '\0' '\n' 2> /dev/null < "/proc/$pid/$file" | grep -qF -- "$mark" && echo "$pid"
} 2> /dev/null

pid_file() {
  case $1 in
    postgres) echo "$postgres_data/postmaster.pid" ;;
    *) echo "$state/$1.pid" ;;
  esac
}

is_listening() {
  (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null
}

is_ready() {
  local status
  status=$(timeout 5 bash -c 'exec 3<> "/dev/tcp/127.0.0.1/$0" && printf "GET /healthz/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" >&3 && read -r -u 3 _ status _ && echo "$status"' "$1" 2> /dev/null) &&
    [ "$status" = 200 ]
}

is_redis_ready() {
  [ "$(REDISCLI_AUTH=$redis_password redis-cli -p "$redis_port" ping 2> /dev/null)" = PONG ]
}

is_postgres_ready() {
  as_postgres "$postgres_bin/pg_isready" --quiet --host 127.0.0.1 --port "$postgres_port"
}

# Waits for what was started under a name; says why it is not there.
wait_until() {
  local name=$1 port=$2 log=$3
  shift 3

  for ((i = 0; i < 600; i++)); do
    "$@" && { describe "$name" "$port"; return; }
    [ "$i" -lt 20 ] || pid_of "$name" > /dev/null || break
    sleep 0.1
  done

  tail -n 20 "$log" >&2 || true
  fail "$name is not ready. Its log is $log; scripts/cluster.sh stop ends the rest."
}

describe() {
  printf '%-10s 127.0.0.1:%-6s process %s\n' "$1" "$2" "$(pid_of "$1")"
}

# True when it runs already; ends the script when somebody else has its port.
is_running() {
  pid_of "$1" > /dev/null && return 0
  is_listening "$2" && fail "Port $2, which is for $1, is in use by another program. Choose another with $3."
  return 1
}

# Starting.

start_redis() {
  if ! is_running redis "$redis_port" SALON_REDIS_PORT; then
    cat > "$state/redis.conf" << END
bind 127.0.0.1
port $redis_port
requirepass $redis_password
daemonize yes
pidfile "$state/redis.pid"
logfile "$state/redis.log"
dir "$state"
save ""
END
    redis-server "$state/redis.conf" > /dev/null
  fi

  wait_until redis "$redis_port" "$state/redis.log" is_redis_ready
}

start_postgres() {
  local run=$state/postgres log=$state/postgres/log

  if [ ! -d "$run" ]; then
    mkdir "$run"
    [ "$is_root" = no ] || chown postgres "$run"
  fi

  # Over its socket, to which only its user gets, everybody is let in; over TCP, as the nodes come, a password is needed.
  [ -s "$postgres_data/PG_VERSION" ] || as_postgres "$postgres_bin/initdb" --pgdata "$postgres_data" --username salon --encoding UTF8 --locale C \
    --auth-local trust --auth-host scram-sha-256 > "$state/initdb.log" || { tail "$state/initdb.log"; fail "PostgreSQL's data could not be made."; }

  if ! is_running postgres "$postgres_port" SALON_POSTGRES_PORT; then
    as_postgres "$postgres_bin/pg_ctl" start --wait --silent --pgdata "$postgres_data" --log "$log" \
      --options "-p $postgres_port -k '$run' -c listen_addresses=127.0.0.1" || { tail "$log"; fail "PostgreSQL could not be started."; }
  fi

  wait_until postgres "$postgres_port" "$log" is_postgres_ready
  as_postgres "$postgres_bin/psql" --host "$run" --port "$postgres_port" --username salon --dbname postgres --quiet --set ON_ERROR_STOP=1 << END
ALTER ROLE salon PASSWORD '$postgres_password';
SELECT 'CREATE DATABASE salon' WHERE NOT EXISTS (SELECT 1 FROM pg_database WHERE datname = 'salon') \gexec
END
}

build_app() {
  if [ -n "${SALON_APP:-}" ]; then
    [ -f "$SALON_APP" ] || fail "SALON_APP must be a Salon.dll, but there is no $SALON_APP."
    app=$SALON_APP
    return
  fi

  app=$root/apps/Salon/bin/Release/net10.0/Salon.dll
  echo "Building ..."
  (umask 022 && dotnet build "$root/apps/Salon" -c Release -v quiet -nologo > "$state/build.log") || { tail -n 20 "$state/build.log"; fail "The build failed."; }
}

# Without the settings of whoever calls: two ways to say where something is are one too many.
start_node() {
  local name=node-$1 port=$((first_port + $1 - 1))
  mkdir -p "$state/$name"

  if ! is_running "$name" "$port" SALON_NODE_PORT; then
    env -u REDIS_HOST -u REDIS_PORT -u REDIS_PASSWORD -u ASPNETCORE_URLS \
      HOST=127.0.0.1 PORT="$port" NODE_ID="$name" DATA_DIR="$state/$name" ASPNETCORE_FORWARDEDHEADERS_ENABLED=true \
      DATABASE_URL="postgres://salon:$postgres_password@127.0.0.1:$postgres_port/salon" \
      REDIS_URL="redis://:$redis_password@127.0.0.1:$redis_port" \
      setsid dotnet "$app" > "$state/$name.log" 2>&1 < /dev/null &
    echo $! > "$state/$name.pid"
  fi
}

# The nginx.conf of deploy/, with the nodes that there are, and with nothing outside of our directory.
write_nginx_conf() {
  local servers=
  for ((i = 1; i <= nodes; i++)); do
    servers+="        server 127.0.0.1:$((first_port + i - 1)) max_fails=1 fail_timeout=5s;"$'\n'
  done

  {
    echo "daemon on;"
    echo "pid \"$state/nginx.pid\";"
    echo "error_log \"$state/nginx.log\" notice;"
    awk -v servers="$servers" -v state="$state" -v port="$web_port" '
      /^ *server salon-1:/ { printf "%s", servers; next }
      /^ *server salon-/ { next }
      /^ *access_log / { print "    access_log \"" state "/nginx-access.log\" paths;"; next }
      /^ *listen / { print "        listen 127.0.0.1:" port ";"; next }
      /^worker_rlimit_nofile / { next }
      { print }
      /^http / {
        split("client_body proxy fastcgi uwsgi scgi", kinds)
        for (i in kinds) print "    " kinds[i] "_temp_path \"" state "/nginx-" kinds[i] "\";"
      }' "$root/deploy/nginx.conf"
  } > "$state/nginx.conf"
}

start_nginx() {
  write_nginx_conf

  if is_running nginx "$web_port" SALON_CLUSTER_PORT; then
    nginx -q -p "$state" -c "$state/nginx.conf" -s reload 2>> "$state/nginx.log"
  else
    nginx -q -p "$state" -c "$state/nginx.conf" 2>> "$state/nginx.log" || { tail "$state/nginx.log"; fail "nginx could not be started."; }
  fi

  wait_until nginx "$web_port" "$state/nginx.log" is_ready "$web_port"
}

start() {
  nodes=${1:-3}
  [[ $nodes =~ ^[1-9][0-9]?$ ]] || fail "The number of nodes must be from 1 to 99, but is \"$nodes\"."
  require_programs
  make_state
  build_app
  start_redis
  start_postgres

  for ((n = 1; n <= nodes; n++)); do
    start_node "$n"
  done

  for ((n = 1; n <= nodes; n++)); do
    wait_until "node-$n" $((first_port + n - 1)) "$state/node-$n.log" is_ready $((first_port + n - 1))
  done

  start_nginx
  echo "Salon is ready: http://localhost:$web_port/chat"
}

# The names of what was started, nginx first and the database last.
names() {
  echo nginx
  (cd "$state" && ls node-*.pid 2> /dev/null | sed 's/\.pid$//' | sort -V) || true
  echo redis
  echo postgres
}

status() {
  local is_all=yes name pid port
  [ -s "$state/passwords" ] || fail "No cluster was started here ($state)."
  . "$state/passwords"
  postgres_bin=$(find_postgres)

  for name in $(names); do
    case $name in
      nginx) port=$web_port; check=(is_ready "$port") ;;
      node-*) port=$((first_port + ${name#node-} - 1)); check=(is_ready "$port") ;;
      redis) port=$redis_port; check=(is_redis_ready) ;;
      postgres) port=$postgres_port; check=(is_postgres_ready) ;;
    esac

    if ! pid=$(pid_of "$name"); then
      printf '%-10s 127.0.0.1:%-6s stopped\n' "$name" "$port"
      is_all=no
    elif "${check[@]}"; then
      printf '%-10s 127.0.0.1:%-6s ready, process %s\n' "$name" "$port" "$pid"
    else
      printf '%-10s 127.0.0.1:%-6s not ready, process %s\n' "$name" "$port" "$pid"
      is_all=no
    fi
  done

  [ "$is_all" = yes ]
}

stop_process() {
  local name=$1 signal=$2 pid
  pid=$(pid_of "$name") || return 0
  kill "-$signal" "$pid"

  for ((i = 0; i < 200; i++)); do
    pid_of "$name" > /dev/null || { echo "$name stopped"; return 0; }
    sleep 0.1
  done

  kill -KILL "$pid"
  echo "$name killed, since it did not stop by itself"
}

stop() {
  [ -d "$state" ] || return 0
  local name

  for name in $(names); do
    case $name in
      nginx) stop_process nginx TERM ;;
      node-*) stop_process "$name" TERM; rm -f "$state/$name.pid" ;;
      redis) stop_process redis TERM ;;
      postgres) stop_process postgres INT ;;
    esac
  done
}

case ${1:-} in
  start) start "${2:-}" ;;
  status) status ;;
  stop) stop ;;
  *) fail "Usage: scripts/cluster.sh start [nodes] | status | stop" ;;
esac
