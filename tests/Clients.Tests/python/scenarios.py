"""python3 scenarios.py <server> <polling|websocket|upgrade|upgrade where it can>: ends with 0 when python-socketio got what it should."""
import os
import queue
import sys

import socketio

server, kind = sys.argv[1:]
transports = {"polling": ["polling"], "websocket": ["websocket"], "upgrade": ["polling", "websocket"]}[kind.split()[0]]


def fail_at_once(*error):
    """The clients' threads would keep the process alive after a failed assertion."""
    sys.__excepthook__(*error)
    os._exit(1)


sys.excepthook = fail_at_once


def connect(**options):
    client = socketio.Client(reconnection=False)
    client.connect(server, transports=transports, wait_timeout=10, **options)
    return client


def expect(actual, expected):
    assert actual == expected, f"{actual!r} is not {expected!r}"


client = connect(namespaces=["/"])
backs = queue.Queue()
client.on("back", backs.put)
client.on("question", lambda a, b: a + b)

for value in ["", "é€😀", 1.5, None, True, [], {"a": {"b": [1, "2"]}}]:
    expect(client.call("echo", value, timeout=10), [value] if value is not None else [])

data = bytes(range(256)) * 400
expect(client.call("echo", (data, {"deep": [data]}), timeout=10), [data, {"deep": [data]}])

for number in range(200):
    client.emit("send back", number)
# The blocking client gives each event a thread of its own; that they arrive in order is checked by matrix.py.
expect(sorted(backs.get(timeout=10) for _ in range(200)), list(range(200)))

expect(client.call("ask me", (40, 2), timeout=10), 42)
try:
    client.call("nobody handles this", timeout=0.2)
    raise AssertionError("An event that nobody handles was acknowledged.")
except socketio.exceptions.TimeoutError:
    pass

# Python writes a float that is whole as 7.0.
expect(client.call("needs a number", 7.0, timeout=10), None)
expect(client.call("needs a number", "no number", timeout=10)["error"]["code"], "invalid_argument")
if kind != "upgrade where it can":
    expect(client.transport(), "polling" if kind == "polling" else "websocket")

guarded = connect(namespaces=["/guarded"], auth={"token": "secret"})
expect(guarded.call("who am I", namespace="/guarded", timeout=10), "secret")
guarded.disconnect()

errors = queue.Queue()
refused = socketio.Client(reconnection=False)
refused.on("connect_error", errors.put, namespace="/guarded")
try:
    refused.connect(server, transports=transports, namespaces=["/guarded"], auth={"token": "wrong"}, wait_timeout=10)
    raise AssertionError("was not refused")
except socketio.exceptions.ConnectionError:
    expect(errors.get(timeout=10), {"message": "not authorized", "data": {"code": 401}})

gone = queue.Queue()
client.on("disconnect", lambda: gone.put(True))
client.emit("send me away")
expect(gone.get(timeout=10), True)
