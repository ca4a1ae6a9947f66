import { expect, test } from "vitest";
import type { FlowAnswer, FlowRow, GraphNode, GraphTie, MapAnswer } from "../api/types";
import { flowPicture, linksOf, rest } from "./flow_view";
import municipalities from "../map/municipalities.json";
import provinces from "../map/provinces.json";
import { arc, municipality, placeLines, placePayments, placeTowns, provinceOf } from "./map_view";
import { pairsOf, thickness } from "./pairs";
import { svgOf } from "./scene";

const node = (id: string, role: string | null = null): GraphNode => ({
  id, kind: "payment", node_ref: id.slice(id.indexOf(":") + 1), label: null, detail: null, investigated: false, of_note: true, role, outcome: null, lead_ref: null, neighbours: 1,
});
const row = (from: string | null, to: string, payments: number, currency = "EUR", payers = 1): FlowRow => ({
  from: from === null ? null : node(from), to: node(to), payers, currency, payments, amount: "10.50", first_day: 0, last_day: 1, reversed: 0,
});

test("a flow has a box for each account, a band for each pair, and one for all that are not drawn", () => {
  const flow: FlowAnswer = {
    run_id: "r", seed: { node: node("payment:s"), is_service: false, payers: 50 }, direct: [row("payment:a", "payment:s", 5), row("payment:a", "payment:s", 2, "USD"), row("payment:r", "payment:s", 3)],
    totals: [row(null, "payment:s", 90, "EUR", 50), row(null, "payment:s", 2, "USD", 1)], through: [row("payment:x", "payment:r", 4)], through_totals: [row(null, "payment:r", 4)], common: [], patterns: [],
  };
  const picture = flowPicture(flow);
  expect(picture.boxes.map((b) => [b.id, b.layer])).toEqual([["payment:x", 0], ["payment:a", 1], ["payment:r", 1], ["others:payment:s", 1], ["payment:s", 2]]);
  expect(picture.bands.find((b) => b.from === "payment:a")).toMatchObject({ payments: 7, sums: ["10.50 EUR", "10.50 USD"] });
  expect(rest(flow.totals, flow.direct, "payment:s")).toEqual({ payers: 48, payments: 82 });
  expect(flowPicture(flow)).toEqual(picture);
  for (const layer of [0, 1, 2]) {
    const column = picture.boxes.filter((b) => b.layer === layer);
    column.slice(1).forEach((b, i) => expect(b.y).toBeGreaterThan((column[i]?.y ?? 0) + (column[i]?.height ?? 0)));
  }
  expect(linksOf(flow.direct)).toHaveLength(2);
});

const tie = (from: string, to: string, kind: string, more: Partial<GraphTie> = {}): GraphTie => ({
  from, to, tie: kind, tables: [], step: null, status: null, log10_lr: null, currency: null, amount: null, records: 1, first_utc: null, last_utc: null, ...more,
});

test("ties of one pair are one stroke, and what a step found shows first", () => {
  const [pair, other] = pairsOf([tie("a", "l", "seen_on"), tie("l", "a", "resolved", { status: "set", records: 99 }), tie("a", "p", "named_holder")]);
  expect([pair?.look, pair?.open, pair?.records]).toEqual(["finding", true, 100]);
  expect([other?.look, other?.open]).toEqual(["record", false]);
  expect(thickness(pair as never)).toBeGreaterThan(thickness(other as never));
});

const map: MapAnswer = {
  run_id: "r",
  lines: [
    { municipality_code: "058091", operator: "o", access_kind: null, address_kind: null, lines: 9, found: 1 },
    { municipality_code: "M01", operator: "o", access_kind: null, address_kind: null, lines: 2, found: 0 },
    { municipality_code: null, operator: "o", access_kind: null, address_kind: null, lines: 5, found: 0 },
  ],
  corridors: [
    { from: "IT", to: "PH", currency: "EUR", payments: 3, amount: "1" },
    { from: "it", to: "PH", currency: "USD", payments: 1, amount: "1" },
    { from: null, to: "PH", currency: "EUR", payments: 7, amount: "1" },
  ],
  accounts: [],
  trips: [],
};

test("lines are placed by province; what has no place is counted, not guessed", () => {
  const placed = placeLines(map, new Set(["058"]));
  expect(placed.provinces).toEqual([{ code: "058", value: 9, shade: 1 }]);
  expect([placed.without, placed.strange, placed.found.get("058")]).toEqual([5, [["M01", 2]], 1]);
  expect([provinceOf("058091"), provinceOf("H501"), provinceOf(null)]).toEqual(["058", null, null]);
});

test("each municipality has its dot, or that of its province, and its name", () => {
  const line = { operator: "o", access_kind: null, address_kind: null, lines: 2, found: 1 };
  const lines = [{ ...line, municipality_code: "058091" }, { ...line, municipality_code: "058091" }, { ...line, municipality_code: "058999" }, { ...line, municipality_code: "H501" }];
  const [rome, unknown, ...others] = placeTowns({ ...map, lines }, municipalities, provinces);
  expect([rome?.name, rome?.lines, rome?.found, others]).toEqual(["Roma", 4, 2, []]);
  expect([unknown?.name, unknown?.x, unknown?.y]).toEqual(["058999", provinces["058"].x, provinces["058"].y]);
  expect(municipality("001272", municipalities)).toBe("Torino");
  expect(municipality("M01", municipalities)).toBe(null);
  // The dots lie on the map, not far from the middle of their province; Lampedusa is the farthest.
  const far = Object.entries(municipalities).flatMap(([code, all]) => {
    const middle = (provinces as Record<string, { x: number; y: number }>)[code];
    return Object.values(all).map(([, x, y]) => (middle === undefined ? Infinity : typeof x === "number" && typeof y === "number" ? Math.hypot(x - middle.x, y - middle.y) : 0));
  });
  expect(far.length).toBe(7896);
  expect(Math.max(...far)).toBeLessThan(130);
});

test("payments are placed by country, whatever their currency", () => {
  const placed = placePayments(map, { IT: { x: 0, y: 0 }, PH: { x: 100, y: 0 } });
  expect(placed.arcs.map((a) => [a.from, a.to, a.payments])).toEqual([["IT", "PH", 4]]);
  expect(placed.countries.map((c) => [c.code, c.value])).toEqual([["PH", 11], ["IT", 4]]);
  expect(placed.without).toBe(7);
  expect(arc({ x: 0, y: 0 }, { x: 100, y: 0 })).not.toBe(arc({ x: 100, y: 0 }, { x: 0, y: 0 }));
});

test("text of evidence is text in a saved picture, never markup", () => {
  const text = svgOf({ x: 0, y: 0, width: 10, height: 10, paper: "#fff", title: "<script>&", shapes: [{ kind: "text", x: 0, y: 0, text: '"><script>\u0000', size: 10, fill: "#000", anchor: "start" }] });
  expect(text).not.toContain("<script>");
  expect(text).toContain("&quot;&gt;&lt;script&gt;</text>");
});
