// The tasks that are open, those that are due first standing first.

import { useAsk } from "../api/ask";
import { useHindrance } from "../rights";
import { useWords } from "../words";

export function Tasks({ caseName }: { caseName: string }) {
  const words = useWords();
  const mayNot = useHindrance("see_tasks");
  return (
    <section className="card" aria-labelledby="tasks-title">
      <h2 id="tasks-title">{words.tasks.title}</h2>
      {mayNot !== null ? <p className="hint">{mayNot}</p> : <List caseName={caseName} />}
    </section>
  );
}

function List({ caseName }: { caseName: string }) {
  const words = useWords();
  const asked = useAsk("/api/v1/cases/{case}/tasks", { case: caseName }, {});
  const tasks = asked.data?.tasks ?? [];
  if (asked.problem !== null) return <p className="form-problem" lang="en">{asked.problem.detail}</p>;
  if (tasks.length === 0) return <p className="note">{asked.data === null ? "" : words.tasks.none}</p>;
  return (
    <ul className="terms">
      {tasks.map((task) => (
        <li key={task.task_ref}>
          <code>{task.task_ref}</code> {task.what} <span className="muted">({task.assignee})</span>
          {task.due_date !== null && <span className={task.overdue ? "tag is-broken" : "tag"}>{task.overdue ? `${words.tasks.overdue}: ${task.due_date}` : words.tasks.due(task.due_date)}</span>}
        </li>
      ))}
    </ul>
  );
}
