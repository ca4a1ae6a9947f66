import type { Act } from "../rights";
import { useHindrance } from "../rights";

/** Says why the person may not do something; nothing where they may. */
export function Hindered({ act }: { act: Act }) {
  const why = useHindrance(act);
  return why === null ? null : <p className="hint hindered">{why}</p>;
}
