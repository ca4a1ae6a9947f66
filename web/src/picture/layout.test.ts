import { expect, test } from "vitest";
import { frameOf, layout, nodeTowards } from "./layout";

const groups = [
  { id: "a", shown: ["b", "c", "d"] },
  { id: "c", shown: ["e", "f", "a"] },
];
const ids = ["a", "b", "c", "d", "e", "f", "z"];
const pairs: [string, string][] = [["a", "b"], ["a", "c"], ["a", "d"], ["c", "e"], ["c", "f"], ["e", "f"]];

test("the same view gives the same picture, in whatever order its ties come", () => {
  const first = layout(ids, groups, pairs);
  const again = layout(ids, groups, [...pairs].reverse().map(([x, y]) => [y, x] as [string, string]));
  expect([...again]).toEqual([...first]);
  expect([...first.keys()]).toEqual(ids);
});

test("no two nodes stand on each other, also where there are many", () => {
  const many = Array.from({ length: 120 }, (_, i) => `n${i}`);
  const points = [...layout(["hub", ...many], [{ id: "hub", shown: many }], many.map((n) => ["hub", n] as [string, string])).values()];
  let closest = Infinity;
  points.forEach((p, i) => points.slice(i + 1).forEach((q) => { closest = Math.min(closest, Math.hypot(p.x - q.x, p.y - q.y)); }));
  expect(closest).toBeGreaterThan(40);
  for (const p of points) expect(Number.isFinite(p.x) && Number.isFinite(p.y)).toBe(true);
});

test("what is opened later keeps the others about where they were", () => {
  const before = layout(["a", "b", "c", "d"], groups.slice(0, 1), pairs.slice(0, 3));
  const after = layout(ids.slice(0, 6), groups, pairs);
  for (const id of ["a", "b", "d"]) {
    const [p, q] = [before.get(id), after.get(id)];
    expect(Math.hypot((p?.x ?? 0) - (q?.x ?? 0), (p?.y ?? 0) - (q?.y ?? 0)), id).toBeLessThan(190);
  }
});

test("an arrow leads to the nearest node that way, or nowhere", () => {
  const points = new Map([["left", { x: -100, y: 5 }], ["far", { x: -300, y: 0 }], ["up", { x: 10, y: -80 }]]);
  expect(nodeTowards({ x: 0, y: 0 }, "ArrowLeft", points)).toBe("left");
  expect(nodeTowards({ x: 0, y: 0 }, "ArrowUp", points)).toBe("up");
  expect(nodeTowards({ x: 0, y: 0 }, "ArrowRight", points)).toBeNull();
});

test("a frame holds every point, and is there without any", () => {
  expect(frameOf([{ x: 0, y: 0 }, { x: 10, y: 20 }], 5)).toEqual({ x: -5, y: -5, width: 20, height: 30 });
  expect(frameOf([], 5).width).toBe(10);
});
