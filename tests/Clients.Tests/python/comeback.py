"""python3 comeback.py <server> <polling|websocket|upgrade>: ends with 0 when python-socketio came back to a server that went away."""
import queue
import sys

import socketio

server, kind = sys.argv[1:]
transports = {"polling": ["polling"], "websocket": ["websocket"], "upgrade": ["polling", "websocket"]}[kind]

connections = queue.Queue()
client = socketio.Client(reconnection_delay=0.1, reconnection_delay_max=0.2)
client.on("connect", lambda: connections.put("connected"))
client.connect(server, transports=transports, wait_timeout=10)
connections.get(timeout=10)
client.emit("there")
connections.get(timeout=40)
assert client.call("echo", "hello", timeout=10) == "hello"
print("is back")
client.disconnect()
