import { beforeEach, expect, test, vi } from "vitest";
import { crosses, directionTo, parsePrice } from "./alert";
import type { Alert } from "./alert";
import { Alerts, maxAlerts } from "./alerts";
import { memoryStorage } from "../testing";

beforeEach(() => void vi.stubGlobal("localStorage", memoryStorage()));

const key = "salon.stocks.alerts.alice";

function open(owner = "alice", isWatching = true) {
  const told: string[] = [];
  const alerts = new Alerts(owner, () => isWatching, (alert) => told.push(`${alert.symbol} ${alert.fired?.price}`));
  let price = 100;
  const move = (to: number, symbol = "AA") => {
    alerts.onPrice({ symbol, price: to, time: 9 }, price);
    price = to;
  };
  return { alerts, told, move };
}

test("a line is crossed from the other side, and reaching it is enough", () => {
  const above = { direction: "above", price: 10 } as Alert;
  const below = { direction: "below", price: 10 } as Alert;
  expect([crosses(above, 9, 10), crosses(above, 9, 12), crosses(above, 10, 11), crosses(above, 12, 11), crosses(above, 8, 9)]).toEqual([true, true, false, false, false]);
  expect([crosses(below, 11, 10), crosses(below, 11, 8), crosses(below, 10, 9), crosses(below, 8, 9)]).toEqual([true, true, false, false]);
  expect([directionTo(11, 10), directionTo(10, 10), directionTo(9, 10)]).toEqual(["above", "above", "below"]);
});

test("prices are read as people write them", () => {
  expect(["12.5", " 12,5 ", "1\u202f234,567", "7"].map(parsePrice)).toEqual([12.5, 12.5, 1234.57, 7]);
  expect(["", "0", "-3", "1e9", "12.5.1", "x", "0,001", "99999999"].map(parsePrice)).toEqual(Array(8).fill(null));
});

test("an alert happens once, and can be watched for again", () => {
  const { alerts, told, move } = open();
  alerts.add("AA", "above", 105);
  for (const price of [104, 106, 100, 107]) move(price);
  expect([told, alerts.pending.value.length, alerts.news.value.map((alert) => alert.fired)]).toEqual([["AA 106"], 0, [{ time: 9, price: 106 }]]);

  alerts.rearm(alerts.all.value[0]!.id);
  expect(alerts.news.value).toEqual([]);
  for (const price of [104, 105]) move(price);
  expect(told).toEqual(["AA 106", "AA 105"]);
});

test("other stocks and a tab that does not watch touch nothing", () => {
  const { alerts, told, move } = open();
  alerts.add("AA", "above", 105);
  move(110, "BB");
  expect(told).toEqual([]);

  const idle = open("alice", false);
  idle.move(110);
  expect([idle.told, idle.alerts.pending.value.length]).toEqual([[], 1]);
});

test("they are kept for each person, and what is broken in the storage is left out", () => {
  open().alerts.add("AA", "below", 90);
  expect([open().alerts.all.value.length, open("bob").alerts.all.value.length]).toEqual([1, 0]);

  localStorage.setItem(key, JSON.stringify([null, 3, { id: "x" }, { ...open().alerts.all.value[0], fired: {} }, open().alerts.all.value[0]]));
  expect(open().alerts.all.value.map((alert) => alert.price)).toEqual([90]);
  localStorage.setItem(key, '{"length":3}');
  expect(open().alerts.all.value).toEqual([]);
});

test("what happens in the tab that watches is news in the others, once", () => {
  const watching = open();
  watching.alerts.add("AA", "above", 105);
  const other = open("alice", false);
  watching.move(110);
  other.alerts.onStored({ key } as StorageEvent);
  other.alerts.onStored({ key } as StorageEvent);
  expect([other.alerts.news.value.length, other.told]).toEqual([1, []]);

  watching.alerts.remove(watching.alerts.all.value[0]!.id);
  other.alerts.onStored({ key } as StorageEvent);
  expect([other.alerts.news.value, other.alerts.all.value]).toEqual([[], []]);
});

test("a second tab that watches as well does not tell what the first has told", () => {
  const [first, second] = [open(), open()];
  first.alerts.add("AA", "above", 105);
  second.alerts.onStored({ key } as StorageEvent);
  first.move(110);
  second.move(110);
  expect([first.told, second.told]).toEqual([["AA 110"], []]);
});

test("there is an end to them", () => {
  const { alerts } = open();
  const added = Array.from({ length: maxAlerts + 1 }, (_, index) => alerts.add("AA", "above", 200 + index));
  expect([added.at(-2), added.at(-1), alerts.all.value.length]).toEqual([true, false, maxAlerts]);
});
