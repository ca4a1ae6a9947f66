// The curves of the calibration plots, from the trial that is shipped with this version.

export interface GateTrial {
  same: number;
  different: number;
  cllr: number;
  cllr_min: number;
  misleading_same: number;
  misleading_different: number;
  log10_lr_bound: number;
  /** log10 LR; the share of ratios above it where the first proposition is true; where the second is. */
  tippett: number[][];
  /** Prior log10 odds; empirical cross-entropy in bits. */
  ece: number[][];
}

/** The box that curves are drawn in. */
export const PLOT = { left: 44, top: 12, width: 300, height: 180, bottom: 36 } as const;
const [LOW, HIGH] = [-3, 3];
/** The marks of the axes. */
export const ACROSS = [-3, -2, -1, 0, 1, 2, 3];
export const UP = [0, 0.25, 0.5, 0.75, 1];

export function xOf(log10: number): number {
  return PLOT.left + ((log10 - LOW) / (HIGH - LOW)) * PLOT.width;
}

export function yOf(share: number): number {
  return PLOT.top + (1 - share) * PLOT.height;
}

/** A curve through points; one column of theirs against the first. */
export function curve(points: readonly (readonly number[])[], column: number): string {
  return points.map((p, at) => `${at === 0 ? "M" : "L"}${xOf(p[0] ?? 0).toFixed(1)} ${yOf(p[column] ?? 0).toFixed(1)}`).join("");
}

/** The entropy in bits of whoever has the prior odds only: what ratios that say nothing would leave. */
export function nothingSaid(log10_odds: number): number {
  const p = 1 / (1 + 10 ** -log10_odds);
  return -(p * Math.log2(p) + (1 - p) * Math.log2(1 - p));
}
