// Jobs: what goes on beside the pages, how far it is, and what came of it.

import { type ReactNode, createContext, useCallback, useContext, useEffect, useState } from "react";
import { problemOf } from "../api/ask";
import { get, remove } from "../api/client";
import { onEvent, useLive } from "../api/live";
import type { IntakeRow, Job, JobResult } from "../api/types";
import { count, instant } from "../format";
import { SeatContext, may } from "../rights";
import { useWords } from "../words";
import { Findings } from "./findings";
import { merged, part } from "./job_list";

interface Jobs {
  who: string;
  jobs: Job[];
  /** Puts a job in the list that has just begun. */
  put: (job: Job) => void;
}

const JobsContext = createContext<Jobs>({ who: "", jobs: [], put: () => undefined });

export function useJobs(): Jobs {
  return useContext(JobsContext);
}

/** A case that is listened to, and its jobs. */
export function LiveCase({ caseName, who, children }: { caseName: string | null; who: string; children: ReactNode }) {
  const seat = useContext(SeatContext);
  const sees = may(seat, "sources");
  const [jobs, setJobs] = useState<Job[]>([]);
  useLive(caseName);
  const put = useCallback((job: Job) => setJobs((before) => merged(before, [job])), []);
  useEffect(() => {
    if (caseName === null || !sees) return undefined;
    const ask = () => {
      get("/api/v1/cases/{case}/jobs", { case: caseName }, {})
        .then((found) => setJobs((before) => merged(before, found)))
        .catch(problemOf);
    };
    ask();
    return onEvent((event) => {
      if (event.kind === "job") put(event.job);
      else if (event.kind === "missed") ask();
    });
  }, [caseName, sees, put]);
  return <JobsContext value={{ who, jobs, put }}>{children}</JobsContext>;
}

/** In the margin: what goes on now. */
export function RunningJobs({ caseName }: { caseName: string }) {
  const words = useWords();
  const { jobs } = useJobs();
  const running = jobs.filter((job) => job.state === "running" || job.state === "waiting");
  return (
    <div className="running no-print" role="status" aria-label={words.jobs.title}>
      {running.slice(0, 3).map((job) => (
        <div key={job.job_id} className="running-job">
          <span>{words.jobs.kinds[job.kind]}{job.state === "waiting" && ` (${words.jobs.states.waiting})`}</span>
          <Progress job={job} />
          <StopJob caseName={caseName} job={job} />
        </div>
      ))}
    </div>
  );
}

function Progress({ job }: { job: Job }) {
  const words = useWords();
  const done = part(job);
  return done === null ? <progress aria-label={words.jobs.kinds[job.kind]} /> : <progress aria-label={words.jobs.kinds[job.kind]} value={done} />;
}

function StopJob({ caseName, job }: { caseName: string; job: Job }) {
  const words = useWords();
  const seat = useContext(SeatContext);
  const { who } = useJobs();
  const [asked, setAsked] = useState(false);
  const right = { intake: "intake", reply: "import_replies", run: "run", verification: "sources", plan: "plan_requests" }[job.kind];
  if (job.who !== who && !may(seat, right)) return null;
  const stop = () => {
    setAsked(true);
    remove("/api/v1/cases/{case}/jobs/{job}", { case: caseName, job: job.job_id }).catch(problemOf);
  };
  return (
    <button type="button" className="quiet" disabled={asked} onClick={stop}>
      {words.jobs.stop}<span className="visually-hidden"> {words.jobs.kinds[job.kind]}</span>
    </button>
  );
}

/** The newest jobs of some kinds, with what came of each. */
export function JobList({ caseName, kinds, most = 5 }: { caseName: string; kinds: Job["kind"][]; most?: number }) {
  const { jobs } = useJobs();
  const shown = jobs.filter((job) => kinds.includes(job.kind)).slice(0, most);
  if (shown.length === 0) return null;
  return <ol className="jobs">{shown.map((job) => <JobCard key={job.job_id} caseName={caseName} job={job} />)}</ol>;
}

function JobCard({ caseName, job }: { caseName: string; job: Job }) {
  const words = useWords();
  const going = job.state === "running" || job.state === "waiting";
  return (
    <li className={`job job-is-${job.state}`}>
      <p className="job-head">
        <strong>{words.jobs.kinds[job.kind]}</strong>
        <span className="tag">{words.jobs.states[job.state]}</span>
        <span className="muted">{words.jobs.by(job.who, instant(job.begun_utc, words.locale))}</span>
        {going && <StopJob caseName={caseName} job={job} />}
      </p>
      {going && <><Progress job={job} /><p className="hint doing"><code>{job.doing}</code></p></>}
      {job.state === "stopped" && <p className="note">{words.jobs.stoppedNote}</p>}
      {job.problem !== null && <p className="form-problem" lang="en">{job.problem.detail}</p>}
      {job.result !== null && <Result result={job.result} />}
    </li>
  );
}

function Result({ result }: { result: JobResult }) {
  const words = useWords();
  switch (result.kind) {
    case "intake":
      return <IntakeRows rows={result.files} />;
    case "run":
      return (
        <p>{words.jobs.run} <code>{result.run_id}</code>. {result.changed === null ? words.overview.changesNone : words.jobs.changed(result.changed)}</p>
      );
    case "plan":
      return <p>{words.jobs.planned(result.requests)}</p>;
    case "reply":
      return (
        <>
          {result.files.map((file) => (
            <div key={file.file.file_name} className="reply-file">
              <p>{file.file.file_name}: {words.jobs.reply(file.requests, file.accepted, file.noted, file.blocked)}</p>
              <Findings found={file.found} withRequest />
            </div>
          ))}
        </>
      );
    case "verification": {
      const found = result.found;
      return (
        <div className="verified">
          <p className={found.whole ? "is-whole" : "is-broken"}><strong>{found.whole ? words.sources.whole : words.sources.broken}.</strong></p>
          <p>{words.sources.checked(found.sealed, found.records, found.stages, found.entries)}. {words.sources.at(instant(found.utc, words.locale), lasted(found.seconds, words.locale))}.</p>
          <ul lang="en">{found.broken.map((what) => <li key={what}>{what}</li>)}</ul>
          {found.unfinished.length > 0 && <p>{words.sources.unfinished}:</p>}
          <ul lang="en">{found.unfinished.map((what) => <li key={what}>{what}</li>)}</ul>
        </div>
      );
    }
  }
}

/** How long it took; what took less than can be shown is not said to have taken nothing. */
function lasted(seconds: number, locale: string): string {
  const said = (n: number) => n.toLocaleString(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return seconds < 0.1 ? `<\u202f${said(0.1)}` : said(seconds);
}

function IntakeRows({ rows }: { rows: IntakeRow[] }) {
  const words = useWords();
  return (
    <ul className="intake-rows">
      {rows.map((row) => (
        <li key={row.file_name}>
          <strong>{row.file_name}</strong>:{" "}
          {row.refused !== null ? <span className="is-refused" lang="en">{words.jobs.refusedWhole}: {row.refused}</span>
            : row.already ? words.jobs.already
              : words.jobs.takenIn(row.format ?? "", count(row.rows, words.locale), count(row.rows_in_records, words.locale), count(row.rows_refused, words.locale))}
        </li>
      ))}
    </ul>
  );
}
