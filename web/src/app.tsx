import { useCallback, useEffect, useState } from "react";
import { onSignedOut, problemOf } from "./api/ask";
import { get, remove } from "./api/client";
import type { Problem } from "./api/client";
import type { Session } from "./api/types";
import { LiveCase } from "./work/jobs";
import { Administration } from "./pages/administration";
import { GraphPage } from "./pages/graph";
import { LeadView } from "./pages/lead";
import { Leads } from "./pages/leads";
import { MapPage } from "./pages/map";
import { Method } from "./pages/method";
import { MoneyPage } from "./pages/money";
import { OverviewView } from "./pages/overview";
import { Requests } from "./pages/requests";
import { SignIn } from "./pages/sign_in";
import { Sources } from "./pages/sources";
import { TimePage } from "./pages/time";
import { Failed, Waiting } from "./parts/states";
import { type Place, addressOf, go, usePlace } from "./router";
import { SeatContext } from "./rights";
import { type Settings, apply, currentSettings } from "./settings";
import { Shell } from "./shell";
import { WordsContext, useWords, wordsOf } from "./words";

/** The workbench. */
export function App() {
  const [settings, setSettings] = useState<Settings>(currentSettings);
  const change = useCallback((changes: Partial<Settings>) => {
    setSettings((before) => {
      const next = { ...before, ...changes };
      apply(next);
      return next;
    });
  }, []);
  return (
    <WordsContext value={wordsOf(settings.language)}>
      <Gate settings={settings} change={change} />
    </WordsContext>
  );
}

interface GateProps {
  settings: Settings;
  change: (changes: Partial<Settings>) => void;
}

/** Lets in who is signed in. */
function Gate({ settings, change }: GateProps) {
  const place = usePlace();
  const [session, setSession] = useState<Session | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [signedOut, setSignedOut] = useState(false);
  useEffect(() => onSignedOut(() => setSignedOut(true)), []);
  useEffect(() => {
    if (place.signIn) return;
    get("/api/v1/session", {}, {})
      .then(setSession)
      .catch((error: unknown) => setProblem(problemOf(error)));
  }, [place.signIn]);
  const entered = useCallback((who: Session) => {
    setSignedOut(false);
    setProblem(null);
    setSession(who);
    if (location.pathname === "/sign-in") go("/", true);
  }, []);
  const leave = useCallback(() => {
    remove("/api/v1/session", {}).finally(() => {
      setSession(null);
      setSignedOut(true);
    });
  }, []);
  if (place.signIn || signedOut) return <SignIn entered={entered} ended={signedOut && session !== null} settings={settings} change={change} />;
  if (problem !== null) return <main className="alone"><Failed problem={problem} again={() => location.reload()} /></main>;
  if (session === null) return <main className="alone"><Waiting /></main>;
  return (
    <SeatContext value={session.cases.find((c) => c.name === place.caseName) ?? null}>
      <LiveCase key={place.caseName} caseName={place.caseName} who={session.who}>
        <Shell session={session} place={place} settings={settings} change={change} leave={leave}>
          <PageOf place={place} session={session} />
        </Shell>
      </LiveCase>
    </SeatContext>
  );
}

function PageOf({ place, session }: { place: Place; session: Session }) {
  const words = useWords();
  const first = session.cases[0]?.name;
  const atRoot = place.caseName === null && location.pathname === "/";
  useEffect(() => {
    if (atRoot && first !== undefined) go(addressOf(first, "leads"), true);
  }, [atRoot, first]);
  if (place.caseName === null || place.page === null) {
    return atRoot ? <Waiting /> : <p className="empty">{words.state.notFound}</p>;
  }
  switch (place.page) {
    case "leads":
      return <Leads key={place.caseName} caseName={place.caseName} query={place.query} />;
    case "lead":
      return <LeadView key={`${place.caseName}/${place.lead}`} caseName={place.caseName} lead={place.lead ?? ""} query={place.query} />;
    case "overview":
      return <OverviewView key={place.caseName} caseName={place.caseName} />;
    case "graph":
      return <GraphPage key={place.caseName} caseName={place.caseName} query={place.query} />;
    case "time":
      return <TimePage key={place.caseName} caseName={place.caseName} query={place.query} />;
    case "money":
      return <MoneyPage key={place.caseName} caseName={place.caseName} query={place.query} />;
    case "map":
      return <MapPage key={place.caseName} caseName={place.caseName} />;
    case "sources":
      return <Sources key={place.caseName} caseName={place.caseName} query={place.query} />;
    case "requests":
      return <Requests key={place.caseName} caseName={place.caseName} query={place.query} />;
    case "administration":
      return <Administration key={place.caseName} caseName={place.caseName} />;
    case "method":
      return <Method key={place.caseName} caseName={place.caseName} query={place.query} />;
  }
}
