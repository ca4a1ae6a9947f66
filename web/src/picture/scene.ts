// A picture as plain shapes, to be saved: written as SVG text or painted on a canvas. It is the same picture in both, and
// needs nothing from elsewhere.

import { saveFile } from "../parts/save_file";

export interface Palette {
  paper: string;
  surface: string;
  ink: string;
  muted: string;
  line: string;
  strong: string;
  accent: string;
  soft: string;
  accentInk: string;
}

export type Shape =
  | { kind: "line"; x1: number; y1: number; x2: number; y2: number; stroke: string; width: number; dash: boolean }
  | { kind: "circle"; x: number; y: number; r: number; fill: string; stroke: string; width: number }
  | { kind: "path"; d: string; x: number; y: number; stroke: string; width: number; fill: string }
  | { kind: "text"; x: number; y: number; text: string; size: number; fill: string; anchor: "start" | "middle" };

export interface Scene {
  x: number;
  y: number;
  width: number;
  height: number;
  paper: string;
  title: string;
  shapes: Shape[];
}

const FONT = "system-ui, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif";

/** Text that stands in markup as text. */
export function escaped(text: string): string {
  const printable = [...text].filter((c) => c >= " " || c === "\t").join("");
  return printable.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const n = (value: number) => String(Math.round(value * 100) / 100);

/** The picture as an SVG document. */
export function svgOf(scene: Scene): string {
  const box = [scene.x, scene.y, scene.width, scene.height].map(n).join(" ");
  const shapes = scene.shapes.map(shapeText).join("\n");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${n(scene.width)}" height="${n(scene.height)}" viewBox="${box}" font-family="${escaped(FONT)}">`,
    `<title>${escaped(scene.title)}</title>`,
    `<rect x="${n(scene.x)}" y="${n(scene.y)}" width="${n(scene.width)}" height="${n(scene.height)}" fill="${escaped(scene.paper)}"/>`,
    shapes,
    "</svg>",
    "",
  ].join("\n");
}

function shapeText(shape: Shape): string {
  switch (shape.kind) {
    case "line":
      return `<line x1="${n(shape.x1)}" y1="${n(shape.y1)}" x2="${n(shape.x2)}" y2="${n(shape.y2)}" stroke="${escaped(shape.stroke)}" stroke-width="${n(shape.width)}"${shape.dash ? ' stroke-dasharray="5 4"' : ""}/>`;
    case "circle":
      return `<circle cx="${n(shape.x)}" cy="${n(shape.y)}" r="${n(shape.r)}" fill="${escaped(shape.fill)}" stroke="${escaped(shape.stroke)}" stroke-width="${n(shape.width)}"/>`;
    case "path":
      return `<path d="${escaped(shape.d)}" transform="translate(${n(shape.x)} ${n(shape.y)})" fill="${escaped(shape.fill)}" stroke="${escaped(shape.stroke)}" stroke-width="${n(shape.width)}" stroke-linecap="round" stroke-linejoin="round"/>`;
    case "text":
      return `<text x="${n(shape.x)}" y="${n(shape.y)}" font-size="${n(shape.size)}" text-anchor="${shape.anchor}" fill="${escaped(shape.fill)}">${escaped(shape.text)}</text>`;
  }
}

/** Paints the picture, so many dots a unit. */
export function paint(scene: Scene, scale: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(scene.width * scale);
  canvas.height = Math.ceil(scene.height * scale);
  const pen = canvas.getContext("2d");
  if (pen === null) return canvas;
  pen.scale(scale, scale);
  pen.translate(-scene.x, -scene.y);
  pen.fillStyle = scene.paper;
  pen.fillRect(scene.x, scene.y, scene.width, scene.height);
  pen.lineCap = "round";
  pen.lineJoin = "round";
  for (const shape of scene.shapes) paintShape(pen, shape);
  return canvas;
}

function paintShape(pen: CanvasRenderingContext2D, shape: Shape): void {
  pen.save();
  switch (shape.kind) {
    case "line":
      pen.beginPath();
      pen.setLineDash(shape.dash ? [5, 4] : []);
      pen.moveTo(shape.x1, shape.y1);
      pen.lineTo(shape.x2, shape.y2);
      pen.strokeStyle = shape.stroke;
      pen.lineWidth = shape.width;
      pen.stroke();
      break;
    case "circle":
      pen.beginPath();
      pen.arc(shape.x, shape.y, shape.r, 0, 2 * Math.PI);
      pen.fillStyle = shape.fill;
      pen.fill();
      pen.strokeStyle = shape.stroke;
      pen.lineWidth = shape.width;
      if (shape.width > 0) pen.stroke();
      break;
    case "path": {
      pen.translate(shape.x, shape.y);
      const path = new Path2D(shape.d);
      if (shape.fill !== "none") {
        pen.fillStyle = shape.fill;
        pen.fill(path);
      }
      pen.strokeStyle = shape.stroke;
      pen.lineWidth = shape.width;
      if (shape.width > 0) pen.stroke(path);
      break;
    }
    case "text":
      pen.font = `${shape.size}px ${FONT}`;
      pen.textAlign = shape.anchor === "middle" ? "center" : "left";
      pen.fillStyle = shape.fill;
      pen.fillText(shape.text, shape.x, shape.y);
      break;
  }
  pen.restore();
}

/** The colours that the page is shown in. */
export function palette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    paper: of("paper"), surface: of("surface"), ink: of("ink"), muted: of("muted"), line: of("line"), strong: of("line-strong"),
    accent: of("accent"), soft: of("accent-soft"), accentInk: of("accent-ink"),
  };
}

/** A picture has so many dots at most: browsers give up above. */
const DOTS_MAX = 30_000_000;

/** Saves the picture as a file of the browser's downloads. */
export async function save(scene: Scene, format: "svg" | "png", name: string): Promise<void> {
  let blob: Blob | null;
  if (format === "svg") {
    blob = new Blob([svgOf(scene)], { type: "image/svg+xml" });
  } else {
    const scale = Math.min(2, Math.sqrt(DOTS_MAX / (scene.width * scene.height)));
    const canvas = paint(scene, scale);
    blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  }
  if (blob !== null) saveFile(`${name}.${format}`, blob);
}
