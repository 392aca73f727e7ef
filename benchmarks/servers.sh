# The servers that are measured: how they are built, started on core 0, and stopped. To be sourced.

build() {
  make -s -C load
  make -s -C peers/floor
  npm ci --prefix peers/node --silent
  dotnet build Server -c Release -v quiet -nologo
  dotnet build peers/signalr -c Release -v quiet -nologo
}

free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

pid=

stop_server() {
  if [ -n "$pid" ]; then
    kill "$pid" 2> /dev/null || true
    wait "$pid" 2> /dev/null || true
    pid=
  fi
}

# The name of a server, and its setting: NAME=value for its environment, or "-".
start_server() {
  local cores=0 command
  case $1 in
    salon) command=Server/bin/Release/net10.0/Salon.Benchmarks.Server ;;
    salon-2cores) command=Server/bin/Release/net10.0/Salon.Benchmarks.Server cores=0,1 ;;
    salon-kestrel) command='env TRANSPORT=kestrel Server/bin/Release/net10.0/Salon.Benchmarks.Server' ;;
    node-ws) command='node peers/node/server.mjs' ;;
    node-uws) command='env ENGINE=uws node peers/node/server.mjs' ;;
    signalr) command=peers/signalr/bin/Release/net10.0/Salon.Benchmarks.SignalR ;;
    floor) command=peers/floor/floor ;;
  esac

  port=$(free_port)
  [ "$1" = floor ] && command+=" $port"
  local setting=(PORT="$port")
  [ "$2" = - ] || setting+=("$2")
  # env and taskset become the server, so that $! is its id.
  env "${setting[@]}" taskset -c "$cores" $command &
  pid=$!

  for _ in $(seq 100); do
    (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null && return
    sleep 0.1
  done

  echo "$1 does not listen." >&2
  exit 1
}
