import { expect, test } from "vitest";
import { toCsv } from "./csv";
import { quote } from "../testing";

test("a stock is a line, with a point in its numbers and its time in UTC", () => {
  const [head, line, end] = toCsv([quote("ACME", { price: 110.5, open: 99, high: 111, low: 98.25, previousClose: 100, volume: 1234, time: 1_760_000_000_000 })]).split("\r\n");

  expect(head).toBe("symbol,name,sector,last,change,changePercent,open,high,low,previousClose,volume,time");
  expect(line).toBe("ACME,ACME & Co,Industry,110.50,10.50,10.50,99.00,111.00,98.25,100.00,1234,2025-10-09T08:53:20.000Z");
  expect(end).toBe("");
});

test("commas, quotes and what a spreadsheet would take for a formula stay text", () => {
  const line = toCsv([quote("X", { name: 'Say "hi", Ltd', sector: '=HYPERLINK("http://x")' })]).split("\r\n")[1];
  expect(line).toMatch(/^X,"Say ""hi"", Ltd","'=HYPERLINK\(""http:\/\/x""\)",100\.00/);
});
