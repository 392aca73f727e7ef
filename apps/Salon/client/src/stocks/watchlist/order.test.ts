import { expect, test } from "vitest";
import { arrange, sortBy } from "./order";
import type { Sort } from "./order";
import { quote } from "../testing";

const stocks = [
  quote("ACME", { name: "Acme Énergie", price: 110, previousClose: 100, volume: 5 }),
  quote("BOLT", { name: "Bolt Motors", price: 20, previousClose: 10, volume: 9 }),
  quote("CARO", { name: "Caro Foods", price: 300, previousClose: 310, volume: 5 }),
].map((latest) => ({ latest }));

const symbols = (filter: string, sort: Sort, ...pins: string[]) => arrange(stocks, filter, sort, new Set(pins)).map((stock) => stock.latest.symbol);

test("each column sorts by its own value, and the symbol decides between equals", () => {
  expect(symbols("", { column: "symbol", descending: true })).toEqual(["CARO", "BOLT", "ACME"]);
  expect(symbols("", { column: "price", descending: true })).toEqual(["CARO", "ACME", "BOLT"]);
  expect(symbols("", { column: "change", descending: false })).toEqual(["CARO", "ACME", "BOLT"]);
  expect(symbols("", { column: "percent", descending: true })).toEqual(["BOLT", "ACME", "CARO"]);
  expect(symbols("", { column: "volume", descending: true })).toEqual(["BOLT", "ACME", "CARO"]);
});

test("pinned stocks stay on top, sorted among themselves", () => {
  expect(symbols("", { column: "price", descending: true }, "BOLT", "ACME")).toEqual(["ACME", "BOLT", "CARO"]);
});

test("a filter looks into symbols, names and sectors, whatever the case and the accents", () => {
  const sort: Sort = { column: "symbol", descending: false };
  expect([symbols("energie", sort), symbols("CAR foo", sort), symbols("industry", sort), symbols("zzz", sort)]).toEqual([["ACME"], ["CARO"], ["ACME", "BOLT", "CARO"], []]);
});

test("the same column again turns round; another begins with what one wants to see first", () => {
  const first: Sort = { column: "symbol", descending: false };
  expect(sortBy("symbol", first)).toEqual({ column: "symbol", descending: true });
  expect(sortBy("percent", first)).toEqual({ column: "percent", descending: true });
  expect(sortBy("symbol", { column: "volume", descending: true })).toEqual({ column: "symbol", descending: false });
});
