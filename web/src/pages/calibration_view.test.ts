import { expect, test } from "vitest";
import { gate1, gate2 } from "../../../docs/src/calibration/trial.json";
import { ACROSS, curve, nothingSaid, xOf, yOf } from "./calibration_view";

test("ratios that say nothing leave one bit at even odds, and as little for either proposition", () => {
  expect(nothingSaid(0)).toBe(1);
  expect(nothingSaid(2)).toBeCloseTo(nothingSaid(-2), 10);
  expect(nothingSaid(3)).toBeLessThan(0.02);
});

test("a curve begins where its first point is, and keeps within the box", () => {
  expect(curve([[-3, 1], [3, 0]], 1)).toBe(`M${xOf(-3).toFixed(1)} ${yOf(1).toFixed(1)}L${xOf(3).toFixed(1)} ${yOf(0).toFixed(1)}`);
});

test("the trial that is shipped says more than nothing at every prior", () => {
  for (const gate of [gate1, gate2]) {
    for (const [odds = 0, bits = 1] of gate.ece) expect(bits).toBeLessThan(nothingSaid(odds));
    expect(gate.tippett.map((p) => p[0])).toEqual(ACROSS);
    for (const [, same = 0, different = 1] of gate.tippett) expect(same).toBeGreaterThanOrEqual(different);
  }
});
