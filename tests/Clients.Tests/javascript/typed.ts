// node generated/out/typed.js <server>: a client that the compiler checks against the server's contract, and that then talks to the server.
import assert from "node:assert/strict";
import { io, type Socket } from "socket.io-client";
import type { Failure, Line, OrderEmitEvents, OrderListenEvents } from "./generated/contracts.js";

const socket: Socket<OrderListenEvents, OrderEmitEvents> = io(process.argv[2] + "/orders", { transports: ["websocket"] });

const placed = new Promise<number>((resolve) =>
  socket.on("placed", (order, receipt) => {
    const products: string[] = order.lines.map((line) => line.product);
    assert.deepEqual(products, ["tea", "coffee"]);
    resolve(receipt.byteLength);
  }),
);
socket.on("stock-low", (product: string, left: number | null) => assert.equal(left, null, product));
socket.on("confirm", (question, callback) => callback(question === "sure?"));

const lines: Line[] = [
  { product: "tea", quantity: 2, colour: "Green" },
  { product: "coffee", quantity: 1 },
];
const order = await socket.emitWithAck("place", lines, { kind: "card", number: "4711" }, "id-1");
if ("ok" in order) throw new Error(order.error.message);
assert.equal(order.note, "id-1: card 4711");
assert.equal(order.prices.tea, 3);
assert.equal(order["old-id"], 7);
assert.equal(order.priority, 1);
assert.equal(await placed, 3);

const failure: Failure | object = await socket.emitWithAck("place", [], { kind: "cash", given: 5 }, 2);
assert.equal("error" in failure && failure.error.code, "invalid_argument");

const page = await socket.emitWithAck("list", 3, "Red");
assert.deepEqual(page, { items: [{ product: "tea", quantity: 3, colour: "Red" }], next: null });

socket.emit("cancel", order.id);
await new Promise<void>((resolve) => socket.emit("cancel", order.id, (answer) => (assert.equal(answer, undefined), resolve())));
assert.equal(await new Promise((resolve) => socket.emit("ask me", resolve)), "yes");
socket.emit("log", "info", 1, "two", [3]);
assert.deepEqual(await socket.emitWithAck("raw", { any: ["thing"] }), { any: ["thing"] });

// Never run, only checked: each line must be an error.
const wrong = () => {
  // @ts-expect-error no such event
  socket.emit("plaec", lines);
  // @ts-expect-error not a list
  socket.emit("place", "tea", { kind: "cash", given: 5 }, 1, () => {});
  // @ts-expect-error not a payment
  socket.emit("place", lines, { kind: "cheque" }, 1, () => {});
  // @ts-expect-error not a colour
  socket.emit("list", 1, "Blue", () => {});
  // @ts-expect-error not left out
  socket.emit("cancel");
  // @ts-expect-error not sent by the server
  socket.on("removed", () => {});
  // @ts-expect-error a number
  socket.on("stock-low", (product: string, left: string) => {});
};
void wrong;
socket.close();
