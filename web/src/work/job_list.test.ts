import { expect, test } from "vitest";
import type { Job } from "../api/types";
import { merged, part } from "./job_list";

function job(job_id: string, state: Job["state"]): Job {
  const ended_utc = state === "running" ? null : "2026-01-01T00:00:00Z";
  return { job_id, kind: "run", state, who: "a", begun_utc: "", ended_utc, doing: "", done: 0, of: 0, result: null, problem: null };
}

test("the newest stands first, and what has ended stays so", () => {
  const jobs = merged([job("2", "done"), job("9", "running")], [job("10", "running"), job("2", "running"), job("9", "failed")]);
  expect(jobs.map((j) => [j.job_id, j.state])).toEqual([["10", "running"], ["9", "failed"], ["2", "done"]]);
});

test("a part is known only of a whole that is", () => {
  expect(part(job("1", "running"))).toBeNull();
  expect(part({ ...job("1", "running"), done: 1, of: 4 })).toBe(0.25);
  expect(part({ ...job("1", "running"), done: 9, of: 4 })).toBe(1);
});
