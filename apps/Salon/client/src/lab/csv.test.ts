import { expect, test } from "vitest";
import { toCsv } from "./csv";

test("a line for each technique, with empty cells for what is not known", () => {
  const csv = toCsv({
    at: 1_795_000_000, settings: { rate: 20, payload: 64, delay: 0, loss: 0 }, pollPause: 500, clients: 10, seconds: 59.7,
    figures: [{ technique: "sse", light: "off", connect: 3.21, received: 100, missed: 0, duplicated: 1, reconnects: 2, mean: 1.23456, p95: 4, p99: 9.75, jitter: 0.4, requests: 3, wireBytes: null, packets: null, processor: null }],
  });
  expect(csv.split("\r\n")).toEqual([
    "technique,connect,received,missed,duplicated,reconnects,mean,p95,p99,jitter,requests,wireBytes,packets,processor,at,seconds,rate,payload,delay,loss,pollPause",
    "sse,3.21,100,0,1,2,1.235,4,9.75,0.4,3,,,,2026-11-18T11:06:40.000Z,60,20,64,0,0,500",
    "",
  ]);
});
