// A small invented district as a case, the real binary serving it, and a browser before it.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { type Browser, chromium } from "playwright-core";

const TARGET = process.env["CARGO_TARGET_DIR"] ?? resolve(import.meta.dirname, "../../target");
export const TUTELA = resolve(import.meta.dirname, "../..", TARGET, "release/tutela");
/** What checks a log without the rest of Tutela. */
export const VERIFY = resolve(import.meta.dirname, "../..", TARGET, "release/tutela-verify");
const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

const WORLD =
  "households: 80\ndays: 120\nreported_accounts: 25\nreported_connections: 4000\ninnocent_connections: 20000\n";
/** One row without an account: refused, and its issue must be found again in the workbench. */
const BAD_ROWS = "platform,account_ref,at_utc,ip\nchatter,,2026-01-01T00:00:00Z,203.0.113.1\nchatter,new1,2026-01-01T00:00:00Z,203.0.113.1\n";

/** Two accounts that write to each other, and a person who travels; with what else is acquired, they have lanes of time. */
const MESSAGES =
  "platform,message_ref,group_ref,sender_ref,recipient_ref,at_utc,kind\n" +
  "chat,1,,grey,brown,2026-03-01T10:00:00Z,message\nchat,2,,brown,grey,2026-03-01T10:05:00Z,call\nchat,3,club,grey,,2026-03-02T10:00:00Z,media\n";
const TRIPS =
  "traveller_ref,person_ref,document_ref,carrier,from_place,to_place,depart_utc,arrive_utc\n" +
  "T1,P1,YA1234567,XX,FCO,MNL,2026-03-03T08:00:00Z,2026-03-03T22:00:00Z\n";

export interface District {
  folder: string;
  caseFolder: string;
  /** The link that signs the next browser in. */
  link: () => string;
  origin: string;
  tutela: (...args: string[]) => string;
  /** Ends the server, so that the command can open the case. */
  end: () => Promise<void>;
  /** Ends the server and removes everything. */
  stop: () => Promise<void>;
}

function run(folder: string, args: string[]): string {
  // Exit code 1 is an answer: there is something to look at.
  try {
    return execFileSync(TUTELA, args, { cwd: folder, env: { ...process.env, TUTELA_USER: "tester" }, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const failed = error as { status?: number; stdout?: string; stderr?: string };
    if (failed.status === 1) return failed.stdout ?? "";
    throw new Error(`tutela ${args.join(" ")}: ${failed.stderr ?? String(error)}`);
  }
}

/** Makes the district and serves it; with a corridor of payments, and with messages and trips, where asked for. */
export async function district(more: { payments?: boolean; contacts?: boolean } = {}): Promise<District> {
  const folder = mkdtempSync(join(tmpdir(), "tutela-e2e-"));
  const tutela = (...args: string[]) => run(folder, args);
  writeFileSync(join(folder, "world.yaml"), WORLD);
  writeFileSync(join(folder, "session.csv"), BAD_ROWS);
  tutela("demo", "--seed", "9", "--config", "world.yaml", "--out", "demo");
  tutela("intake", "demo/case", "--basis", "B1", "session.csv");
  if (more.payments === true) {
    tutela("world", "payments", "make", "--seed", "1", "--innocents", "2000", "--buyers", "2", "--out", "pay");
    tutela("intake", "demo/case", "--basis", "B1", "pay/payments", "pay/registers", "pay/seeds");
  }
  if (more.contacts === true) {
    writeFileSync(join(folder, "message.csv"), MESSAGES);
    writeFileSync(join(folder, "trip.csv"), TRIPS);
    tutela("intake", "demo/case", "--basis", "B1", "message.csv", "trip.csv");
  }
  tutela("run", "demo/case");
  const server = spawn(TUTELA, ["--by", "tester", "serve", "demo/case", "--listen", "127.0.0.1:0"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const links: string[] = [];
  const first = await firstLink(server, links);
  const end = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((done) => server.once("exit", done));
    server.kill();
    await ended;
  };
  return {
    folder,
    caseFolder: join(folder, "demo/case"),
    link: () => links.at(-1) ?? first,
    origin: new URL(first).origin,
    tutela,
    end,
    stop: async () => {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function firstLink(server: ChildProcess, links: string[]): Promise<string> {
  return new Promise((done, fail) => {
    let talk = "";
    server.stderr?.on("data", (text: Buffer) => { talk += text.toString(); });
    server.once("exit", (code) => fail(new Error(`the server ended with ${code}: ${talk}`)));
    if (server.stdout === null) return;
    createInterface({ input: server.stdout }).on("line", (line) => {
      links.push(line);
      done(line);
    });
  });
}

/** A headless browser that looks nothing up by itself. */
export function browser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--headless",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
