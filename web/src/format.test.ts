import { expect, test } from "vitest";
import { day, instant, ratio, short, size } from "./format";

test("ratios carry their sign", () => {
  expect(ratio(2.34)).toBe("+2.3");
  expect(ratio(-1.26)).toBe("−1.3");
  expect(ratio(0)).toBe("+0.0");
  expect(ratio(-0.01)).toBe("+0.0");
});

test("times are told in UTC, whatever the zone of the machine", () => {
  expect(day("2026-03-02T23:30:00Z", "en-GB")).toBe("2 Mar 2026");
  expect(day("2026-03-02T23:30:00Z", "it-IT")).toBe("2 mar 2026");
  expect(instant("2026-03-02T23:30:05.123456Z", "en-GB")).toBe("2 Mar 2026, 23:30:05 UTC");
  expect(instant("not a time", "en-GB")).toBe("not a time");
});

test("sizes are rounded", () => {
  expect(size(0, "en-GB")).toBe("0 B");
  expect(size(1023, "en-GB")).toBe("1,023 B");
  expect(size(1536, "en-GB")).toBe("1.5 KiB");
  expect(size(541 * 1024 * 1024, "en-GB")).toBe("541 MiB");
  expect(short("0123456789abcdef")).toBe("0123456789ab");
});
