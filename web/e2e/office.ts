// An office: two cases with people, served by the real binary. One has everything; of the other no operator has been asked yet.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TUTELA } from "./district";

export const PASSWORD = "correct horse battery";
/** The people, by name: what each is in both cases. */
export const PEOPLE = { "Anna Prova": "prosecutor", "Bruno Prova": "investigator", "Carla Prova": "defence" } as const;
export type PersonName = keyof typeof PEOPLE;
/** From when the plan of requests counts, so that it is the same on any day. */
export const AS_OF = "2026-07-01T00:00:00Z";

const DISTRICT = "households: 60\ndays: 90\nreported_accounts: 15\nreported_connections: 2500\ninnocent_connections: 8000\n";
const ASKED =
  "households: 40\ndays: 60\nreported_accounts: 12\nreported_connections: 900\ninnocent_connections: 2000\nrecord_error: 0.0\nfixed_operators: [0.4, 0.3, 0.1, 0.2]\n";

export interface Office {
  folder: string;
  origin: string;
  /** The lead at whose line a search found nothing. */
  searched: string;
  tutela: (...args: string[]) => string;
  stop: () => Promise<void>;
}

function run(folder: string, args: string[], more: Record<string, string> = {}): string {
  try {
    const env = { ...process.env, TUTELA_USER: "maker", ...more };
    return execFileSync(TUTELA, args, { cwd: folder, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const failed = error as { status?: number; stdout?: string; stderr?: string };
    // Exit code 1 is an answer: there is something to look at.
    if (failed.status === 1) return failed.stdout ?? "";
    throw new Error(`tutela ${args.join(" ")}: ${failed.stderr ?? String(error)}`);
  }
}

function basis(folder: string, caseName: string, id: string): void {
  const of = ["--act", `order ${id}/2026`, "--authority", "public prosecutor", "--scope", "log-ins, assignments, registers"];
  run(folder, ["basis", "add", caseName, "--id", id, ...of, "--from", "2020-01-01", "--until", "2099-12-31"]);
}

function addPeople(folder: string, caseName: string): void {
  const passwords = { TUTELA_PASSWORD: PASSWORD, TUTELA_NEW_PASSWORD: PASSWORD };
  for (const [name, role] of Object.entries(PEOPLE)) {
    run(folder, ["--by", "Anna Prova", "user", "add", caseName, name, "--role", role], passwords);
  }
}

interface Found { leads: { lead_ref: string; outcome: string; lines: { operator: string; line_ref: string; status: string }[] }[] }

/** Notes that a search at the line of a supported lead found nothing; gives the lead. */
function searchInVain(folder: string, caseName: string): string {
  const { leads } = JSON.parse(run(folder, ["leads", caseName, "--format", "json"])) as Found;
  const lead = leads.find((l) => l.outcome === "supported");
  const line = lead?.lines.find((l) => l.status === "single");
  if (lead === undefined || line === undefined) throw new Error("no supported lead with a single line");
  run(folder, ["line", "check", caseName, line.operator, line.line_ref, "--found", "nothing", "--on", "2026-07-02", "--how", "report 9"]);
  return lead.lead_ref;
}

/** Makes the cases and serves them. */
export async function office(): Promise<Office> {
  const folder = mkdtempSync(join(tmpdir(), "tutela-office-"));
  const make = (name: string, seed: string, config: string) => {
    writeFileSync(join(folder, `${name}.yaml`), config);
    run(folder, ["world", "make", "--seed", seed, "--config", `${name}.yaml`, "--out", `${name}-world`]);
    run(folder, ["case", "init", name]);
    basis(folder, name, "B1");
    basis(folder, name, "B2");
  };
  make("district", "9", DISTRICT);
  // What the registers say was acquired under an act of its own, which a court may annul.
  for (const part of readdirSync(join(folder, "district-world/files"))) {
    run(folder, ["intake", "district", "--basis", part === "registers" ? "B2" : "B1", `district-world/files/${part}`]);
  }
  run(folder, ["run", "district"]);
  const searched = searchInVain(folder, "district");
  make("asked", "7", ASKED);
  for (const part of ["referrals", "returns", "registers"]) run(folder, ["intake", "asked", "--basis", "B1", `asked-world/files/${part}`]);
  for (const name of ["district", "asked"]) addPeople(folder, name);
  const server = spawn(TUTELA, ["serve", "asked", "district", "--listen", "127.0.0.1:0"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const origin = await listening(server);
  return {
    folder,
    origin,
    searched,
    tutela: (...args) => run(folder, args, { TUTELA_USER: "Bruno Prova", TUTELA_PASSWORD: PASSWORD }),
    stop: async () => {
      if (server.exitCode === null && server.signalCode === null) {
        const ended = new Promise((done) => server.once("exit", done));
        server.kill();
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function listening(server: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let talk = "";
    server.once("exit", (code) => fail(new Error(`the server ended with ${code}: ${talk}`)));
    server.stdout?.on("data", (text: Buffer) => fail(new Error(`no link is to be told where all cases have people: ${text.toString()}`)));
    server.stderr?.on("data", (text: Buffer) => {
      talk += text.toString();
      const found = /serving on (http:\/\/[\w.:]+)/.exec(talk);
      if (found?.[1] !== undefined) done(found[1]);
    });
  });
}
