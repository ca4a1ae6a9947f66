import { expect, test } from "vitest";
import { actsViewOf, keptText, shortened } from "./custody_view";

test("the acts and the sources keep apart in the address", () => {
  const view = (text: string) => actsViewOf(new URLSearchParams(text));
  expect(view("acts_search=run&acts_page=3&search=a&page=7")).toEqual({ search: "run", page: 3 });
  expect(view("search=a&page=7")).toEqual({ search: "", page: 1 });
  for (const page of ["0", "-2", "x", "0.5"]) expect(view(`acts_page=${page}`).page).toBe(1);
});

test("a checkpoint that was pasted is the one that was kept", () => {
  const note = "tutela/abc\n12\nroot=\n\n— tutela/abc c2ln\n";
  for (const text of [note, note.trim(), `\n${note}\n`, note.replace(/\n/g, "\r\n")]) expect(keptText(text)).toBe(note);
});

test("digests are cut, and nothing else is", () => {
  const digest = "0123456789abcdef".repeat(4);
  expect(shortened(digest)).toBe("0123456789ab…");
  expect(shortened(`${digest}+L12`)).toBe("0123456789ab…+L12");
  expect(shortened("decide about their own proposal")).toBe("decide about their own proposal");
});
