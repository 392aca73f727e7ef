"""python3 emit.py <packages> <redis> <channel>: a process that has no clients of its own emits to those of others."""
import sys

packages, redis, channel = sys.argv[1:]
if packages:
    sys.path.insert(0, packages)

import socketio

bus = socketio.RedisManager(redis, channel=channel, write_only=True)
bus.emit("to all", {"a": [1, "€", None]})
bus.emit("to a room", ("several", 2), room="a")
bus.emit("to another", "x", room="b")
bus.emit("binary", b"\x01\x02", room="a")
bus.emit("a list", [1, 2], room="a")
bus.emit("nothing", None, room="a")
bus.emit("elsewhere", 1, namespace="/other")
bus.emit("end", None)
