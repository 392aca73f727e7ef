#!/usr/bin/env bash
# ./eng/python-socketio.sh <folder>: puts newer versions of python-socketio than this Debian's own beside it, for the tests of the bus and of
# clients: those of Debian trixie (5.12, the last to pickle) and of Debian sid (5.14 or later, JSON), whose asyncio client needs a newer aiohttp as well. Of all
# of them the Python alone is used, not what is compiled for another Python; the system is not changed.
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
apt=$(mktemp -d)
trap 'rm -rf "$apt"' EXIT
mkdir -p "$apt"/{lists/partial,cache/archives/partial,sources}

mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | head -n 1 | tr -d ' ' || true)

if [ -z "$mirror" ]; then
  echo "apt knows no mirror of Debian: there are no newer versions of python-socketio for the tests."
  exit 0
fi

cat > "$apt/sources/newer.sources" <<EOF
Types: deb
URIs: $mirror
Suites: trixie sid
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
EOF

options=(
  -qq
  -o Dir::Etc::sourcelist=/dev/null
  -o Dir::Etc::sourceparts="$apt/sources"
  -o Dir::State::lists="$apt/lists"
  -o Dir::Cache="$apt/cache"
  -o APT::Sandbox::User=root
  -o Acquire::Languages=none
  -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
)
apt-get "${options[@]}" update

for suite in trixie sid; do
  mkdir "$apt/$suite"
  (
    cd "$apt/$suite"
    packages=(socketio engineio simple-websocket wsproto h11)
    [ "$suite" = sid ] && packages+=(aiohttp aiohappyeyeballs aiosignal frozenlist multidict propcache yarl typing-extensions)
    for package in "${packages[@]}"; do
      apt-get "${options[@]}" download "python3-$package/$suite"
    done
    for package in *.deb; do
      dpkg-deb -x "$package" .
    done
  )
  rm -rf "${folder:?}/$suite"
  mv "$apt/$suite/usr/lib/python3/dist-packages" "$folder/$suite"
  PYTHONPATH="$folder/$suite" /usr/bin/python3 -c 'import socketio; socketio.Server(async_mode="threading"); import aiohttp' || rm -rf "${folder:?}/$suite"
done
