// Questions to the server as hooks. While an answer is on its way the one before stays on the screen.

import { useCallback, useEffect, useState } from "react";
import { onChange } from "./live";
import { type GetAnswer, type GetParts, type GetPath, type GetQuery, type Problem, Refused, addressFor, get } from "./client";

export interface Asked<T> {
  data: T | null;
  problem: Problem | null;
  waiting: boolean;
  /** Asks again. */
  again: () => void;
  /** Puts an answer in place that an act has brought. */
  put: (data: T) => void;
}

interface State<T> {
  address: string;
  data: T | null;
  problem: Problem | null;
}

const signedOut = new Set<() => void>();

/** Tells when the server no longer knows this browser. */
export function onSignedOut(listener: () => void): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

/** The problem of a failed request, whatever failed. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Refused) {
    if (error.problem.code === "sign_in_needed") for (const listener of signedOut) listener();
    return error.problem;
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { type: "about:blank", title: "No answer", status: 0, code: "no_answer", detail };
}

/** Asks for something whenever the question changes. */
export function useAsk<P extends GetPath>(path: P, parts: GetParts<P>, query: GetQuery<P>): Asked<GetAnswer<P>> {
  const address = addressFor(path, parts as object, (query ?? {}) as object);
  const [state, setState] = useState<State<GetAnswer<P>>>({ address: "", data: null, problem: null });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    get(path, parts, query, stop.signal)
      .then((data) => setState({ address, data, problem: null }))
      .catch((error: unknown) => {
        if (!stop.signal.aborted) setState({ address, data: null, problem: problemOf(error) });
      });
    return () => stop.abort();
    // The address says all that path, parts and query say.
  }, [address, turn]);
  // What others change is asked for again, and shown in place of what was there.
  useEffect(() => (path.startsWith("/api/v1/cases/") ? onChange(() => setTurn((t) => t + 1)) : undefined), [path]);
  const again = useCallback(() => setTurn((t) => t + 1), []);
  const put = useCallback((data: GetAnswer<P>) => setState({ address, data, problem: null }), [address]);
  return { data: state.data, problem: state.problem, waiting: state.address !== address, again, put };
}
