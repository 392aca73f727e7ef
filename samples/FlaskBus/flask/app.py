"""The Flask-SocketIO half of the sample. FLASK_PORT=5000, SALON_URL=http://localhost:3000 and REDIS_URL=redis://localhost:6379 by default."""

import os
from pathlib import Path

from flask import Flask
from flask_socketio import SocketIO

SALON = os.environ.get("SALON_URL", "http://localhost:3000")
PAGE = (Path(__file__).parent.parent / "wwwroot" / "index.html").read_text(encoding="utf-8")

app = Flask(__name__)
socketio = SocketIO(app, message_queue=os.environ.get("REDIS_URL", "redis://localhost:6379"), async_mode="threading")


@app.get("/")
def page():
    # The same page. Flask-SocketIO brings no client, so Salon serves it to both.
    return PAGE.replace("/socket.io/socket.io.js", SALON + "/socket.io/socket.io.js").replace("Salon</b>", "Flask</b>")


@socketio.on("say")
def say(text):
    socketio.emit("said", {"by": "Flask", "text": text})


if __name__ == "__main__":
    socketio.run(app, port=int(os.environ.get("FLASK_PORT", "5000")), allow_unsafe_werkzeug=True)
