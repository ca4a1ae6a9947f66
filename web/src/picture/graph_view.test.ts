import { expect, test } from "vitest";
import { cameraText, kindsOfWay, nodesOf, nodesText, toggled, viewOf, without } from "./graph_view";

test("nodes stand in the address and are read again, whatever they hold", () => {
  const nodes = ["account:chat:a,b", "line:op/50%2C", "person:P 1&x=2"];
  const query = new URLSearchParams({ open: nodesText(nodes) });
  expect(viewOf(new URLSearchParams(query.toString())).open).toEqual(nodes);
  expect(nodesOf(null)).toEqual([]);
});

test("opening adds a node at the end, closing keeps it in the picture", () => {
  const view = viewOf(new URLSearchParams({ open: "person:a,person:b", show: "line:x" }));
  expect(toggled(view, "person:c")).toEqual({ open: "person:a,person:b,person:c", show: "line:x", at: null });
  expect(toggled(view, "person:a")).toEqual({ open: "person:b", show: "line:x,person:a", at: null });
  expect(without(view, "line:x")["show"]).toBe("");
});

test("an address that says nonsense is the view that makes sense", () => {
  const view = viewOf(new URLSearchParams({ kinds: "account,suspect", at: "1,x,2", tie: "account:a", page: "-3" }));
  expect([view.kinds, view.at, view.tie, view.page]).toEqual([["account"], null, null, 1]);
  const at = viewOf(new URLSearchParams({ at: "10,-20,99" })).at;
  expect(cameraText(at)).toBe("10,-20,12.00");
});

test("a way does not lead through addresses unless asked to", () => {
  expect(kindsOfWay(false)).not.toContain("address");
  expect(kindsOfWay(true)).toContain("address");
});
