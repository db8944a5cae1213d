import { renderTable } from "./table.ts";
import { visible } from "./visible.ts";

/** Why an invoice is where it is: each step on its way with what is true of it, up to the first that broke. */

export interface WhyStep {
  readonly step: "invoice" | "link" | "push" | "payment" | "allocation";
  /** ok: it is done. broken: it does not go on by itself. open: nothing is wrong, and nothing happened yet. */
  readonly state: "ok" | "broken" | "open";
  readonly text: string;
  /** Who mends it; null where nothing is to be mended. */
  readonly who: string | null;
  readonly command: string | null;
}

export interface WhyView {
  readonly schemaVersion: 1;
  readonly client: string;
  readonly invoice: string;
  readonly steps: readonly WhyStep[];
  /** The first step that is broken; null when the chain holds. */
  readonly broken: WhyStep | null;
  /** What could not be read. */
  readonly notes: readonly string[];
}

/** The chain, a line a step, then the first broken one and what mends it. */
export function renderWhy({ invoice, steps, broken, notes }: WhyView): string {
  const table = renderTable(
    [{ title: "step" }, { title: "" }, { title: "what is true of it" }],
    steps.map(({ step, state, text }) => [step, state, text]),
  );
  const end =
    broken === null
      ? ["Nothing is broken."]
      : [
          `It broke at the step ${broken.step}.${broken.who === null ? "" : ` Who must act: ${broken.who}.`}`,
          ...(broken.command === null ? [] : [`  ${broken.command}`]),
        ];
  const unread = notes.length === 0 ? [] : [`Not looked at: ${notes.join("; ")}`];
  return `${visible(invoice)}\n\n${table}\n${[...end, ...unread].map((line) => `${visible(line)}\n`).join("")}`;
}
