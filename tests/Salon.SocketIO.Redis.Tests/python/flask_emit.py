"""python3 flask_emit.py <redis>: a process emits through Flask-SocketIO, with its own defaults."""
import sys

from flask_socketio import SocketIO

SocketIO(message_queue=sys.argv[1]).emit("from Flask", {"x": 1}, to="a")
