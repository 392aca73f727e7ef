import { expect, test } from "vitest";
import { healthOf } from "./health";

const open = { kind: "open" } as const;

test("only an open market that speaks is live", () => {
  expect(healthOf(open, true, "open", false)).toBe("live");
  expect(healthOf(open, true, "open", true)).toBe("stale");
  expect(healthOf(open, true, "closed", true)).toBe("closed");
  expect(healthOf(open, false, "open", false)).toBe("connecting");
  expect(healthOf({ kind: "connecting" }, true, "open", false)).toBe("connecting");
  expect(healthOf({ kind: "lost", nextTryAt: null }, true, "closed", false)).toBe("lost");
});
