import { expect, test } from "vitest";
import { Latencies, quantile, Sequence } from "./statistics";

test("a quantile is a value that there was", () => {
  const values = Array.from({ length: 100 }, (_, i) => i + 1);
  expect(quantile(values, 0.95)).toBe(95);
  expect(quantile(values, 0.99)).toBe(99);
  expect(quantile(values, 1)).toBe(100);
  expect(quantile([7], 0.99)).toBe(7);
  expect(quantile([], 0.5)).toBeNull();
});

test("mean and tail come from the latencies", () => {
  const latencies = new Latencies();
  for (let i = 1; i <= 200; i++) latencies.add(i);
  expect(latencies.mean).toBe(100.5);
  expect(latencies.tail()).toEqual({ p95: 190, p99: 198 });
});

test("the tail forgets what is long ago, the mean does not", () => {
  const latencies = new Latencies();
  for (let i = 0; i < 5_000; i++) latencies.add(1_000);
  for (let i = 0; i < 5_000; i++) latencies.add(10);
  expect(latencies.tail().p99).toBe(10);
  expect(latencies.mean).toBe(505);
});

test("jitter is none when every message takes as long, and grows with the changes", () => {
  const steady = new Latencies();
  const uneven = new Latencies();
  for (let i = 0; i < 500; i++) {
    steady.add(20);
    uneven.add(i % 2 === 0 ? 10 : 30);
  }
  expect(steady.jitter).toBe(0);
  expect(uneven.jitter).toBeCloseTo(20, 3);
  expect(new Latencies().jitter).toBeNull();
});

const message = (seq: number, time = seq * 10) => ({ seq, time });

test("gaps are missed messages, wherever the reader began", () => {
  const sequence = new Sequence();
  [40, 41, 45, 46].forEach((seq) => sequence.add(message(seq)));
  expect(sequence).toMatchObject({ received: 4, missed: 3, duplicated: 0 });
});

test("a message that comes twice is counted once", () => {
  const sequence = new Sequence();
  expect([1, 2, 2, 1, 3].map((seq) => sequence.add(message(seq)))).toEqual([true, true, false, false, true]);
  expect(sequence).toMatchObject({ received: 3, missed: 0, duplicated: 2 });
});

test("after a restart numbers begin anew, and what came before the reader was back is missed", () => {
  const sequence = new Sequence();
  sequence.add(message(100, 1_000));
  sequence.add(message(3, 5_000));
  sequence.add(message(4, 5_010));
  expect(sequence).toMatchObject({ received: 3, missed: 2, duplicated: 0 });
});
