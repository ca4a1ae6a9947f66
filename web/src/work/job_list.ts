// Jobs as they come: from the list and one by one, in any order.

import type { Job } from "../api/types";

/** The jobs of two lists, newest first, each as the later list has it. */
export function merged(before: Job[], after: Job[]): Job[] {
  const jobs = new Map(before.map((job) => [job.job_id, job]));
  for (const job of after) {
    const known = jobs.get(job.job_id);
    // What has ended does not go on again, whatever arrives late.
    if (known?.ended_utc != null && job.ended_utc === null) continue;
    jobs.set(job.job_id, job);
  }
  return [...jobs.values()].sort((a, b) => Number(b.job_id) - Number(a.job_id));
}

/** How much of a job is done; null where that is not known. */
export function part(job: Job): number | null {
  return job.of === 0 ? null : Math.min(1, job.done / job.of);
}
