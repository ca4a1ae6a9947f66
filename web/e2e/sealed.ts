// The sealed files themselves: what a proof shows is held to their bytes.

import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";

export interface Shown {
  source_id: string;
  values: { bytes: string | null; span: { start: number; end: number } | null }[];
}

/** Holds every value that records show to the bytes of its sealed file, which nobody may write to; tells how many there are. */
export function compareWithSealed(caseFolder: string, records: readonly Shown[]): number {
  let compared = 0;
  for (const record of records) {
    const sealed = join(caseFolder, "sealed", record.source_id);
    expect(statSync(sealed).mode & 0o222).toBe(0);
    for (const value of record.values) {
      if (value.bytes === null || value.span === null) continue;
      expect(bytes(sealed, value.span.start, value.span.end)).toBe(value.bytes);
      compared += 1;
    }
  }
  return compared;
}

function bytes(path: string, start: number, end: number): string {
  const file = openSync(path, "r");
  const buffer = Buffer.alloc(end - start);
  readSync(file, buffer, 0, end - start, start);
  closeSync(file);
  return buffer.toString("utf8");
}
