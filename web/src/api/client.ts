// Requests, typed by the OpenAPI document. Nothing here knows a host: everything goes to the page's own origin.

import type { components, paths } from "./schema.gen";

export type Problem = components["schemas"]["Problem"];

type Method = "get" | "post" | "delete";
type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: { responses: object } } ? P : never;
}[keyof paths];
type Operation<P extends keyof paths, M extends Method> = paths[P] extends { [K in M]: infer O } ? O : never;
type Answer<O> = O extends { responses: { 200: { content: { "application/json": infer T } } } }
  ? T
  : O extends { responses: { 202: { content: { "application/json": infer T } } } }
    ? T
    : null;
type Body<O> = O extends { requestBody: { content: { "application/json": infer T } } } ? T : null;
type InPath<O> = O extends { parameters: { path: infer T } } ? T : Record<string, never>;
type InQuery<O> = O extends { parameters: { query?: infer T } } ? ([T] extends [never | undefined] ? Nothing : T) : Nothing;
type Nothing = Record<string, never>;

export type GetPath = PathsWith<"get">;
export type GetAnswer<P extends GetPath> = Answer<Operation<P, "get">>;
export type GetParts<P extends GetPath> = InPath<Operation<P, "get">>;
export type GetQuery<P extends GetPath> = InQuery<Operation<P, "get">>;

/** What the server said in place of an answer. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** The address of a request: parts of the path filled in, absent entries of the query left out. */
export function addressFor(path: string, parts: object, query: object): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String((parts as Record<string, string>)[name] ?? "")),
  );
  const entries = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") entries.set(key, String(value));
  }
  const text = entries.toString();
  return text === "" ? filled : `${filled}?${text}`;
}

async function send(method: string, address: string, body: object | null, signal: AbortSignal | null): Promise<unknown> {
  const init: RequestInit = { method, credentials: "same-origin", signal };
  if (body !== null) {
    init.headers = { "Content-Type": "application/json" };
    init.body = JSON.stringify(body);
  }
  const response = await fetch(address, init);
  if (response.status === 204) return null;
  const value: unknown = await response.json().catch(() => null);
  if (response.ok) return value;
  throw new Refused(isProblem(value) ? value : unreadable(response));
}

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "code" in value && "detail" in value;
}

function unreadable(response: Response): Problem {
  const title = response.statusText || "Problem";
  return { type: "about:blank", title, status: response.status, code: "unreadable", detail: title };
}

/** Asks for something. */
export async function get<P extends GetPath>(
  path: P,
  parts: GetParts<P>,
  query: GetQuery<P>,
  signal: AbortSignal | null = null,
): Promise<GetAnswer<P>> {
  const address = addressFor(path, parts as object, (query ?? {}) as object);
  return (await send("GET", address, null, signal)) as GetAnswer<P>;
}

/** Has something done. */
export async function post<P extends PathsWith<"post">>(
  path: P,
  parts: InPath<Operation<P, "post">>,
  body: Body<Operation<P, "post">>,
): Promise<Answer<Operation<P, "post">>> {
  const address = addressFor(path, parts as object, {});
  return (await send("POST", address, body as object | null, null)) as Answer<Operation<P, "post">>;
}

/** Has a file made; gives it with its name. */
export async function makeFile<P extends PathsWith<"post">>(
  path: P,
  parts: InPath<Operation<P, "post">>,
  body: Body<Operation<P, "post">>,
): Promise<{ name: string; file: Blob }> {
  const headers = { "Content-Type": "application/json" };
  const address = addressFor(path, parts as object, {});
  const response = await fetch(address, { method: "POST", credentials: "same-origin", headers, body: JSON.stringify(body) });
  if (!response.ok) {
    const value: unknown = await response.json().catch(() => null);
    throw new Refused(isProblem(value) ? value : unreadable(response));
  }
  const named = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "");
  return { name: named?.[1] ?? "tutela", file: await response.blob() };
}

/** Takes something back. */
export async function remove<P extends PathsWith<"delete">>(
  path: P,
  parts: InPath<Operation<P, "delete">>,
): Promise<void> {
  await send("DELETE", addressFor(path, parts as object, {}), null, null);
}

/** Sends a file, and tells how much of it has gone. */
export function sendFile(caseName: string, file: File, told: (part: number) => void): Promise<components["schemas"]["Upload"]> {
  const address = addressFor("/api/v1/cases/{case}/uploads", { case: caseName }, { file_name: file.name });
  return new Promise((done, fail) => {
    // fetch does not tell how much of a body has gone.
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.responseType = "json";
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => told(event.total === 0 ? 1 : event.loaded / event.total);
    request.onerror = () => fail(new Error(file.name));
    request.onload = () => {
      const value: unknown = request.response;
      if (request.status === 200) done(value as components["schemas"]["Upload"]);
      else fail(isProblem(value) ? new Refused(value) : new Error(`${file.name}: ${request.status}`));
    };
    request.send(file);
  });
}
