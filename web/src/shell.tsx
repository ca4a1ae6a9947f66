// What stands around every page: where one is, where one can go, under whose name, in which language and light.

import { type ReactNode, useEffect, useRef } from "react";
import type { Session } from "./api/types";
import { Link } from "./parts/link";
import { type Page, type Place, addressOf, go } from "./router";
import { type Act, may } from "./rights";
import type { Settings, Theme } from "./settings";
import { RunningJobs } from "./work/jobs";
import { Notices } from "./work/notices";
import { type Language, useWords } from "./words";

interface Props {
  session: Session;
  place: Place;
  settings: Settings;
  change: (changes: Partial<Settings>) => void;
  leave: () => void;
  children: ReactNode;
}

const PAGES: Exclude<Page, "lead">[] = ["leads", "overview", "graph", "time", "money", "map", "requests", "sources", "method", "administration"];
/** What a page takes the right to, where it is another one than to see leads. A page without it is not offered. */
const NEEDS: Partial<Record<Page, Act>> = { sources: "check" };

export function Shell({ session, place, settings, change, leave, children }: Props) {
  const words = useWords();
  const caseName = place.caseName ?? session.cases[0]?.name ?? "";
  const seat = session.cases.find((c) => c.name === caseName) ?? null;
  const main = useRef<HTMLElement>(null);
  const page = place.page ?? "leads";
  useEffect(() => {
    document.title = `${words.nav[page === "lead" ? "leads" : page]} · ${caseName} · Tutela`;
  }, [page, caseName, words]);
  return (
    <div className="shell">
      <a className="skip" href="#content" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>
        {words.skip}
      </a>
      <header className="rail">
        <div className="brand">
          <Mark />
          <span>{words.name}</span>
        </div>
        <CaseChoice session={session} caseName={caseName} page={page} />
        <nav aria-label={words.nav.label}>
          {PAGES.filter((to) => may(seat, NEEDS[to] ?? "leads")).map((to) => (
            <Link key={to} to={addressOf(caseName, to)} current={to === page || (to === "leads" && page === "lead")}>
              {words.nav[to]}
            </Link>
          ))}
        </nav>
        <RunningJobs caseName={caseName} />
        <div className="rail-foot">
          <p className="who">
            {words.nav.signedInAs(session.who)}
            {seat !== null && seat.role !== null && <>{" "}<span className="role">({(words.roles as Record<string, string>)[seat.role] ?? seat.role})</span></>}
          </p>
          <Choice
            label={words.nav.languageLabel}
            value={settings.language}
            options={[["en", "English"], ["it", "Italiano"]]}
            set={(language) => change({ language: language as Language })}
          />
          <Choice
            label={words.nav.theme.label}
            value={settings.theme}
            options={[["auto", words.nav.theme.auto], ["light", words.nav.theme.light], ["dark", words.nav.theme.dark]]}
            set={(theme) => change({ theme: theme as Theme })}
          />
          <div className="rail-acts">
            <button type="button" className="quiet" onClick={() => print()}>{words.nav.print}</button>
            <button type="button" className="quiet" onClick={leave}>{words.nav.signOut}</button>
          </div>
          <p className="muted">{words.name} {session.version} · <a href="/assets/licences.txt">{words.nav.licences}</a></p>
        </div>
      </header>
      <main id="content" tabIndex={-1} ref={main}>{children}</main>
      <Notices caseName={caseName} />
    </div>
  );
}

function CaseChoice({ session, caseName, page }: { session: Session; caseName: string; page: Page }) {
  const words = useWords();
  if (session.cases.length < 2) {
    return <p className="case-name"><span>{words.nav.case}</span>{caseName}</p>;
  }
  const target = page === "lead" ? "leads" : page;
  return (
    <label className="case-name">
      <span>{words.nav.case}</span>
      <select value={caseName} onChange={(event) => go(addressOf(event.target.value, target))}>
        {session.cases.map(({ name }) => <option key={name}>{name}</option>)}
      </select>
    </label>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: [string, string][];
  set: (value: string) => void;
}

function Choice({ label, value, options, set }: ChoiceProps) {
  return (
    <label className="setting">
      <span>{label}</span>
      <select value={value} onChange={(event) => set(event.target.value)}>
        {options.map(([key, text]) => <option key={key} value={key}>{text}</option>)}
      </select>
    </label>
  );
}

function Mark() {
  return (
    <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M16 2 28 6v9c0 8-5 13-12 15C9 28 4 23 4 15V6z" className="mark-shield" />
      <path d="M10 12h12M16 12v11" className="mark-letter" />
    </svg>
  );
}
