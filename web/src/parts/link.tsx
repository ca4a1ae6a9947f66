import type { MouseEvent, ReactNode } from "react";
import { go } from "../router";

interface Props {
  to: string;
  current?: boolean;
  className?: string;
  children: ReactNode;
  /** Whether it stands for a row that keys move to. */
  row?: boolean;
}

/** A link inside the workbench; with a key held down it opens as other links do. */
export function Link({ to, current = false, className, children, row = false }: Props) {
  const click = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
    scrollTo(0, 0);
  };
  return (
    <a
      href={to}
      onClick={click}
      className={className}
      aria-current={current ? "page" : undefined}
      data-row={row ? "" : undefined}
    >
      {children}
    </a>
  );
}
