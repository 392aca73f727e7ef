import { expect, test } from "vitest";
import { ServerClock } from "./clock";

test("the offset is that of the shortest round trip", () => {
  const clock = new ServerClock();
  clock.add(1_000, 6_100, 1_100);
  clock.add(2_000, 7_001, 2_002);
  clock.add(3_000, 8_500, 3_200);
  expect(clock.offset).toBe(5_000);
  expect(clock.error).toBe(1);
});

test("old samples are forgotten, since clocks drift", () => {
  const clock = new ServerClock();
  clock.add(0, 100, 1);
  for (let i = 0; i < 20; i++) clock.add(1_000, 1_205, 1_010);
  expect(clock.offset).toBe(200);
});

test("before there is a sample nothing is claimed", () => {
  expect(new ServerClock().offset).toBe(0);
  expect(new ServerClock().error).toBeNull();
});
