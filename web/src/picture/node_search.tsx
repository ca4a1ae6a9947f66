// Finding a node by the beginning of its reference, and where to begin.

import { type FormEvent, type KeyboardEvent, useRef, useState } from "react";
import { useAsk } from "../api/ask";
import type { GraphNode } from "../api/types";
import { useWords } from "../words";
import { glyphOf } from "./glyphs";
import { kindName, nameOf, standing } from "./node_names";

interface Props {
  caseName: string;
  take: (node: GraphNode) => void;
  /** What is said before the nodes to begin with; they are shown only where it is given. */
  begin?: string;
}

export function NodeSearch({ caseName, take, begin }: Props) {
  const words = useWords();
  const [text, setText] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const asked = useAsk("/api/v1/cases/{case}/graph/nodes", { case: caseName }, { search: text.trim(), most: text.trim() === "" ? 8 : 12 });
  const nodes = asked.data?.nodes ?? [];
  const shown = text.trim() !== "" || begin !== undefined;
  const choose = (node: GraphNode) => {
    setText("");
    take(node);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const first = nodes[0];
    if (text.trim() !== "" && first !== undefined && !asked.waiting) choose(first);
  };
  const keys = (event: KeyboardEvent) => {
    const buttons = [...(list.current?.querySelectorAll("button") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    if (event.key === "ArrowDown") buttons[Math.min(at + 1, buttons.length - 1)]?.focus();
    else if (event.key === "ArrowUp") (at <= 0 ? field.current : buttons[at - 1])?.focus();
    else if (event.key === "Escape") { setText(""); field.current?.focus(); }
    else return;
    event.preventDefault();
  };
  return (
    <form className="node-search no-print" role="search" onSubmit={submit} onKeyDown={keys}>
      <label>
        <span>{words.pictures.search}</span>
        <input ref={field} type="search" value={text} placeholder={words.pictures.searchHint} onChange={(event) => setText(event.target.value)} autoComplete="off" />
      </label>
      {shown && nodes.length > 0 && (
        <>
          {text.trim() === "" && <p className="hint">{begin}</p>}
          <ul ref={list} className={text.trim() === "" ? "node-list is-begin" : "node-list is-found"}>
            {nodes.map((node) => (
              <li key={node.id}><button type="button" onClick={() => choose(node)}><NodeLine node={node} /></button></li>
            ))}
          </ul>
        </>
      )}
      {text.trim() !== "" && asked.data !== null && !asked.waiting && nodes.length === 0 && <p className="hint" role="status">{words.pictures.searchNone}</p>}
    </form>
  );
}

/** A node in a line: its sign, its name and what is known of it. */
export function NodeLine({ node }: { node: GraphNode }) {
  const words = useWords();
  return (
    <span className="node-line">
      <NodeSign node={node} />
      <span className="node-name">{nameOf(node, words)}</span>
      <span className="node-what">{[kindName(node, words), ...standing(node, words)].join(" · ")}</span>
    </span>
  );
}

/** The sign of a node. */
export function NodeSign({ node }: { node: { kind: string; investigated: boolean; of_note: boolean } }) {
  const look = node.investigated ? "fill-accent" : node.of_note ? "fill-soft" : "fill-surface";
  return (
    <svg className={`node-sign ${look}`} width="22" height="22" viewBox="-11 -11 22 22" aria-hidden="true">
      <circle className="disc" r="10" />
      <path className="glyph" d={glyphOf(node.kind)} transform="scale(.82)" />
    </svg>
  );
}
