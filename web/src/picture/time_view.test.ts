import { expect, test } from "vitest";
import { bars, heightOf, moved, placeOf, textOf, ticks, unitOf, viewOf, wall, zoomed } from "./time_view";

const DAY = 86_400_000;
const at = (text: string) => Date.parse(text);

test("the window stands in the address, and is left out where it makes no sense", () => {
  const view = viewOf(new URLSearchParams({ nodes: "account:a,account:b", from: "2026-01-01T00:00:00Z", until: "2026-02-01T00:00:00Z", zone: "Europe/Rome" }));
  expect([view.nodes.length, view.from, view.zone]).toEqual([2, "2026-01-01T00:00:00.000Z", "Europe/Rome"]);
  const wrong = viewOf(new URLSearchParams({ from: "2026-02-01", until: "2026-01-01", zone: "Nowhere/Here" }));
  expect([wrong.from, wrong.until, wrong.zone]).toEqual([null, null, null]);
  expect(textOf(at("2026-01-01T00:00:00.400Z"))).toBe("2026-01-01T00:00:00Z");
});

test("a window is moved and enlarged around a place that stays", () => {
  const span = { from: 0, until: 10 * DAY };
  expect(moved(span, 0.5)).toEqual({ from: 5 * DAY, until: 15 * DAY });
  const near = zoomed(span, 0.5, 0.25);
  expect(placeOf(2.5 * DAY, near)).toBeCloseTo(0.25);
  expect(near.until - near.from).toBe(5 * DAY);
  expect(zoomed({ from: 0, until: 10_000 }, 0.01).until - zoomed({ from: 0, until: 10_000 }, 0.01).from).toBe(10_000);
});

test("marks stand at whole steps of the wall clock, also over the change of the clocks", () => {
  const span = { from: at("2026-03-27T00:00:00Z"), until: at("2026-04-01T00:00:00Z") };
  const days = ticks(span, 8, "Europe/Rome", "en-GB");
  for (const tick of days) expect(wall(tick.at, "Europe/Rome") % DAY, tick.label).toBe(0);
  expect(new Set(days.map((t) => t.at)).size).toBe(days.length);
  const [before, after] = [days.find((t) => t.label.startsWith("29")), days.find((t) => t.label.startsWith("30"))];
  expect((after?.at ?? 0) - (before?.at ?? 0)).toBe(DAY - 3_600_000);
});

test("there are never more marks than fit", () => {
  for (const length of [20_000, 600_000, DAY, 40 * DAY, 400 * DAY, 60 * 365 * DAY]) {
    const found = ticks({ from: at("2026-01-15T10:20:30Z"), until: at("2026-01-15T10:20:30Z") + length }, 8, "UTC", "en-GB");
    expect(found.length, String(length)).toBeLessThanOrEqual(10);
    expect(found.length, String(length)).toBeGreaterThan(0);
  }
});

test("bars cover their steps; one event beside thousands is still seen", () => {
  expect(bars(0, 1000, [2, 0, 1])).toEqual([{ from: 0, until: 1000, events: 2 }, { from: 2000, until: 3000, events: 1 }]);
  expect(heightOf(1, 1_000_000)).toBeGreaterThanOrEqual(0.08);
  expect(heightOf(9, 9)).toBe(1);
  expect([unitOf(60), unitOf(7200), unitOf(604_800)]).toEqual([{ unit: "minutes", n: 1 }, { unit: "hours", n: 2 }, { unit: "days", n: 7 }]);
});
