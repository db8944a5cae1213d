import type { Entity } from "../config/entities.ts";
import type { Connection } from "../connector/types.ts";
import type { CanonicalRecord } from "../core/json.ts";
import type { State } from "../state/types.ts";
import type { Taken } from "./claims.ts";
import type { DecideContext } from "./decision.ts";
import type { Links } from "./links.ts";
import type { Matcher } from "./match.ts";
import type { InvoiceGate } from "./readiness/invoice-gate.ts";
import type { Related } from "./related.ts";
import type { Decision } from "./stages.ts";
import type { Transformer } from "./transform.ts";
import type { UnlinkedThere } from "./unlinked-there.ts";

/** What the decisions of one pipeline rest on, page after page. */

export interface PageContext extends Omit<DecideContext, "closedUntil"> {
  readonly state: Pick<
    State,
    "syncRows" | "issues" | "rows" | "claimsOn" | "generations" | "uidsOf" | "linksOf"
  >;
  /** The last day of the target's closed books, asked for when the first document is to be written. */
  readonly closedUntil: () => Promise<string | null>;
  readonly links: Links;
  /** Claims on items that this run has decided on. */
  readonly taken: Taken;
  readonly connection: Connection;
  readonly source: Entity;
  readonly transformer: Transformer;
  readonly matcher: Matcher;
  readonly related: Related;
  /** Records of the target that nobody linked; undefined where the pipeline does not look at them. */
  readonly unlinked: UnlinkedThere | undefined;
  /** Whether the target's connector knows an entity. */
  readonly targetHas: (entity: string) => boolean;
  /** What happens to a record that nothing in the target matches. */
  readonly onNone: "create" | "hold";
  /** Documents dated before it are never written. */
  readonly goLive: string | null;
  /** Holds new invoices of accounts that are not ready to bill; undefined where none are held. */
  readonly invoiceGate: InvoiceGate | undefined;
}

/** The context once the target was asked for its closed books. */
export type Deciding = Omit<PageContext, "closedUntil"> & DecideContext;

/** What became of one source record. */
export interface PageDecision {
  readonly decision: Decision;
  /** The numbers of a target record that was matched by its fields and is to be linked; undefined otherwise. */
  readonly matched: CanonicalRecord | undefined;
}
