"""python3 matrix.py <folder of python-socketio or ''> <sync|async> <server>: each of the nineteen checks over each transport; prints a line of JSON for each."""
import asyncio
import concurrent.futures
import json
import logging
import os
import re
import sys
import traceback

packages, flavour, server = sys.argv[1:]
if packages:
    sys.path.insert(0, packages)

import socketio

TRANSPORTS = {"polling": ["polling"], "websocket": ["websocket"], "upgrade": ["polling", "websocket"]}
PATIENCE = 15
DATA = bytes(range(256)) * 391

kind = ""
opened = []
checks = {}


class Peer:
    """A client of either flavour. What it hears goes into queues, because the blocking one calls from threads of its own."""

    def __init__(self, **options):
        self.client = (socketio.AsyncClient if flavour == "async" else socketio.Client)(**{"reconnection": False, **options})
        self.loop = asyncio.get_running_loop()
        opened.append(self)

    async def do(self, method, *args, **options):
        function = getattr(self.client, method)
        if flavour == "async":
            return await function(*args, **options)
        return await asyncio.to_thread(function, *args, **options)

    async def connect(self, namespaces=("/",), **options):
        await self.do("connect", server, transports=TRANSPORTS[kind], namespaces=list(namespaces), wait_timeout=10, **options)
        equal(self.client.transport(), "polling" if kind == "polling" else "websocket")
        return self

    async def ask(self, name, *args, namespace="/"):
        return await self.do("call", name, args, namespace=namespace, timeout=10)

    async def emit(self, name, *args):
        await self.do("emit", name, args)

    def hear(self, name, namespace="/"):
        """A queue of the arguments of each event of this name."""
        queue = asyncio.Queue()

        def heard(*args):
            self.loop.call_soon_threadsafe(queue.put_nowait, list(args))

        self.client.on(name, heard, namespace=namespace)
        return queue


class Arrivals(logging.Handler):
    """The numbers of "back" in the order in which they arrived, as the client's log says it."""

    def __init__(self):
        super().__init__()
        self.numbers = []
        self.logger = logging.Logger("engineio", logging.INFO)
        self.logger.addHandler(self)

    def emit(self, record):
        found = re.search(r'Received packet MESSAGE data 2\["back",(\d+)\]', record.getMessage())
        if found:
            self.numbers.append(int(found[1]))


def check(name):
    def add(function):
        checks[name] = function
        return function

    return add


def equal(actual, expected):
    assert actual == expected, f"{actual!r:.300} is not {expected!r:.300}"


async def repeat(*values):
    peer = await Peer().connect()
    repeated = peer.hear("repeated")
    await peer.emit("repeat", *values)
    equal(await repeated.get(), list(values))


@check("connect")
async def _():
    peer = await Peer().connect()
    equal(peer.client.connected, True)
    equal(await peer.ask("my id"), peer.client.get_sid())


@check("auth payload")
async def _():
    peer = await Peer().connect(["/guarded"], auth={"token": "secret"})
    equal(await peer.ask("who am I", namespace="/guarded"), "secret")


@check("custom namespace")
async def _():
    peer = await Peer().connect(["/plain"])
    equal(await peer.ask("my id", namespace="/plain"), peer.client.get_sid("/plain"))


@check("connect error")
async def _():
    peer = Peer()
    connected, refused = peer.hear("connect"), peer.hear("connect_error", "/guarded")
    await peer.connect(["/", "/guarded"], wait=False)
    equal(await refused.get(), [{"message": "not authorized", "data": {"code": 401}}])
    await connected.get()
    equal(await peer.ask("echo", "still here"), ["still here"])


@check("event")
async def _():
    peer = await Peer().connect()
    back = peer.hear("back")
    await peer.emit("send back", 7)
    equal(await back.get(), [7])


@check("event with several arguments")
async def _():
    await repeat(1, "two", {"three": [3, None]}, [True, 4.5], "")


@check("binary both ways")
async def _():
    await repeat(DATA[:1], "between", DATA)


@check("nested binary")
async def _():
    await repeat({"deep": [{"data": DATA[:300]}, {"more": {"data": DATA[:5]}}], "name": "nested"})


@check("ack from the server")
async def _():
    peer = await Peer().connect()
    equal(await peer.ask("echo", "a", 2), ["a", 2])


@check("ack from the client")
async def _():
    peer = await Peer().connect()
    peer.client.on("question", lambda a, b: a + b)
    equal(await peer.ask("ask me", 40, 2), 42)


@check("ack with binary")
async def _():
    peer = await Peer().connect()
    peer.client.on("bytes", lambda data: data + DATA[:3])
    equal(await peer.ask("echo", DATA[:50]), [DATA[:50]])
    equal(await peer.ask("ask for bytes", DATA[:9]), DATA[:9] + DATA[:3])


@check("broadcast to a room")
async def _():
    peers = [await Peer().connect() for _ in range(3)]
    heard = [peer.hear("said") for peer in peers]
    for peer in peers[:2]:
        await peer.ask("join", "room")
    await peers[2].ask("say", "room", "hello")
    for queue in heard[:2]:
        equal(await queue.get(), ["hello"])
    for peer in peers:
        await peer.ask("echo")
    equal([queue.qsize() for queue in heard], [0, 0, 0])


@check("leaving a namespace")
async def _():
    return "it leaves all its namespaces at once, with the connection"


@check("server disconnect")
async def _():
    peer = await Peer().connect()
    gone = peer.hear("disconnect")
    await peer.emit("send me away")
    assert await gone.get() in ([], ["server disconnect"])  # Versions before 5.12 do not know why.


@check("reconnection after a restart")
async def _():
    peer = Peer(reconnection=True, reconnection_delay=0.1, reconnection_delay_max=0.2)
    connected = peer.hear("connect")
    await peer.connect()
    await connected.get()
    await peer.emit("restart the server")
    await connected.get()
    equal(await peer.ask("echo", "hello"), ["hello"])


@check("a large message")
async def _():
    await repeat("x" * 999_000)


@check("unicode")
async def _():
    await repeat("é€😀", '👩‍👩‍👧‍👦 𝄞 \u2028 \u0000 " \\ ñ', "日本語 עברית हिन्दी", {"clé 😀": 1})


@check("order of 100 events")
async def _():
    arrivals = Arrivals()
    peer = await Peer(engineio_logger=arrivals.logger).connect()
    back = peer.hear("back")
    for number in range(100):
        await peer.emit("send back", number)
    heard = [(await back.get())[0] for _ in range(100)]
    equal(arrivals.numbers, list(range(100)))
    if flavour == "sync":
        equal(sorted(heard), arrivals.numbers)
        return "they arrive in order, but it gives each a thread of its own, and its handlers may see another"
    equal(heard, arrivals.numbers)


@check("traffic during the upgrade")
async def _():
    await Peer().connect(wait=False)  # Fails where this is still polling.
    return "its upgrade is over before it joins a namespace"


async def run(name):
    try:
        reason = await asyncio.wait_for(checks[name](), PATIENCE)
        return {"result": "cannot", "reason": reason} if reason else {"result": "yes"}
    except Exception:
        return {"result": "no", "reason": traceback.format_exc()}
    finally:
        # python-engineio may wait for what never comes when it is told to go while it sends, or twice. It is left alone then.
        going = [asyncio.ensure_future(peer.do("disconnect")) for peer in opened if peer.client.connected]
        opened.clear()
        if going:
            await asyncio.wait(going, timeout=3)


async def main():
    global kind
    asyncio.get_running_loop().set_default_executor(concurrent.futures.ThreadPoolExecutor(64))
    for kind in TRANSPORTS:
        for name in checks:
            if name != "traffic during the upgrade" or kind == "upgrade":
                print(json.dumps({"transport": kind, "check": name, **await run(name)}), flush=True)
    os._exit(0)  # The threads of the blocking client would keep the process alive.


asyncio.run(main())
