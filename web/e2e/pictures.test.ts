// The pages of pictures, in a real browser against the real binary: grow the graph, find a way, look along the time, follow
// the money, see what is placed.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sum } from "../src/format";
import { type District, browser, district } from "./district";
import { type Shown, compareWithSealed } from "./sealed";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOTS = process.env["SHOTS"];

let world: District;
let chrome: Browser;
let context: BrowserContext;
let page: Page;
const asked: string[] = [];
const errors: string[] = [];

beforeAll(async () => {
  [world, chrome] = await Promise.all([district({ payments: true, contacts: true }), browser()]);
  context = await chrome.newContext({ viewport: { width: 1440, height: 1000 }, locale: "en-GB", colorScheme: "light", timezoneId: "Europe/Rome", acceptDownloads: true });
  context.on("request", (r) => asked.push(r.url()));
  page = await context.newPage();
  page.on("console", (message) => { if (message.type() === "error") errors.push(message.text()); });
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(world.link());
  await page.getByRole("heading", { name: "Leads" }).waitFor();
});

afterAll(async () => {
  await chrome?.close();
  await world?.stop();
});

async function shot(name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}

const at = (path: string) => `${world.origin}/case/case${path}`;
const nodes = () => page.locator(".graph-node");

async function api<T>(path: string): Promise<T> {
  const answer = await context.request.get(`${world.origin}/api/v1/cases/case${path}`);
  expect(answer.status(), path).toBe(200);
  return (await answer.json()) as T;
}

interface Node { id: string; kind: string; neighbours: number; lead_ref: string | null }
interface Answer { nodes: Node[]; ties: { from: string; to: string; tie: string }[]; open: { id: string; all: { kind: string; neighbours: number }[]; more: { kind: string; neighbours: number }[] }[] }

async function firstLead(): Promise<{ node: string; person: string; lead: string }> {
  const { leads } = await api<{ leads: { lead_ref: string }[] }>("/leads?outcome=supported");
  const lead = leads[0]?.lead_ref ?? "";
  const { lead: found } = await api<{ lead: { account: { platform: string; account_ref: string }; person_ref: string } }>(`/leads/${lead}`);
  return { node: `account:${found.account.platform}:${found.account.account_ref}`, person: `person:${found.person_ref}`, lead };
}

const positions = () => nodes().evaluateAll((all) => all.map((g) => [g.getAttribute("data-node"), g.getAttribute("transform")]));

test("grow the graph from a lead's account, by pointer and by keys; the same address gives the same picture", async () => {
  const { node, person, lead } = await firstLead();
  await page.goto(at("/graph"));
  await page.getByPlaceholder(/^The beginning/).fill(node.slice("account:".length));
  await page.locator(".node-list.is-found button").first().click();
  await nodes().first().waitFor();
  const answer = await api<Answer>(`/graph?open=${encodeURIComponent(node)}`);
  expect(await nodes().count()).toBe(answer.nodes.length);
  // The person that the lead is about stands in the picture, by reference; the tie between them is a finding.
  expect(answer.nodes.map((n) => n.id)).toContain(person);
  expect(answer.ties.some((t) => t.tie === "attributed" && t.to === person)).toBe(true);
  // What is shown and what is said to be left out add up to what there is.
  const opened = answer.open[0];
  const total = opened?.all.reduce((sum, k) => sum + k.neighbours, 0) ?? 0;
  const more = opened?.more.reduce((sum, k) => sum + k.neighbours, 0) ?? 0;
  expect(total - more).toBe(answer.nodes.length - 1);
  await shot("graph-one");

  const before = await nodes().count();
  await page.locator(`[data-node="${person}"]`).focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => nodes().count()).toBeGreaterThan(before);
  expect(new URL(page.url()).searchParams.get("open")).toBe(`${node},${person}`);
  await expect.poll(() => page.locator(".panel-name").textContent()).toContain(person.slice("person:".length));
  const first = await positions();
  await shot("graph-grown");
  await page.reload();
  await nodes().first().waitFor();
  await expect.poll(positions).toEqual(first);

  // Arrows move the focus, and closing takes the neighbours out again.
  await page.locator(`[data-node="${node}"]`).focus();
  await page.keyboard.press("ArrowRight");
  const focused = await page.evaluate(() => document.activeElement?.getAttribute("data-node"));
  expect(focused).not.toBe(node);
  await page.locator(`[data-node="${person}"]`).focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => nodes().count()).toBeLessThan(first.length);
  await page.goto(at(`/leads/${lead}`));
});

test("a tie says on what it rests, and leads to the lead and to the sealed bytes; nobody is named", async () => {
  const { node, person, lead } = await firstLead();
  await page.goto(at(`/graph?open=${encodeURIComponent(node)}&tie=${encodeURIComponent(`${node},${person}`)}`));
  await page.getByText("attribute_people").first().waitFor();
  expect(await page.locator(".tie-evidence a").first().getAttribute("href")).toContain(`/leads/${lead}?item=`);
  const device = (await api<Answer>(`/graph?open=${encodeURIComponent(node)}`)).ties.find((t) => t.tie === "used_device" && t.from === node);
  await page.goto(at(`/graph?open=${encodeURIComponent(node)}&tie=${encodeURIComponent(`${device?.from},${device?.to}`)}`));
  await page.getByRole("button", { name: "Read back the records" }).click();
  await page.locator(".graph-panel .record").first().waitFor();
  expect(await page.locator(".graph-panel .strip mark").count()).toBeGreaterThan(0);
  await shot("graph-tie");
  // Personal data of the records stand nowhere in the answers of the graph.
  const people = readFileSync(join(world.folder, "demo/world/files/registers/person.csv"), "utf8").trim().split("\n").slice(1).map((row) => row.split(","));
  const text = JSON.stringify(await api(`/graph?open=${encodeURIComponent(`${node},${person}`)}&most=40`));
  expect(people.length).toBeGreaterThan(50);
  for (const [, given, family] of people) expect(text).not.toMatch(new RegExp(`\\b(${given}|${family})\\b`));
  expect(text).not.toMatch(/[a-z0-9.]+@[a-z0-9.]+/i);
});

test("the shortest way between two nodes, and none where there is none", async () => {
  const { node, person } = await firstLead();
  const far = (await api<Answer>(`/graph?open=${encodeURIComponent(person)}`)).nodes.find((n) => n.kind === "household");
  await page.goto(at(`/graph?open=${encodeURIComponent(node)}&node=${encodeURIComponent(node)}`));
  await page.getByRole("button", { name: "Way from here" }).click();
  await page.getByText(/^A way from/).waitFor();
  await page.getByPlaceholder(/^The beginning/).fill(far?.id.slice("household:".length) ?? "");
  await page.locator(".node-list.is-found button").first().click();
  await page.getByRole("button", { name: "Way to here" }).click();
  await page.getByText(/^Shortest way from/).waitFor();
  const path = await api<{ nodes: Node[] }>(`/graph/path?from=${encodeURIComponent(node)}&to=${encodeURIComponent(far?.id ?? "")}`);
  expect(path.nodes.map((n) => n.id)).toEqual([node, person, far?.id]);
  await expect.poll(() => page.locator(".tie.is-way").count()).toBe(2);
  await shot("graph-way");
  const seed = (await api<{ seeds: { node: Node }[] }>("/money")).seeds[0]?.node.id ?? "";
  await page.goto(at(`/graph?open=${encodeURIComponent(node)}&from=${encodeURIComponent(node)}&to=${encodeURIComponent(seed)}`));
  await page.getByText("Within eight steps there is no way between them.").waitFor();
});

test("the picture is saved as SVG and as PNG, and holds no address of elsewhere", async () => {
  const { node, person } = await firstLead();
  await page.goto(at(`/graph?open=${encodeURIComponent(`${node},${person}`)}`));
  await nodes().first().waitFor();
  const saved = async (name: string) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
    return readFileSync(await download.path());
  };
  const svg = (await saved("Save as SVG")).toString("utf8");
  expect(svg).toContain("People are references");
  expect(svg.match(/<circle/g)?.length).toBe(await nodes().count());
  expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toContain("://");
  const png = await saved("Save as PNG");
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  expect(png.length).toBeGreaterThan(20_000);
});

test("time: lanes of an account, a person and payments; zoom until events stand one by one", async () => {
  const { node, person } = await firstLead();
  const seed = (await api<{ seeds: { node: Node; is_service: boolean }[] }>("/money")).seeds.find((s) => !s.is_service)?.node.id ?? "";
  await page.goto(at(`/time?nodes=${encodeURIComponent([node, person, seed].join(","))}`));
  await page.locator(".time-labels > li").first().waitFor();
  const answer = await api<{ lanes: { lane: string; events: number; counts: number[]; singles: object[] | null }[] }>(`/time?nodes=${encodeURIComponent([node, person, seed].join(","))}`);
  expect(await page.locator(".time-labels > li").count()).toBe(answer.lanes.length);
  for (const lane of ["session", "report", "paid_in"]) expect(answer.lanes.map((l) => l.lane)).toContain(lane);
  for (const lane of answer.lanes) {
    expect(lane.counts.reduce((sum, n) => sum + n, 0)).toBe(lane.events);
    expect(lane.counts.length).toBeLessThanOrEqual(242);
  }
  await page.locator(".time-axis").nth(1).waitFor();
  expect(await page.locator(".time-zone").allTextContents()).toEqual(["UTC", "Europe/Rome"]);
  await shot("time");
  await page.locator(".time-lanes").focus();
  for (let i = 0; i < 4; i += 1) await page.keyboard.press("+");
  await expect.poll(() => page.url()).toContain("from=");
  await page.locator(".event-table tbody tr").first().waitFor();
  const [utc, local] = await page.locator(".event-table tbody tr").first().locator(".when").allTextContents();
  expect(local).not.toBe(utc);
  await shot("time-near");
  const near = page.url();
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => page.url()).not.toBe(near);
  await page.keyboard.press("Home");
  await expect.poll(() => page.url()).not.toContain("from=");
});

test("time: messages and trips have lanes beside log-ins", async () => {
  const { node } = await firstLead();
  const asked = [node, "account:chat:grey", "account:chat:brown", "person:P1"].join(",");
  await page.goto(at(`/time?nodes=${encodeURIComponent(asked)}`));
  await page.locator(".time-labels > li").first().waitFor();
  const { lanes } = await api<{ lanes: { lane: string; events: number; node: Node }[] }>(`/time?nodes=${encodeURIComponent(asked)}`);
  const events = (id: string, lane: string) => lanes.find((l) => l.node.id === id && l.lane === lane)?.events;
  expect(events(node, "session")).toBeGreaterThan(0);
  expect([events("account:chat:grey", "message_out"), events("account:chat:grey", "message_in"), events("account:chat:brown", "message_in"), events("person:P1", "trip")]).toEqual([2, 1, 1, 1]);
  const labels = await page.locator(".time-labels").textContent();
  for (const word of ["log-ins", "messages out", "messages in", "trips"]) expect(labels).toContain(word);
  const table = page.locator(".event-table");
  await table.getByText("FCO - MNL").waitFor();
  // That they wrote and travelled, and never the document that one travelled with.
  expect(await page.locator("main").textContent()).not.toContain("YA1234567");
  const row = table.locator("tbody tr", { hasText: "FCO - MNL" });
  await row.click();
  await expect.poll(() => page.url()).toContain("event=");
  await page.reload();
  await table.locator("tr.is-selected", { hasText: "FCO - MNL" }).waitFor();
  await shot("time-contacts");
});

test("money: flows to a seed, sums as they are, each pattern beside its innocent explanation", async () => {
  await page.goto(at("/money"));
  await page.locator(".flow-band").first().waitFor();
  const { seeds } = await api<{ seeds: { node: Node; is_service: boolean }[] }>("/money");
  const seed = seeds.find((s) => !s.is_service)?.node.id ?? "";
  const flow = await api<{ direct: { amount: string; currency: string }[]; patterns: { items: { finding: string; innocent: string }[] }[] }>(`/money/flow?seed=${encodeURIComponent(seed)}`);
  expect(flow.direct.length).toBeGreaterThan(0);
  const table = await page.locator("table").first().textContent();
  for (const row of flow.direct) expect(table).toContain(sum(row.amount, row.currency, "en-GB"));
  const items = flow.patterns.flatMap((p) => p.items);
  expect(items.length).toBeGreaterThan(0);
  for (const item of items) expect(item.innocent).not.toBe("");
  expect(await page.locator(".innocent").count()).toBe(items.length);
  expect(await page.locator("main").textContent()).toContain("recipient, may be a victim");
  expect(await page.locator("main").textContent()).not.toMatch(/suspect|offender(?!\.|;)/i);
  await shot("money");
});

test("money: what is said of an account opens down to its sealed bytes, and nobody is named", async () => {
  await page.goto(at("/money"));
  const card = page.locator(".pattern-card", { has: page.locator(".pattern-table") }).first();
  await card.getByRole("button", { name: /^Records/ }).click();
  await card.locator(".record").first().waitFor();
  const lead = new URL(page.url()).searchParams.get("records") ?? "";
  const proof = await proofOf(lead);
  expect(proof.lead_ref).toBe(lead);
  expect(await card.locator(".payment-proof section").count()).toBe(proof.items.length);
  const shown = proof.items.flatMap((item) => item.shown);
  expect(compareWithSealed(world.caseFolder, shown)).toBeGreaterThan(5);
  for (const item of proof.items) expect(item.shown.length).toBe(Math.min(item.records, 3));
  const known = new Set(shown.flatMap((record) => record.values.map((value) => value.bytes)));
  const marks = await card.locator(".strip mark").allTextContents();
  expect(marks.length).toBeGreaterThan(0);
  for (const mark of marks) expect(known).toContain(mark);
  expect(await card.locator(".masked-bytes").count()).toBeGreaterThan(0);
  await shot("money-records");
  // The same address shows the same records again.
  await page.reload();
  await page.locator(".payment-proof .record").first().waitFor();
  await page.getByRole("button", { name: /^Close the records/ }).click();
  await expect.poll(() => page.url()).not.toContain("records=");
  await expect.poll(() => page.locator(".record").count()).toBe(0);
});

test("overview: recipients who may be victims stand with the children", async () => {
  await page.goto(at("/overview"));
  const { leads } = await api<{ leads: { outcome: string; count: number }[] }>("/money");
  const count = leads.filter((l) => l.outcome === "may_be_victim").reduce((sum, l) => sum + l.count, 0);
  expect(count).toBeGreaterThan(0);
  const victims = page.locator("section", { has: page.getByRole("heading", { name: "Children first" }) }).locator(".victims");
  expect(await victims.textContent()).toMatch(new RegExp(`^${count.toLocaleString("en")} recipients? of payments may be`));
  await victims.getByRole("link", { name: "Money" }).click();
  await page.getByRole("heading", { level: 1, name: "Money" }).waitFor();
});

const proofOf = (lead: string) => api<{ lead_ref: string; items: { records: number; shown: Shown[] }[] }>(`/money/leads/${lead}/proof`);

/** A lead from payments that the page of money shows first. */
async function paymentLead(): Promise<string> {
  const { seeds } = await api<{ seeds: { node: Node; is_service: boolean }[] }>("/money");
  const seed = seeds.find((s) => !s.is_service)?.node.id ?? "";
  const { patterns } = await api<{ patterns: { lead_ref: string; items: object[] }[] }>(`/money/flow?seed=${encodeURIComponent(seed)}`);
  return patterns.find((p) => p.items.length > 0)?.lead_ref ?? "";
}

test("map: what the records place, and what they do not", async () => {
  await page.goto(at("/map"));
  await page.locator(".map-world svg").waitFor();
  const map = await api<{ lines: { municipality_code: string | null }[]; corridors: { from: string | null; to: string | null }[] }>("/map");
  const towns = new Set(map.lines.flatMap((l) => l.municipality_code ?? []));
  expect(towns.size).toBeGreaterThan(5);
  // The names of the municipalities come with the page, a moment after it.
  await page.locator(".map-italy table").getByText("Roma", { exact: false }).first().waitFor();
  expect(await page.locator(".map-italy .map-dot").count()).toBe(towns.size);
  const countries = new Set(map.corridors.flatMap((c) => [c.from, c.to]).filter((c) => c !== null));
  expect(await page.locator(".map-world .map-dot").count()).toBe(countries.size);
  await shot("map");
});

interface Violation { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }

async function violations(): Promise<string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate("axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations)");
  return (found as Violation[])
    .filter((v) => ["serious", "critical", "moderate"].includes(v.impact))
    .map((v) => `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => `${n.target.join(" ")}: ${n.failureSummary}`).join("; ")}`);
}

test("every picture page is accessible, in both languages and themes", async () => {
  const { node, person } = await firstLead();
  const open = encodeURIComponent(`${node},${person}`);
  const pages: [string, string][] = [
    [`/graph?open=${open}&node=${encodeURIComponent(person)}`, ".graph-node"],
    [`/time?nodes=${open}`, ".time-labels > li"],
    [`/time?nodes=${encodeURIComponent("account:chat:grey,person:P1")}`, ".time-labels > li"],
    ["/money", ".flow-band"],
    [`/money?records=${await paymentLead()}`, ".payment-proof .record"],
    ["/map", ".map-world svg"],
  ];
  for (const lang of ["en", "it"]) {
    for (const theme of ["light", "dark"]) {
      for (const [path, there] of pages) {
        await page.goto(at(`${path}${path.includes("?") ? "&" : "?"}lang=${lang}&theme=${theme}`));
        await page.locator(there).first().waitFor({ state: "attached" });
        await page.waitForLoadState("networkidle");
        expect(await violations(), `${path} ${lang} ${theme}`).toEqual([]);
        await shot(`${lang}-${theme}-${path.split(/[/?]/)[1]}`);
      }
    }
  }
  await page.goto(at("/graph?lang=en&theme=light"));
}, 240_000);

test("nothing was asked of any other place, and nothing went wrong unseen", () => {
  expect(asked.length).toBeGreaterThan(20);
  expect(asked.filter((url) => !url.startsWith(`${world.origin}/`) && !url.startsWith(`blob:${world.origin}/`))).toEqual([]);
  expect(errors).toEqual([]);
});
