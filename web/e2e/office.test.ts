// What the people of an office do, each in a browser of their own, against the real binary.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { settled, violations } from "./axe";
import { VERIFY, browser } from "./district";
import { AS_OF, type Office, PASSWORD, type PersonName, office } from "./office";

const SHOTS = process.env["SHOTS"];

let world: Office;
let chrome: Browser;
let anna: Page;
let bruno: Page;
/** Every address that a page asked for. */
const asked: string[] = [];

beforeAll(async () => {
  [world, chrome] = await Promise.all([office(), browser()]);
  anna = await enter("Anna Prova");
  bruno = await enter("Bruno Prova");
}, 240_000);

afterAll(async () => {
  await chrome?.close();
  await world?.stop();
});

async function newPage(): Promise<Page> {
  const context: BrowserContext = await chrome.newContext({ viewport: { width: 1440, height: 1000 }, locale: "en-GB", colorScheme: "light", acceptDownloads: true });
  context.on("request", (r) => asked.push(r.url()));
  return context.newPage();
}

async function fill(page: Page, name: string, password: string): Promise<void> {
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

async function enter(name: PersonName): Promise<Page> {
  const page = await newPage();
  await page.goto(`${world.origin}/`);
  await fill(page, name, PASSWORD);
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
  return page;
}

async function shot(page: Page, name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: join(SHOTS, `office-${name}.png`), fullPage: true });
}

const at = (path: string) => `${world.origin}/case${path}`;

async function api<T>(page: Page, path: string): Promise<{ status: number; value: T }> {
  const answer = await page.context().request.get(`${world.origin}/api/v1${path}`);
  return { status: answer.status(), value: (await answer.json()) as T };
}

/** Saves the file that a link or a button gives. */
async function saved(page: Page, from: Locator): Promise<{ path: string; text: string }> {
  const [download] = await Promise.all([page.waitForEvent("download"), from.click()]);
  const folder = join(world.folder, "saved");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  return { path, text: readFileSync(path, "utf8") };
}

interface Listed { leads: { lead_ref: string }[]; total: number }

test("sign in: with a password, and not with a wrong one", async () => {
  const page = await newPage();
  await page.goto(at("/district/leads"));
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByLabel("Password", { exact: true }).waitFor();
  expect(await page.getByLabel("Sign-in token").count()).toBe(0);
  await shot(page, "sign-in");
  await fill(page, "Anna Prova", "wrong password");
  await page.getByRole("alert").getByText("Wrong name or password.").waitFor();
  await shot(page, "sign-in-refused");
  await fill(page, "Anna Prova", PASSWORD);
  await page.getByRole("heading", { name: "Leads" }).waitFor();
  expect(await page.locator(".who").textContent()).toContain("prosecutor");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect((await api(page, "/cases/district/leads")).status).toBe(401);
  await page.context().close();
});

test("the defence sees leads, and no more than that", async () => {
  const carla = await enter("Carla Prova");
  await carla.goto(at("/district/leads"));
  await carla.locator(".leads-table tbody tr").first().waitFor();
  const pages = await carla.getByRole("navigation", { name: "Pages" }).getByRole("link").allTextContents();
  expect(pages).toContain("Sources and custody");
  await carla.locator(".leads-table tbody a").first().click();
  await carla.locator(".gate").first().getByText("As defence you may not decide on gate 1.").waitFor();
  await carla.getByText("As defence you may not see names and personal data.").waitFor();
  expect(await carla.getByRole("button", { name: /^(Sign|Refuse) Gate/ }).count()).toBe(0);
  const { status, value } = await api<{ code: string }>(carla, "/cases/district/sources");
  expect([status, value.code]).toEqual([403, "not_allowed"]);
  await shot(carla, "defence");
  // It keeps checkpoints and proves growth; of the sources and acts the page only says why they are not shown.
  await carla.goto(at("/district/sources"));
  await carla.getByText("As defence you may not see sources and issues.").waitFor();
  await carla.getByText("As defence you may not read the custody log.").waitFor();
  await carla.getByRole("button", { name: "Save the proof" }).waitFor();
  expect(await carla.locator(".acts-table, .sources-table, .log-key").count()).toBe(0);
  expect(await violations(carla)).toEqual([]);
  expect((await saved(carla, carla.getByRole("link", { name: "Save the newest checkpoint" }))).text).toContain("\n\n— ");
  await shot(carla, "defence-custody");
  await carla.context().close();
});

test("what one signs another sees without reloading, with the name of who did it", async () => {
  const { value } = await api<Listed>(anna, "/cases/district/leads?outcome=supported");
  const lead = value.leads[0]?.lead_ref ?? "";
  for (const page of [anna, bruno]) {
    await page.goto(at(`/district/leads/${lead}`));
    await page.locator(".gate").first().waitFor();
  }
  const first = (page: Page) => page.locator(".gate").first();
  // Bruno is about to decide while Anna does.
  await first(anna).getByRole("button", { name: "Sign Gate 1" }).click();
  await first(anna).getByLabel("Reason").fill("Three leases compared with the replies.");
  await first(anna).locator("button[type=submit]").click();
  await first(bruno).locator(".decision").getByText("Three leases compared with the replies.").waitFor();
  expect(await first(bruno).locator(".decision footer").textContent()).toContain("by Anna Prova");
  await bruno.locator(".notices").getByText("Anna Prova").waitFor();
  await shot(bruno, "seen");
});

test("a search that found nothing is shown with the lead before anything else", async () => {
  await bruno.goto(at(`/district/leads/${world.searched}`));
  const alarm = bruno.locator(".lead-head .alarm");
  await alarm.getByText(/^Alarm\. A search at line .+ found nothing\..+the operator follows the wire\.$/).waitFor();
  expect(await violations(bruno)).toEqual([]);
  await shot(bruno, "alarm");
  await bruno.goto(at(`/district/leads/${world.searched}?lang=it`));
  await alarm.getByText("Una perquisizione presso la linea").waitFor();
  await bruno.goto(at(`/district/leads/${world.searched}?lang=en`));
});

test("refute a lead with a reason, which a colleague sees, and take it back", async () => {
  const { value } = await api<Listed>(bruno, "/cases/district/leads?outcome=supported");
  const lead = value.leads.at(-1)?.lead_ref ?? "";
  for (const page of [anna, bruno]) {
    await page.goto(at(`/district/leads/${lead}`));
    await page.locator(".judgements").waitFor();
  }
  const card = bruno.locator(".judgements");
  await card.getByRole("button", { name: "Refute" }).click();
  await card.getByLabel("Reason").fill("The tablet had been lent for the whole month.");
  await card.locator("button[type=submit]").click();
  await card.getByText("The judgement is in the custody log.").waitFor();
  await anna.locator(".judgements .decision").getByText("The tablet had been lent for the whole month.").waitFor();
  // What is refuted is not confirmed at once.
  expect(await card.getByRole("button", { name: "Confirm" }).count()).toBe(0);
  await shot(bruno, "refuted");
  await anna.locator(".judgements").getByRole("button", { name: /^Take back/ }).click();
  await anna.locator(".judgements").getByLabel("Reason").fill("The loan ended before the log-ins.");
  await anna.locator(".judgements button[type=submit]").click();
  await card.getByText("taken back by Anna Prova: The loan ended before the log-ins.").waitFor();
});

interface Found { lead: { against: { statement: string }[]; for: { statement: string }[] } }

test("split a lead into two people with a reason, which a colleague sees, and take it back", async () => {
  const { value } = await api<Listed>(bruno, "/cases/district/leads?outcome=supported");
  const lead = value.leads.at(-1)?.lead_ref ?? "";
  const { value: { lead: found } } = await api<Found>(bruno, `/cases/district/leads/${lead}`);
  const items = [...found.against, ...found.for];
  for (const page of [anna, bruno]) {
    await page.goto(at(`/district/leads/${lead}`));
    await page.locator(".judgements").waitFor();
  }
  const card = bruno.locator(".judgements");
  await card.getByRole("button", { name: "Split", exact: true }).click();
  const submit = card.locator("button[type=submit]");
  const part = (n: number) => card.getByRole("group", { name: `Part ${n}`, exact: true });
  await card.getByLabel("Reason", { exact: true }).fill("Two log in by turns, on two telephones.");
  await part(2).getByLabel("Called").fill("A");
  await card.getByText("Two parts have the same name.").waitFor();
  expect(await submit.isDisabled()).toBe(true);
  await part(2).getByLabel("Called").fill("the tenant");
  await part(1).getByLabel("Person").selectOption({ index: 1 });
  await card.getByRole("button", { name: "Add a part" }).click();
  await part(3).waitFor();
  await card.getByRole("button", { name: "Remove B" }).click();
  const whose = card.locator(".split-items select");
  expect(await whose.count()).toBe(items.length);
  await whose.first().selectOption({ label: "A" });
  await whose.last().selectOption({ label: "the tenant" });
  await shot(bruno, "splitting");
  await submit.click();
  await card.getByText("The judgement is in the custody log.").waitFor();
  const parts = anna.locator(".judgements .split-parts > div");
  await parts.nth(1).waitFor();
  expect(await parts.nth(0).locator("li").allTextContents()).toEqual([items[0]?.statement]);
  expect(await parts.nth(1).locator("dt strong").textContent()).toBe("the tenant");
  expect(await parts.nth(1).locator("li").allTextContents()).toEqual([items.at(-1)?.statement]);
  // What is split is neither confirmed nor merged.
  expect(await card.getByRole("button", { name: /^(Confirm|Refute|Split|Merge)/ }).count()).toBe(0);
  await shot(bruno, "split");
  await card.getByRole("button", { name: /^Take back/ }).click();
  await card.getByLabel("Reason", { exact: true }).fill("The second telephone was a tablet of the first.");
  await submit.click();
  await card.getByText("taken back by Bruno Prova: The second telephone was a tablet of the first.").waitFor();
  await card.getByRole("button", { name: "Split", exact: true }).waitFor();
});

test("merge two leads, and see it on both", async () => {
  const { value } = await api<Listed>(bruno, "/cases/district/leads?order=account");
  const [one, two] = value.leads.map((l) => l.lead_ref);
  await bruno.goto(at(`/district/leads/${one}`));
  await anna.goto(at(`/district/leads/${two}`));
  await anna.locator(".judgements").waitFor();
  const card = bruno.locator(".judgements");
  const merge = async (reason: string) => {
    await card.getByRole("button", { name: "Merge", exact: true }).click();
    await card.getByLabel("Reason", { exact: true }).fill(reason);
    expect(await card.locator("button[type=submit]").isDisabled()).toBe(true);
    const search = card.getByLabel("Find a lead by reference or account");
    // The lead itself is not offered, and Enter looks up and sends nothing.
    await search.fill(one ?? "");
    await search.press("Enter");
    await card.getByText("No other lead is found by that.").waitFor();
    await search.fill(two ?? "");
    await search.press("Enter");
    await card.locator(".merge-search li button").click();
    await card.locator(".merge-others li .outcome").waitFor();
    await card.locator("button[type=submit]").click();
  };
  await merge("One device, and one e-mail address stated by both.");
  await card.getByText("The judgement is in the custody log.").waitFor();
  expect(await card.locator(".merged a").getAttribute("href")).toContain(`/leads/${two}`);
  const other = anna.locator(".judgements");
  await other.getByText("One device, and one e-mail address stated by both.").waitFor();
  expect(await other.locator(".merged a").getAttribute("href")).toContain(`/leads/${one}`);
  expect(await other.getByRole("button", { name: "Split", exact: true }).count()).toBe(0);
  await shot(anna, "merged");
  // The same leads are not merged twice.
  await merge("Again.");
  await card.getByRole("alert").getByText(/stands; nothing is overwritten/).waitFor();
  await card.getByRole("button", { name: "Cancel" }).click();
  await other.getByRole("button", { name: /^Take back/ }).click();
  await other.getByLabel("Reason", { exact: true }).fill("The e-mail address is a company's.");
  await other.locator("button[type=submit]").click();
  await card.getByText("taken back by Anna Prova: The e-mail address is a company's.").waitFor();
});

test("splitting and merging are accessible, in both languages and themes", async () => {
  const { value } = await api<Listed>(bruno, "/cases/district/leads?outcome=supported");
  const lead = value.leads.at(-1)?.lead_ref ?? "";
  const all = await api<Listed>(bruno, "/cases/district/leads");
  const other = all.value.leads.find((l) => l.lead_ref !== lead)?.lead_ref ?? "";
  const card = bruno.locator(".judgements");
  const press = (name: string) => card.getByRole("button", { name, exact: true }).click();
  for (const [lang, split, merge, lookUp, cancel] of [["en", "Split", "Merge", "Look up", "Cancel"], ["it", "Dividi", "Unisci", "Cerca", "Annulla"]] as const) {
    for (const theme of ["light", "dark"]) {
      await bruno.goto(at(`/district/leads/${lead}?lang=${lang}&theme=${theme}`));
      await settled(bruno);
      await press(split);
      await card.locator(".split-items").first().waitFor();
      expect(await violations(bruno), `split ${lang} ${theme}`).toEqual([]);
      await shot(bruno, `${lang}-${theme}-split`);
      await press(cancel);
      await press(merge);
      await card.locator(".merge-search input").fill(other);
      await press(lookUp);
      await card.locator(".merge-search li button").first().click();
      await card.locator(".merge-others li").first().waitFor();
      expect(await violations(bruno), `merge ${lang} ${theme}`).toEqual([]);
      await shot(bruno, `${lang}-${theme}-merge`);
    }
  }
  await bruno.goto(at(`/district/leads/${lead}?lang=en&theme=light`));
});

test("a file is taken in from the browser, and stands among the sources", async () => {
  const path = join(world.folder, "late.csv");
  writeFileSync(path, "platform,account_ref,at_utc,ip\nchatter,late1,2026-01-01T00:00:00Z,203.0.113.9\nchatter,late1,not a time,203.0.113.9\n");
  await bruno.goto(at("/district/sources"));
  const form = bruno.getByRole("form", { name: "Take files in" });
  await form.getByLabel("Files").setInputFiles(path);
  await form.getByLabel("Legal basis").selectOption("B1");
  await form.getByRole("button", { name: "Take in" }).click();
  await bruno.locator(".job-is-done").getByText(/2 rows, 1 in records, 1 refused/).waitFor();
  await bruno.locator(".sources-table").getByText("late.csv").waitFor();
  await shot(bruno, "intake");
  // Anna, who may not, is told why; she sees the job of the other.
  await anna.goto(at("/district/sources"));
  await anna.getByText("As prosecutor you may not take files in.").waitFor();
  await anna.locator(".job-is-done").getByText("Bruno Prova").waitFor();
});

const verify = (...args: string[]) => execFileSync(VERIFY, args, { encoding: "utf8" });

test("find an act in the custody log, and prove it without Tutela", async () => {
  await anna.goto(at("/district/sources"));
  const search = anna.getByRole("searchbox", { name: "Search act, subject or name" });
  await search.fill("run");
  await search.press("Enter");
  await expect.poll(() => anna.url()).toContain("acts_search=run");
  const act = anna.locator(".acts-table tbody tr", { has: anna.locator("code", { hasText: /^run$/ }) }).first();
  await act.getByText("analysis run").waitFor();
  const key = (await anna.locator(".log-key").textContent()) ?? "";
  const proof = await saved(anna, act.getByRole("link", { name: /^Proof/ }));
  expect(proof.text.split("\n")[0]).toBe("c2sp.org/tlog-proof@v1");
  expect(verify("item", proof.path, "--key", key)).toMatch(/^whole: entry \d+ of \d+ in the log [\s\S]+what {2}run\n/);
  await shot(anna, "acts");
});

test("keep a checkpoint, and prove later that the log has only grown", async () => {
  await anna.goto(at("/district/sources"));
  const key = (await anna.locator(".log-key").textContent()) ?? "";
  const kept = await saved(anna, anna.getByRole("link", { name: "Save the newest checkpoint" }));
  const newest = () => anna.locator(".acts-table tbody tr").first().textContent();
  const before = await newest();
  const { value } = await api<Listed>(anna, "/cases/district/leads?outcome=insufficient");
  const lead_ref = value.leads[0]?.lead_ref ?? "";
  const { value: { lead_digest } } = await api<{ lead_digest: string }>(anna, `/cases/district/leads/${lead_ref}`);
  const data = { lead_ref, lead_digest, kind: "set_aside", reason: "Nothing to ask for before the operators answer." };
  expect((await anna.context().request.post(`${world.origin}/api/v1/cases/district/judgements`, { data })).status()).toBe(200);
  // The new act appears by itself.
  await expect.poll(newest).not.toBe(before);
  expect(await newest()).toContain(`judgement${lead_ref}`);
  const form = anna.getByRole("form", { name: "Has the log only grown?" });
  const prove = form.getByRole("button", { name: "Save the proof" });
  await form.getByLabel("Checkpoint as a file").setInputFiles(kept.path);
  await expect.poll(() => form.getByLabel("or as text").inputValue()).toBe(kept.text);
  const growth = await saved(anna, prove);
  await form.getByText(/^The log has only grown since\./).waitFor();
  expect(verify("growth", kept.path, growth.path, "--key", key)).toContain("only adds to its first");
  // Pasted without its last line break it is the same; with another root it is no checkpoint of this log.
  await form.getByLabel("or as text").fill(kept.text.trim());
  expect((await saved(anna, prove)).text.split("\n")[0]).toBe(growth.text.split("\n")[0]);
  const root = kept.text.split("\n")[2] ?? "";
  await form.getByLabel("or as text").fill(kept.text.replace(root, `${root.startsWith("A") ? "B" : "A"}${root.slice(1)}`));
  await prove.click();
  await form.getByRole("alert").getByText(/^This cannot be proven:/).waitFor();
  await shot(anna, "growth");
});

test("lapse a basis, run anew, and see the leads change", async () => {
  const supported = async () => (await api<Listed>(bruno, "/cases/district/leads?outcome=supported")).value.total;
  const before = await supported();
  expect(before).toBeGreaterThan(0);
  await bruno.goto(at("/district/leads"));
  await bruno.locator(".leads-table tbody tr").first().waitFor();
  await anna.goto(at("/district/administration"));
  const basis = anna.locator(".basis-list > li", { hasText: "B2" });
  await basis.getByRole("button", { name: "Record that it no longer holds B2" }).click();
  await basis.getByLabel("Reason").fill("Tribunal, order 7.");
  await basis.getByRole("button", { name: "Log it" }).click();
  await basis.getByText(/lapsed: annulled by a court: Tribunal, order 7/).waitFor();
  await shot(anna, "lapsed");
  // From then on no lead that rests on it is shown, to anybody.
  await bruno.getByText(/legal basis no longer holds/).waitFor();
  await bruno.goto(at("/district/sources"));
  await bruno.getByRole("button", { name: "Run", exact: true }).click();
  await bruno.locator(".job-is-done", { hasText: "Analysis" }).getByText(/changed since the run before/).waitFor();
  expect(await supported()).toBeLessThan(before);
  await bruno.goto(at("/district/overview"));
  const changes = bruno.locator("section", { has: bruno.getByRole("heading", { name: "What changed since the run before" }) });
  await changes.locator("tbody tr").first().waitFor();
  await shot(bruno, "changed");
});

test("plan requests, write them, import a reply and find its mismatch", async () => {
  await bruno.goto(at("/asked/requests?view=plan"));
  await bruno.getByLabel("Counted from").fill(AS_OF);
  await bruno.getByLabel(/Address blocks/).setInputFiles(join(world.folder, "asked-world/address_blocks.csv"));
  await bruno.getByRole("button", { name: "Make the plan" }).click();
  await bruno.locator(".plan-table tbody tr").first().waitFor();
  await bruno.locator("section", { has: bruno.getByRole("heading", { name: "Not asked about, and why" }) }).locator("tbody tr").first().waitFor();
  await shot(bruno, "plan");
  const exporting = bruno.locator("section", { has: bruno.getByRole("heading", { name: "Write the requests" }) });
  await exporting.getByLabel("Legal basis").selectOption("B1");
  await exporting.getByRole("button", { name: "Write", exact: true }).click();
  const file = exporting.getByRole("button", { name: /-request\.csv$/ }).first();
  await file.waitFor();
  const [download] = await Promise.all([bruno.waitForEvent("download"), file.click()]);
  const requests = join(world.folder, "requests");
  mkdirSync(requests, { recursive: true });
  const path = join(requests, download.suggestedFilename());
  await download.saveAs(path);
  expect(readFileSync(path, "utf8").split("\n")[0]).toContain("request_ref");
  await shot(bruno, "written");

  // The operator answers, and looks one of them up an hour late.
  world.tutela("world", "answer", "asked-world", path, "--out", "replies", "--plant", "hour");
  const replies = readdirSync(join(world.folder, "replies")).filter((f) => f.endsWith(".csv")).map((f) => join(world.folder, "replies", f));
  await bruno.goto(at("/asked/requests"));
  const form = bruno.getByRole("form", { name: "Import a reply" });
  await form.getByLabel("Files").setInputFiles(replies);
  await form.getByLabel("Legal basis").selectOption("B1");
  await form.getByRole("button", { name: "Compare and take in" }).click();
  const job = bruno.locator(".job-is-done", { hasText: "Comparing a reply" });
  await job.getByText(/kept out/).first().waitFor();
  await bruno.getByRole("button", { name: /mismatch/ }).first().click();
  await bruno.locator(".requests-table .finding-blocked").first().waitFor();
  expect(bruno.url()).toContain("open=");
  await shot(bruno, "mismatch");
});

test("people are added and removed; whoever is removed is out at once", async () => {
  await anna.goto(at("/asked/administration"));
  const form = anna.getByRole("form", { name: "Add a person, or change one" });
  await form.getByLabel("Name").fill("Dario Prova");
  await form.getByLabel("Role").selectOption("auditor");
  await form.getByLabel("Password").fill(PASSWORD);
  await form.getByRole("button", { name: "Save" }).click();
  await form.getByText("Dario Prova was saved.").waitFor();
  const dario = await newPage();
  await dario.goto(at("/asked/administration"));
  await fill(dario, "Dario Prova", PASSWORD);
  await dario.getByText("As auditor you may not add or remove people.").first().waitFor();
  const cases = (await api<{ cases: { name: string }[] }>(dario, "/session")).value.cases.map((c) => c.name);
  expect(cases).toEqual(["asked"]);
  await shot(anna, "people");
  await anna.getByRole("button", { name: "Remove Dario Prova" }).click();
  await anna.getByRole("button", { name: "Really remove" }).click();
  await expect.poll(() => anna.locator(".people-table").getByText("Dario Prova").count()).toBe(0);
  expect((await api(dario, "/cases/asked/leads")).status).toBe(401);
  await dario.goto(at("/asked/administration"));
  await dario.getByRole("heading", { name: "Sign in" }).waitFor();
  await dario.context().close();
});

test("every page of the office is accessible, in both languages and themes", async () => {
  const stranger = await newPage();
  const pages: [Page, string][] = [
    [stranger, "/sign-in"],
    [bruno, "/case/asked/requests?open=none"],
    [bruno, "/case/asked/requests?view=plan"],
    [bruno, "/case/district/sources"],
    [anna, "/case/district/sources?acts_search=run"],
    [anna, "/case/district/administration"],
    [anna, "/case/asked/administration"],
  ];
  for (const lang of ["en", "it"]) {
    for (const theme of ["light", "dark"]) {
      for (const [page, path] of pages) {
        await page.goto(`${world.origin}${path}${path.includes("?") ? "&" : "?"}lang=${lang}&theme=${theme}`);
        await settled(page);
        expect(await violations(page), `${path} ${lang} ${theme}`).toEqual([]);
        await shot(page, `${lang}-${theme}-${path.replace(/[^a-z]+/g, "-")}`);
      }
    }
  }
  await stranger.context().close();
}, 240_000);

test("nothing was asked of any other place", () => {
  expect(asked.length).toBeGreaterThan(50);
  expect(asked.filter((url) => !url.startsWith(`${world.origin}/`) && !url.startsWith("blob:"))).toEqual([]);
});
