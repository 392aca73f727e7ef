import { beforeEach, expect, test, vi } from "vitest";
import { Watchlist } from "./watchlist";
import { Market } from "../market/market";
import { frames, memoryStorage, quote, snapshot, tick } from "../testing";

beforeEach(() => void vi.stubGlobal("localStorage", memoryStorage()));

function open() {
  const market = new Market(frames().schedule);
  market.onEvent(snapshot("e-1", quote("AA", { price: 3 }), quote("BB", { price: 2 }), quote("CC", { price: 1 })));
  return { market, list: new Watchlist(market) };
}

const symbols = (list: Watchlist) => list.stocks.value.map((stock) => stock.symbol);

test("moving prices do not move the rows until somebody asks for it", () => {
  const { market, list } = open();
  list.sortBy("price");
  expect(symbols(list)).toEqual(["AA", "BB", "CC"]);

  market.onEvent(tick("e-2", "CC", 9));
  expect(symbols(list)).toEqual(["AA", "BB", "CC"]);
  list.rearrange();
  expect(symbols(list)).toEqual(["CC", "AA", "BB"]);

  const order = list.stocks.value;
  list.rearrange();
  expect(list.stocks.value).toBe(order);
});

test("pins and the order are kept in the browser, and broken ones are forgotten", () => {
  const { list } = open();
  list.togglePin("CC");
  list.sortBy("price");
  expect(symbols(open().list)).toEqual(["CC", "AA", "BB"]);

  list.togglePin("CC");
  localStorage.setItem("salon.stocks.sort", '{"column":"constructor"}');
  localStorage.setItem("salon.stocks.pins", '{"a":1}');
  expect(symbols(open().list)).toEqual(["AA", "BB", "CC"]);
});

test("the arrows step through what is listed, and stop at its ends", () => {
  const { list } = open();
  const after = (by: number) => (list.step(by), list.selected.value?.symbol);

  expect([after(1), after(1), after(5), after(1), after(-9)]).toEqual(["AA", "BB", "CC", "CC", "AA"]);
  list.filter.value = "cc";
  expect(after(1)).toBe("CC");
});
