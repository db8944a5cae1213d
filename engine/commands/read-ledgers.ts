import type { ClientConfig } from "../config/types.ts";
import {
  type Applied,
  type Book,
  type DocumentKind,
  type Ledger,
  type LedgerCustomer,
  type LedgerDocument,
  type Ledgers,
  type NotCompared,
  SIDES,
  type Side,
  type Unreadable,
} from "../report/ledger.ts";
import { survey } from "../sync/survey.ts";
import { createItemBook, type ItemBook } from "./item-book.ts";
import { createCustomers } from "./ledger-customers.ts";
import { toApplied } from "./ledger-document.ts";
import { createDocuments, flowPipelines, flowsOf, KINDS, turns } from "./ledger-pages.ts";
import { canBe, itemsCompared, readItems } from "./read-items.ts";
import { canList, pagesOf, type ReadOptions } from "./read-records.ts";
import { readLooseRefunds, withoutLoose } from "./read-refunds.ts";
import { createSharedValues, type SharedValues } from "./shared-values.ts";

/** Reads the receivables of billing and accounting whole, a page at a time; of each record only what reports compare is kept. */

const APPLICATION = "credit_application";

/**
 * Reads the books that are named; the others are empty. Of the PSA it reads its own invoices and the items that billing
 * invoices. Throws SystemError: a report on half of the books would be wrong.
 */
export async function readLedgers(
  options: ReadOptions,
  books: readonly Book[] = ["psa", ...SIDES],
): Promise<Ledgers> {
  const { config } = options;
  const sides = SIDES.filter((side) => books.includes(side));
  const withPsa = books.includes("psa");
  const unreadable: Unreadable[] = [];
  const shared = createSharedValues();
  const compared = withPsa ? itemsCompared(options) : undefined;
  const itemPipeline = compared !== undefined && "pipeline" in compared ? compared : undefined;
  const psaInvoices = withPsa ? psaInvoicesCompared(config) : undefined;
  const book = itemPipeline === undefined ? undefined : createItemBook(config, options.state);
  const silent = sides.filter((side) => hidesApplications(config, side));
  const applications_known = silent.length === 0;
  const read = async (side: Side): Promise<Ledger> => {
    if (!sides.includes(side)) return { side, documents: [], applications_known, customers: new Map() };
    const documents: LedgerDocument[] = [];
    for (const kind of KINDS.filter((one) => canList(config, side, one))) {
      for await (const page of documentsOf(options, side, kind, unreadable, shared, book))
        documents.push(...page);
    }
    // What one side does not say is left out on both, so that they stay comparable.
    const applied = applications_known ? await applicationsOf(options, side, unreadable) : NO_APPLICATIONS;
    const complete = applied === undefined ? documents : documents.map((one) => withApplied(one, applied));
    return { side, documents: complete, applications_known, customers: await customersOf(options, side) };
  };
  // One after the other: each keeps its pages in flight by itself.
  const billing = await read("billing");
  const accounting = await read("accounting");
  const psa: LedgerDocument[] = [];
  // Also where they are not compared it has to be known which items they bill.
  if (psaInvoices === true || (book !== undefined && canList(config, "psa", "invoice"))) {
    const read = documentsOf(options, "psa", "invoice", unreadable, shared, book);
    for await (const page of read) if (psaInvoices === true) psa.push(...page);
  }
  const customers = createCustomers(options.state, {
    billing: billing.customers,
    accounting: accounting.customers,
  });
  const loose = await readLooseRefunds(options, sides, customers, unreadable);
  const withRefunds = (ledger: Ledger): Ledger => {
    return { ...ledger, documents: withoutLoose(ledger.documents, loose, customers) };
  };
  const items =
    itemPipeline === undefined || book === undefined
      ? null
      : await readItems(options, itemPipeline, book, customers, unreadable);
  return {
    billing: withRefunds(billing),
    accounting: withRefunds(accounting),
    psa,
    psa_compared: psaInvoices === true,
    items,
    customers,
    invoiceKey: createInvoiceKey(billing, accounting),
    flows: flowsOf(options),
    applications_pipeline:
      config.pipelines.find(({ target }) => target.entity === APPLICATION)?.pipeline ?? null,
    refunds_pipeline: config.pipelines.find(({ target }) => target.entity === "refund")?.pipeline ?? null,
    not_compared: [
      ...(typeof psaInvoices === "object" ? [psaInvoices] : []),
      ...(compared !== undefined && "reason" in compared ? [compared] : []),
      ...notCompared(config, sides),
      ...silent.map(unknownApplications),
      ...loose.not_compared,
    ],
    unreadable,
  };
}

/** Why the PSA's own invoices are not compared; true: they are, undefined: nothing says that it makes any. */
function psaInvoicesCompared(config: ClientConfig): true | NotCompared | undefined {
  if (!config.systems.has("psa") || !canBe(config.invoicing, "separate")) return undefined;
  const not = (reason: string): NotCompared => ({ system: "psa", entity: "invoice", reason });
  if (!canList(config, "psa", "invoice")) return not("its connector lists no invoices");
  const moved = flowPipelines(config).some(({ source }) => source.system === "psa");
  return moved || not("no pipeline brings its own invoices to accounting");
}

/** Kinds that one of the systems does not list, or that the client keeps in accounting alone. */
function notCompared(config: ClientConfig, sides: readonly Side[]): readonly NotCompared[] {
  return KINDS.flatMap((entity): readonly NotCompared[] => {
    const silent = sides.filter(
      (side) => !canList(config, side, entity) && !(entity === "credit_note" && hasTurned(config, side)),
    );
    if (silent.length > 0) {
      return silent.map((system) => ({ system, entity, reason: `its connector lists no ${words(entity)}` }));
    }
    return entity === "payment" && !config.payments.sync_back
      ? [{ system: "billing", entity, reason: "payments.sync_back is false: payments stay in accounting" }]
      : [];
  });
}

function words(entity: DocumentKind): string {
  return `${entity.replace("_", " ")}s`;
}

async function* documentsOf(
  options: ReadOptions,
  side: Book,
  kind: DocumentKind,
  unreadable: Unreadable[],
  shared: SharedValues,
  items: ItemBook | undefined,
): AsyncGenerator<readonly LedgerDocument[]> {
  const toDocuments = createDocuments(options, side, kind, shared, items);
  for await (const page of pagesOf(survey(options, side, kind))) {
    const alive = page.filter(({ deleted }) => !deleted);
    for (const { id, unreadable: reason } of alive) {
      if (reason !== undefined) unreadable.push({ system: side, entity: kind, id, reason });
    }
    yield await toDocuments(alive.filter((one) => one.unreadable === undefined));
  }
}

/** True of a system that has credit notes, or invoices below zero in their place, and does not list what they were used for. */
function hidesApplications(config: ClientConfig, side: Side): boolean {
  if (!canList(config, side, "credit_note") && hasTurned(config, side)) return true;
  const knows = config.systems.get(side)?.connector.entities[APPLICATION] !== undefined;
  return canList(config, side, "credit_note") && knows && !canList(config, side, APPLICATION);
}

/** True where credit notes are made of this system's invoices. */
function hasTurned(config: ClientConfig, side: Side): boolean {
  return flowPipelines(config).some((pipeline) => turns(pipeline) && pipeline.source.system === side);
}

function unknownApplications(system: Side): NotCompared {
  const reason =
    "its connector does not list what credit notes were used for: all of them stand as unapplied";
  return { system, entity: APPLICATION, reason };
}

const NO_APPLICATIONS: ReadonlyMap<string, readonly Applied[]> = new Map();

/** What credit notes were used for, by credit note, where the system keeps that as records of their own. */
async function applicationsOf(
  options: ReadOptions,
  side: Side,
  unreadable: Unreadable[],
): Promise<ReadonlyMap<string, readonly Applied[]> | undefined> {
  if (!canList(options.config, side, APPLICATION)) return undefined;
  const found = new Map<string, Applied[]>();
  for await (const { id, record, deleted, unreadable: reason } of survey(options, side, APPLICATION)) {
    if (reason !== undefined) unreadable.push({ system: side, entity: APPLICATION, id, reason });
    if (deleted || reason !== undefined) continue;
    const applied = toApplied(record);
    if (applied === undefined) continue;
    found.set(applied.credit_note_id, [...(found.get(applied.credit_note_id) ?? []), applied]);
  }
  return found;
}

function withApplied(
  document: LedgerDocument,
  applied: ReadonlyMap<string, readonly Applied[]>,
): LedgerDocument {
  return document.kind === "credit_note"
    ? { ...document, applied: applied.get(document.id) ?? [] }
    : document;
}

async function customersOf(options: ReadOptions, side: Side): Promise<ReadonlyMap<string, LedgerCustomer>> {
  const found = new Map<string, LedgerCustomer>();
  if (!canList(options.config, side, "customer")) return found;
  for await (const { id, record, unreadable } of survey(options, side, "customer")) {
    if (unreadable !== undefined) continue;
    const [name, number] = [record["name"], record["customer_number"]];
    found.set(id, {
      id,
      name: typeof name === "string" ? name : id,
      number: typeof number === "string" ? number : "",
    });
  }
  return found;
}

/** Linked invoices have the name of their group, the others one of their own. */
function createInvoiceKey(billing: Ledger, accounting: Ledger): Ledgers["invoiceKey"] {
  const keysOf = ({ documents }: Ledger): ReadonlyMap<string, string> => {
    const keys = new Map<string, string>();
    for (const { kind, id, uid } of documents) if (kind === "invoice" && uid !== null) keys.set(id, uid);
    return keys;
  };
  const keys: { readonly [side: string]: ReadonlyMap<string, string> } = {
    billing: keysOf(billing),
    accounting: keysOf(accounting),
  };
  return (side, id) => keys[side]?.get(id) ?? `${side} ${id}`;
}
