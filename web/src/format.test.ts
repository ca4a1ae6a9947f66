import { expect, test } from "vitest";
import { day, instant, ratio, short, size, sum } from "./format";

test("ratios carry their sign", () => {
  expect(ratio(2.34, "en-GB")).toBe("+2.3");
  expect(ratio(-1.26, "it-IT")).toBe("−1,3");
  expect(ratio(0, "en-GB")).toBe("+0.0");
  expect(ratio(-0.01, "en-GB")).toBe("+0.0");
});

test("times are told in UTC, whatever the zone of the machine", () => {
  expect(day("2026-03-02T23:30:00Z", "en-GB")).toBe("2 Mar 2026");
  expect(day("2026-03-02T23:30:00Z", "it-IT")).toBe("2 mar 2026");
  expect(instant("2026-03-02T23:30:05.123456Z", "en-GB")).toBe("2 Mar 2026, 23:30:05 UTC");
  expect(instant("not a time", "en-GB")).toBe("not a time");
});

test("sums are set apart by thousands and keep every digit", () => {
  expect(sum("3912978.89", "EUR", "en-GB")).toBe("3,912,978.89 EUR");
  expect(sum("3912978.89", "EUR", "it-IT")).toBe("3.912.978,89 EUR");
  expect(sum("2618.2", "EUR", "it-IT")).toBe("2.618,20 EUR");
  expect(sum("655", "EUR", "en-GB")).toBe("655.00 EUR");
  expect(sum("655", "JPY", "en-GB")).toBe("655 JPY");
  expect(sum("0.00012345", "XBT", "en-GB")).toBe("0.00012345 XBT");
  expect(sum("90071992547409931.01", "EUR", "en-GB")).toBe("90,071,992,547,409,931.01 EUR");
  expect(sum("unknown", null, "en-GB")).toBe("unknown");
});

test("sizes are rounded", () => {
  expect(size(0, "en-GB")).toBe("0 B");
  expect(size(1023, "en-GB")).toBe("1,023 B");
  expect(size(1536, "en-GB")).toBe("1.5 KiB");
  expect(size(541 * 1024 * 1024, "en-GB")).toBe("541 MiB");
  expect(short("0123456789abcdef")).toBe("0123456789ab");
});
