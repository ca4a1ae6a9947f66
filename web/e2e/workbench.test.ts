// What an investigator does, in a real browser against the real binary.

import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { settled, violations } from "./axe";
import { type District, browser, district } from "./district";
import { type Shown, compareWithSealed } from "./sealed";

const SHOTS = process.env["SHOTS"];

let world: District;
let chrome: Browser;
let context: BrowserContext;
let page: Page;
/** Every address that a page asked for. */
const asked: string[] = [];
const errors: string[] = [];

beforeAll(async () => {
  [world, chrome] = await Promise.all([district(), browser()]);
  context = await chrome.newContext({ viewport: { width: 1440, height: 1000 }, locale: "en-GB", colorScheme: "light" });
  context.on("request", (r) => asked.push(r.url()));
  page = await context.newPage();
  page.on("console", (message) => { if (message.type() === "error") errors.push(message.text()); });
  page.on("pageerror", (error) => errors.push(String(error)));
});

afterAll(async () => {
  await chrome?.close();
  await world?.stop();
});

async function shot(name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}

const at = (path: string) => `${world.origin}/case/case${path}`;
const rows = () => page.locator(".leads-table tbody tr");

test("sign in: the link works once, and nothing is shown without it", async () => {
  await page.goto(at("/leads"));
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(await page.locator(".leads-table").count()).toBe(0);
  const link = world.link();
  await page.goto(link);
  await page.getByRole("heading", { name: "Leads" }).waitFor();
  expect(page.url()).toBe(at("/leads"));
  const cookies = await context.cookies();
  expect(cookies.map((c) => [c.httpOnly, c.sameSite])).toEqual([[true, "Strict"]]);

  const stranger = await chrome.newContext();
  const other = await stranger.newPage();
  await other.goto(link);
  await other.getByRole("alert").waitFor();
  expect(await other.getByRole("heading", { name: "Leads" }).count()).toBe(0);
  expect(other.url()).not.toContain("#");
  await stranger.close();
  // The refused sign-ins above are the only errors that a console may show.
  errors.length = 0;
});

test("another name for this machine is not answered", async () => {
  const { port } = new URL(world.origin);
  const status = await new Promise<number>((done, fail) => {
    const headers = { host: "attacker.example.org" };
    request({ port, host: "127.0.0.1", path: "/", headers }, (answer) => done(answer.statusCode ?? 0)).on("error", fail).end();
  });
  expect(status).toBe(421);
});

test("find the most urgent lead, by filters and by keys", async () => {
  await page.goto(at("/leads"));
  await rows().first().waitFor();
  const dates = await rows().locator("td:nth-child(2) .under").allTextContents();
  const times = dates.map((text) => Date.parse(text.replace("reported ", "")));
  expect(times.length).toBe(25);
  expect(times).toEqual([...times].sort((a, b) => b - a));
  await shot("leads");

  await page.getByRole("button", { name: /^Supported/ }).click();
  await expect.poll(() => page.url()).toContain("outcome=supported");
  await expect.poll(async () => new Set(await rows().locator(".outcome").allTextContents())).toEqual(new Set(["Supported"]));
  const leads = JSON.parse((await api("/leads?outcome=supported")).text) as { leads: { lead_ref: string }[]; total: number };
  expect(await rows().count()).toBe(leads.total);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1 }).waitFor();
  expect(page.url()).toBe(at(`/leads/${leads.leads[0]?.lead_ref}`));
  await page.goBack();
  await expect.poll(() => page.url()).toContain("outcome=supported");
  await rows().first().waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("no such account");
  await page.keyboard.press("Enter");
  await page.getByText("No lead passes these filters.").waitFor();
});

async function api(path: string): Promise<{ status: number; text: string }> {
  const answer = await context.request.get(`${world.origin}/api/v1/cases/case${path}`);
  return { status: answer.status(), text: await answer.text() };
}

interface ListedLead { lead_ref: string; attribution: { status: string } }

async function leadsBy(query: string): Promise<ListedLead[]> {
  return (JSON.parse((await api(`/leads?${query}`)).text) as { leads: ListedLead[] }).leads;
}

async function open(lead: string | undefined): Promise<void> {
  await page.goto(at(`/leads/${lead}`));
  await page.getByRole("heading", { level: 2, name: /^Against/ }).waitFor();
}

test("read what speaks against a lead, before what speaks for it", async () => {
  const lead = (await leadsBy("outcome=supported"))[0]?.lead_ref;
  await open(lead);
  const headings = await page.locator(".lead-main h2").allTextContents();
  expect(headings[0]).toMatch(/^Against/);
  expect(headings[1]).toMatch(/^For/);
  const { lead: found } = JSON.parse((await api(`/leads/${lead}`)).text) as { lead: { against: { statement: string }[]; hypotheses: object[]; next_step: string } };
  expect(await page.locator(".evidence-against .statement").allTextContents()).toEqual(found.against.map((e) => e.statement));
  expect(found.against.length).toBeGreaterThan(0);
  expect(await page.locator(".hypotheses tbody tr").count()).toBe(8);
  expect(await page.locator(".next-step").textContent()).toBe(found.next_step);
});

test("follow a proof to its bytes in the sealed file", async () => {
  const lead = (await leadsBy("outcome=supported"))[0]?.lead_ref;
  await open(lead);
  await page.locator(".evidence-for .disclose").first().click();
  await page.locator(".record").first().waitFor();
  expect(page.url()).toContain("item=");
  await shot("proof");
  const proof = JSON.parse((await api(`/leads/${lead}/proof`)).text) as { items: { shown: Shown[] }[] };
  expect(compareWithSealed(world.caseFolder, proof.items.flatMap((item) => item.shown))).toBeGreaterThan(10);
  const marks = await page.locator(".strip mark").allTextContents();
  const known = new Set(proof.items.flatMap((i) => i.shown.flatMap((r) => r.values.map((v) => v.bytes))));
  expect(marks.length).toBeGreaterThan(0);
  for (const mark of marks) expect(known).toContain(mark);
  // The same address shows the same proof again.
  await page.reload();
  await page.locator(".record").first().waitFor();
});

test("sign the gates in their order, with a reason", async () => {
  const lead = (await leadsBy("outcome=supported"))[0]?.lead_ref;
  await open(lead);
  const gate = (n: number) => page.locator(".gate").nth(n);
  expect(await gate(1).getByRole("button", { name: "Sign Gate 2" }).count()).toBe(0);
  await gate(0).getByRole("button", { name: "Sign Gate 1" }).click();
  const submit = gate(0).locator("button[type=submit]");
  expect(await submit.isDisabled()).toBe(true);
  await gate(0).getByLabel("Reason").fill("Read all of it; nothing against the line.");
  await submit.click();
  await gate(0).getByText("Signed. The decision is in the custody log.").waitFor();
  await gate(1).getByRole("button", { name: "Sign Gate 2" }).click();
  await gate(1).getByLabel("Reason").fill("Device and register agree.");
  await gate(1).locator("button[type=submit]").click();
  await gate(1).getByText("Signed. The decision is in the custody log.").waitFor();
  await shot("signed");
  await page.goto(at("/leads?signing=signed"));
  await rows().first().waitFor();
  expect(await rows().count()).toBe(1);
});

test("refuse a lead with a reason; what the evidence does not pass cannot be signed", async () => {
  const insufficient = (await leadsBy("outcome=insufficient")).find((l) => l.attribution.status === "open");
  await open(insufficient?.lead_ref);
  const gate = page.locator(".gate").nth(1);
  expect(await gate.getByRole("button", { name: /^Sign/ }).count()).toBe(0);
  await gate.getByRole("button", { name: "Refuse Gate 2" }).click();
  await gate.getByLabel("Reason").fill("..");
  await gate.locator("button[type=submit]").click();
  await gate.getByRole("alert").waitFor();
  await gate.getByLabel("Reason").fill("Nothing but a shared address.");
  await gate.locator("button[type=submit]").click();
  await gate.getByText("Refused. The decision is in the custody log.").waitFor();
  expect(await gate.locator(".decision").textContent()).toContain("Nothing but a shared address.");
  // A reason without words, refused by the server, is the only error of the console.
  expect(errors.filter((e) => !e.includes("422"))).toEqual([]);
  errors.length = 0;
});

test("names are shown for a reason, to one browser, and masked again", async () => {
  const [first, second] = await leadsBy("outcome=supported");
  await open(first?.lead_ref);
  expect(await page.locator(".revealed-name").count()).toBe(0);
  await page.getByRole("button", { name: "Show names" }).click();
  await page.locator(".people").getByLabel("Reason").fill("To draft the request to the registers.");
  await page.getByRole("button", { name: "Log the reason and show" }).click();
  await page.locator(".revealed-name").first().waitFor();
  expect((await page.locator(".revealed-name").first().textContent())?.split(" ").length).toBeGreaterThan(1);
  expect(await revealed(first?.lead_ref)).toEqual([true, true]);
  expect(await revealed(second?.lead_ref)).toEqual([false, false]);
  await page.getByRole("button", { name: "Mask again" }).click();
  await page.getByRole("button", { name: "Show names" }).waitFor();
  expect(await revealed(first?.lead_ref)).toEqual([false, false]);
});

async function revealed(lead: string | undefined): Promise<boolean[]> {
  const shown = JSON.parse((await api(`/leads/${lead}`)).text) as { revealed: boolean; names: Record<string, string> };
  const proof = JSON.parse((await api(`/leads/${lead}/proof`)).text) as { unmasked: boolean };
  expect(Object.keys(shown.names).length > 0).toBe(shown.revealed);
  return [shown.revealed, proof.unmasked];
}

test("make the dossier and the defence bundle, and export the lead", async () => {
  const lead = (await leadsBy("outcome=supported"))[0]?.lead_ref ?? "";
  await open(lead);
  const card = page.locator(".dossier");
  const make = async () => {
    const [download] = await Promise.all([page.waitForEvent("download"), card.getByRole("button", { name: "Make it" }).click()]);
    await card.getByText(`${download.suggestedFilename()} was made and logged.`).waitFor();
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  };
  const english = await make();
  expect(english.name).toBe(`dossier-${lead}-en.pdf`);
  expect(english.bytes.subarray(0, 5).toString("latin1")).toBe("%PDF-");
  expect(english.bytes.length).toBeGreaterThan(50_000);
  await card.getByLabel("Language").selectOption("it");
  const italian = await make();
  expect(italian.bytes.equals(english.bytes)).toBe(false);
  await shot("dossier");
  await card.getByLabel("What").selectOption("bundle");
  const bundle = await make();
  expect([bundle.name, bundle.bytes.subarray(0, 2).toString("latin1")]).toEqual([`defence-${lead}.zip`, "PK"]);
  await card.getByLabel("What").selectOption("i2");
  expect((await make()).name).toBe("leads-i2.zip");
  await card.getByLabel("What").selectOption("pdf");
  await card.getByLabel("Name people and show personal data").check();
  expect(await card.getByRole("button", { name: "Make it" }).isDisabled()).toBe(true);
  await card.getByLabel("Reason").fill("For the hearing on Monday.");
  await make();
  await card.getByText(/people named/).waitFor();
  const { dossiers } = JSON.parse((await api(`/leads/${lead}/dossier`)).text) as { dossiers: { form: string; unmasked: boolean }[] };
  expect(dossiers.slice(-4).map((d) => [d.form, d.unmasked])).toEqual([["pdf", false], ["pdf", false], ["bundle", false], ["pdf", true]]);
});

test("sources: an issue by its shape, and the whole case verified", async () => {
  await page.goto(at("/sources"));
  await page.getByLabel("Only with issues").click();
  await page.getByRole("button", { name: /^Issues \(\d+\) session.csv/ }).click();
  await page.locator(".issues tbody tr").first().waitFor();
  expect(await page.locator(".issues").textContent()).toContain("account_ref");
  await page.getByRole("button", { name: "Verify now" }).click();
  await page.getByText("The case is whole.").waitFor();
  await shot("sources");
});

test("method: the text of a step as it ran, with its parameters", async () => {
  await page.goto(at("/method?step=resolve_sessions"));
  await page.getByText("known_account").first().click();
  const text = world.tutela("steps", "--sql");
  const shown = await page.locator(".sql").first().textContent();
  expect(text).toContain(shown?.trim().split("\n")[0]);
  expect(await page.locator(".step").textContent()).toContain("clock_error_default_s");
  // The stage that was opened is in the address.
  await expect.poll(() => page.url()).toContain("stages=known_account");
  expect(await page.locator(".calibration .plots figure > svg").count()).toBe(4);
  await shot("method");
});

test("overview: children first, the funnel, and what waits", async () => {
  await page.goto(at("/overview"));
  await page.getByText("Where decisions on leads stand").waitFor();
  const { funnel } = JSON.parse((await api("/overview")).text) as { funnel: { connections: number } };
  expect(await page.locator(".funnel-number").first().textContent()).toBe(funnel.connections.toLocaleString("en-GB"));
  const card = (name: string) => page.locator("section", { has: page.getByRole("heading", { name }) });
  // What a child may need now stands before all figures.
  expect(await page.locator(".overview h2").first().textContent()).toBe("Children first");
  await card("Children first").locator("tbody tr").first().waitFor();
  const urgent = JSON.parse((await api("/leads?order=urgency&per_page=5")).text) as { leads: { account_ref: string }[] };
  expect(await card("Children first").locator("tbody th a").allTextContents()).toEqual(urgent.leads.map((l) => l.account_ref));
  await card("Retention that runs out").getByRole("link", { name: "Plan" }).waitFor();
  await shot("overview");
});

test("every page is accessible, in both languages and themes", async () => {
  const lead = (await leadsBy("outcome=supported"))[0]?.lead_ref;
  const item = encodeURIComponent((JSON.parse((await api(`/leads/${lead}`)).text) as { lead: { for: { evidence_ref: string }[] } }).lead.for[0]?.evidence_ref ?? "");
  const pages = ["/leads", `/leads/${lead}?item=${item}`, "/overview", "/sources?only_issues=true", "/method"];
  for (const lang of ["en", "it"]) {
    for (const theme of ["light", "dark"]) {
      for (const path of pages) {
        await page.goto(at(`${path}${path.includes("?") ? "&" : "?"}lang=${lang}&theme=${theme}`));
        await settled(page);
        if (path.includes("item=")) await page.locator(".record").first().waitFor();
        expect(await page.locator("html").getAttribute("lang")).toBe(lang);
        expect(await violations(page), `${path} ${lang} ${theme}`).toEqual([]);
        await shot(`${lang}-${theme}-${path.split(/[/?]/)[1]}${path.includes("item") ? "-one" : ""}`);
      }
    }
  }
  await page.goto(at("/leads?lang=en&theme=light"));
});

test("nothing was asked of any other place, and nothing went wrong unseen", async () => {
  expect(asked.length).toBeGreaterThan(20);
  // A file that is saved comes from the page's own memory.
  expect(asked.filter((url) => !url.replace(/^blob:/, "").startsWith(`${world.origin}/`))).toEqual([]);
  expect(errors).toEqual([]);
});

test("sign out, and the decisions are in the case for everybody", async () => {
  await page.goto(at("/leads"));
  const lead = (await leadsBy("signing=signed"))[0]?.lead_ref ?? "";
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect((await api("/leads")).status).toBe(401);
  await chrome.close();
  const { caseFolder, tutela } = world;
  await world.end();
  expect(tutela("explain", caseFolder, lead)).toContain("Read all of it; nothing against the line.");
  expect(tutela("custody", "verify", caseFolder)).not.toBe("");
});
