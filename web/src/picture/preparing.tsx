import { useEffect } from "react";
import type { Problem } from "../api/client";
import { Failed, Waiting } from "../parts/states";
import { useWords } from "../words";

/** A large case's pictures are drawn once after each run; meanwhile it is asked again by itself. */
export function Preparing({ problem, again }: { problem: Problem; again: () => void }) {
  const words = useWords();
  const preparing = problem.code === "preparing";
  useEffect(() => {
    if (!preparing) return;
    const timer = setTimeout(again, 1500);
    return () => clearTimeout(timer);
  }, [preparing, problem, again]);
  return preparing ? <Waiting what={words.pictures.preparing} /> : <Failed problem={problem} again={again} />;
}
