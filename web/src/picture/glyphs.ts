// A sign for each kind of node, drawn by lines in a square of 16 around the middle: told apart by shape before colour.

import type { Kind } from "./node_names";

export const GLYPHS: Record<Kind, string> = {
  account: "M4.2 .2a4.2 4.2 0 1 0-4.2 4.2M0-2.2a2.2 2.2 0 1 0 0 4.4a2.2 2.2 0 1 0 0-4.4M2.2-2v2.6c0 2.4 2.6 2.2 2.6-.6a5 5 0 0 0-.6-2",
  person: "M0-6a2.8 2.8 0 1 0 0 5.6A2.8 2.8 0 1 0 0-6M-5.2 6c.3-3.2 2.3-4.9 5.2-4.9S4.900 2.800 5.200 6",
  line: "M-6 .2 0-5.400 6 .2M-4.200-1.300V5.400H4.200V-1.300M0 5.400V1.800",
  device: "M-3.400-6.400h6.800v12.800h-6.800zM-1 4.200h2",
  selector: "M-6-4h12v8h-12zM-6-4 0 1 6-4",
  address: "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0M-6 0h12M0-6c-3.600 3.200-3.600 8.800 0 12M0-6c3.600 3.200 3.600 8.800 0 12",
  group: "M-6.200-5h8v6h-4l-2.400 2.400V1h-1.600zM3.400-2h2.800v5.600h-1.400V5.800L2.600 3.600h-3.200",
  referral: "M-4 6.200V-6M-4-5.400h8.400l-2.200 2.800 2.200 2.800h-8.400",
  payment: "M-6.200-4h12.400v8h-12.400zM-6.200-1.400h12.400M2 1.600h2",
  household: "M-6.400 .4-2.800-3l3.600 3.400M-5-.8V4.600h9.200V-.8M-1.200-4.400 2.400-6.400 6.400-2.600",
};

/** The sign of a kind; of one that is not known, that of a selector. */
export function glyphOf(kind: string): string {
  return (GLYPHS as Record<string, string>)[kind] ?? GLYPHS.selector;
}
