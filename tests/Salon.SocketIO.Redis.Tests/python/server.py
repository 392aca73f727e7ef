"""python3 server.py <packages> <redis> <channel>: a server of python-socketio on the bus, told what to do by its own clients."""
import base64
import socketserver
import sys
import wsgiref.simple_server

packages, redis, channel = sys.argv[1:]
if packages:
    sys.path.insert(0, packages)

import socketio

io = socketio.Server(async_mode="threading", client_manager=socketio.RedisManager(redis, channel=channel))


class Listener(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    daemon_threads = True


class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *_):
        pass


def revive(value):
    """Binary data is told in base64: the clients of the tests need not send any."""
    if isinstance(value, dict):
        return base64.b64decode(value["$bytes"]) if "$bytes" in value else {key: revive(item) for key, item in value.items()}
    return [revive(item) for item in value] if isinstance(value, list) else value


def to_data(arguments):
    arguments = revive(arguments)
    return None if not arguments else arguments[0] if len(arguments) == 1 else tuple(arguments)


def serve(namespace):
    def on(name, handler):
        io.on(name, handler, namespace=namespace)

    def ask(sid, name, arguments, room):
        io.emit(name, to_data(arguments), room=room, namespace=namespace,
                callback=lambda *answer: io.emit("answered", list(answer), room=sid, namespace=namespace))

    on("connect", lambda sid, *_: None)
    on("join", lambda sid, room: io.enter_room(sid, room, namespace=namespace) or True)
    on("rooms", lambda sid: sorted(io.rooms(sid, namespace=namespace)))
    on("emit", lambda sid, name, arguments, to: io.emit(name, to_data(arguments), namespace=namespace, **to))
    on("ask", ask)
    on("enter", lambda sid, other, room: io.enter_room(other, room, namespace=namespace))
    on("leave", lambda sid, other, room: io.leave_room(other, room, namespace=namespace))
    on("close", lambda sid, room: io.close_room(room, namespace=namespace))
    on("send away", lambda sid, other: io.disconnect(other, namespace=namespace))


serve("/")
serve("/other")
server = wsgiref.simple_server.make_server("127.0.0.1", 0, socketio.WSGIApp(io), Listener, Quiet)
print(f"python-socketio listens: http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
