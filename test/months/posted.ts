import { type Document, type Outcome, promised, type Stated } from "./promised.ts";
import type { Rules } from "./rules.ts";
import type { Clerk } from "./scene.ts";
import { receivables } from "./service-invoices.ts";
import { type OpenItem, sumOf, type TrueCredit, type TrueInvoice, type Truth } from "./truth.ts";

/**
 * What accounting must show of what billing bills and credits: the document itself, or what came of it where it was
 * changed after it was posted or its books were closed.
 */

export interface PostedBooks {
  /** Looks at the ledger before a run, and says what must be there after it. */
  promise(): void;
  /** True when something waits for the books to be opened again. */
  waits(): boolean;
  /** Numbers of the documents that bear another text than their bills; none is right once nothing waits. */
  otherMemos(): readonly string[];
  /** What stands in the ledger otherwise than it did though it was to wait, as sentences; none is right. */
  early(): readonly string[];
  /** True when the ledger shows a bill as billing has it, so that people may pay it. */
  isSettled(invoice: TrueInvoice): boolean;
  /** True when accounting is still to follow what billing changed in a bill that it had promised already. */
  isPending(invoice: TrueInvoice): boolean;
  /** Numbers of the documents that stand for a bill by its own lines: none where others make up for them. */
  originals(invoice: TrueInvoice): readonly string[];
  /** True when billing used credit for a bill that the ledger does not show yet. */
  isCredited(invoice: TrueInvoice): boolean;
  /** True when a bill lies in closed books and is made up for by documents of their own. */
  isAdjusted(invoice: TrueInvoice): boolean;
  /** Amounts on bills as amounts on the documents that stand for them, the oldest first. */
  onDocuments(parts: readonly Part[]): readonly Part[];
  /** The invoices that must stand in accounting. */
  items(): readonly OpenItem[];
  /** The credit notes that must stand in accounting. */
  credits(): readonly PostedCredit[];
}

export interface PostedCredit {
  readonly number: string;
  readonly date: string;
  readonly total: number;
  readonly left: number;
  readonly applications: readonly Part[];
}

interface Part {
  readonly invoice: string;
  readonly amount: number;
}

/** What is promised of a document of billing by a run. */
interface Promised extends Outcome {
  readonly said: Stated;
  readonly closedUntil: string | null;
}

interface Context {
  readonly truth: Truth;
  readonly clerk: Clerk;
  readonly rules: Rules;
  /** The provider's own. */
  readonly currency: string;
}

export function postedBooks({ truth, clerk, rules, currency }: Context): PostedBooks {
  const promises = new Map<string, Promised>();
  // Where each use of credit goes: billing has one bill where the ledger has it with its adjustments.
  const places = new Map<object, string>();
  return {
    promise: () => {
      const booked = bookedIn(clerk);
      const closedUntil = clerk.closedUntil();
      const paid = new Set(
        clerk.items().flatMap(({ number, total, open }) => (open < total ? [number] : [])),
      );
      for (const said of allSaid(truth)) {
        const own = booked.filter(({ number }) => billOf(number) === said.number);
        const known = promises.get(said.number);
        // What was promised stays so, whatever the run before made of it.
        if (known !== undefined && isStanding(known, said, own, closedUntil)) continue;
        const movedFrom = known?.movedFrom;
        const isReady = isReadyToBill(said.number, booked);
        const outcome = promised(said, own, { closedUntil, rules, isReady, paid, movedFrom });
        promises.set(said.number, { said, closedUntil, movedFrom, ...outcome });
      }
      placeUses();
    },
    waits: () =>
      [...promises.values()].some(({ waits }) => waits) ||
      waitingUses(truth, clerk, rules) ||
      otherMemos(clerk, bearers()).some(({ date }) => date <= (clerk.closedUntil() ?? "")),
    otherMemos: () => otherMemos(clerk, bearers()).map(({ number }) => number),
    early: () => {
      const booked = bookedIn(clerk);
      return [...promises].flatMap(([number, known]) => {
        const own = booked.filter((one) => billOf(one.number) === number);
        return !known.waits || isKept(known, known.said, own)
          ? []
          : [`${number} was to wait, and the ledger has ${JSON.stringify(own)}`];
      });
    },
    isSettled,
    isPending: (invoice) => promises.has(invoice.number) && !isSettled(invoice),
    originals,
    isCredited: ({ number }) =>
      usesIn(truth, clerk).some(({ use, booked }) => use.invoice === number && !booked),
    isAdjusted: ({ number }) => {
      const [original] = promises.get(number)?.documents ?? [];
      const isClosed = original !== undefined && original.date <= (clerk.closedUntil() ?? "");
      return isClosed && rules.period_closed === "adjust";
    },
    onDocuments: (parts) =>
      parts.flatMap((part) => {
        const own = clerk.items().filter((one) => billOf(one.number) === part.invoice && one.open > 0);
        return spread(
          part,
          own.map((one) => ({ invoice: one.number, amount: one.open })),
        );
      }),
    items: () =>
      all("invoice").map(({ document: { kind, ...document }, company }) => {
        const customer = truth.companies.find(({ number }) => number === company);
        return {
          ...document,
          customer: customer?.name ?? "",
          currency: customer?.currency ?? currency,
          open: document.total - sumOf(settledOn(document.number)),
          voided: false,
        };
      }),
    credits: () =>
      all("credit").map(({ document: { number, date, total } }) => {
        const credit = truth.credits.find((one) => one.number === number && !one.voided);
        const applications = credit?.applications ?? [];
        return { number, date, total, left: total - sumOf(applications), applications };
      }),
  };

  /** Billing's bills by the numbers of the documents that bear their texts, but for those that others adjust. */
  function bearers(): ReadonlyMap<string, TrueInvoice> {
    return new Map(
      truth.invoices
        .filter(({ voided }) => !voided)
        .flatMap((bill) => {
          const documents = promises.get(bill.number)?.documents ?? [];
          const own = documents.filter(({ kind, number }) => kind === "invoice" && !/-A\d+$/.test(number));
          return own.map(({ number }) => [number, bill] as const);
        }),
    );
  }

  function originals({ number }: TrueInvoice): readonly string[] {
    const documents = promises.get(number)?.documents ?? [];
    return documents.length === 1 && documents[0]?.kind === "invoice" ? [documents[0].number] : [];
  }

  function isSettled(invoice: TrueInvoice): boolean {
    const known = promises.get(invoice.number);
    const own = bookedIn(clerk).filter(({ number }) => billOf(number) === invoice.number);
    const isPosted = known !== undefined && !known.waits && isKept(known, invoiceSaid(invoice), own);
    return isPosted && !otherMemos(clerk, bearers()).some(({ number }) => billOf(number) === invoice.number);
  }

  /** An account that was billed once stays so. Only billing's bills are held: its credit notes follow those. */
  function isReadyToBill(number: string, booked: readonly Stated[]): boolean {
    const company = truth.invoices.find((one) => one.number === number)?.company;
    if (company === undefined || rules.readiness === "ignore" || truth.provisioned.has(company)) return true;
    const bills = new Set(truth.invoices.filter((one) => one.company === company).map((one) => one.number));
    return booked.some((one) => bills.has(billOf(one.number)));
  }

  /** A use that the ledger does not have yet goes to the first document of its bill of which enough is open. */
  function placeUses(): void {
    const open = new Map(clerk.items().map((one) => [one.number, one.open]));
    for (const { use, booked } of usesIn(truth, clerk)) {
      if (booked && places.has(use)) continue;
      const documents = promises.get(use.invoice)?.documents.filter(({ kind }) => kind === "invoice") ?? [];
      const place = documents.find(({ number, total }) => (open.get(number) ?? total) >= use.amount);
      if (place === undefined) continue;
      places.set(use, place.number);
      open.set(place.number, (open.get(place.number) ?? place.total) - use.amount);
    }
  }

  /** What was paid and credited on a document. */
  function settledOn(document: string): readonly Part[] {
    const paid = truth.receipts.flatMap(({ documents }) => documents);
    const credited = truth.credits
      .filter(({ voided }) => !voided)
      .flatMap(({ applications }) => applications);
    return [
      ...paid.filter(({ invoice }) => invoice === document),
      ...credited.filter((use) => places.get(use) === document),
    ];
  }

  function all(kind: Document["kind"]): readonly { readonly document: Document; readonly company: string }[] {
    return [...receivables(truth), ...truth.credits].flatMap(({ number, company }) =>
      (promises.get(number)?.documents ?? [])
        .filter((document) => document.kind === kind)
        .map((document) => ({ document, company })),
    );
  }
}

/** Bills that bear another text than billing says. */
function otherMemos(clerk: Clerk, bearers: ReadonlyMap<string, TrueInvoice>): readonly OpenItem[] {
  const memos = clerk.memos();
  return clerk.items().filter(({ number, voided }) => {
    const bill = bearers.get(number);
    return bill !== undefined && !voided && memos.get(number) !== memoOf(bill);
  });
}

/** The text on a bill: what it is for. */
function memoOf({ period }: TrueInvoice): string {
  return `Services ${period.from} – ${period.to}`;
}

/** Every use of credit that stands in billing, and whether the ledger has it. */
function usesIn(
  { credits }: Truth,
  clerk: Clerk,
): readonly { readonly use: Part; readonly booked: boolean }[] {
  const booked = new Map(clerk.credits().map((one) => [one.number, [...one.applications]]));
  return credits
    .filter(({ voided }) => !voided)
    .flatMap(({ number, applications }) => {
      const there = booked.get(number) ?? [];
      return applications.map((use) => {
        const place = there.findIndex(
          (one) => billOf(one.invoice) === use.invoice && one.amount === use.amount,
        );
        if (place >= 0) there.splice(place, 1);
        return { use, booked: place >= 0 };
      });
    });
}

/** True when the ledger uses a credit note otherwise than billing, by what was used on days that are closed now. */
function waitingUses({ credits }: Truth, clerk: Clerk, { period_closed }: Rules): boolean {
  const closedUntil = clerk.closedUntil() ?? "";
  return credits.some(({ number, voided, applications }) => {
    const booked = clerk.credits().find((one) => one.number === number)?.applications ?? [];
    const closed = applications.filter(({ date }) => date <= closedUntil);
    const there = closed.filter((use) =>
      booked.some(({ invoice, amount }) => billOf(invoice) === use.invoice && amount === use.amount),
    );
    return voided ? there.length > 0 : period_closed === "hold" && there.length < closed.length;
  });
}

/** The bill or credit note that a document stands for, by its number: of INV-3005-R1-A2 INV-3005. */
export function billOf(number: string): string {
  return number.replace(/(-R\d+)?(-A\d+)?$/, "");
}

function allSaid(truth: Truth): readonly Stated[] {
  return [...receivables(truth).map(invoiceSaid), ...truth.credits.map(creditSaid)];
}

// A bill below zero is a credit note in accounting.
function invoiceSaid({ number, invoice_date: date, due_date, total, voided }: TrueInvoice): Stated {
  return total < 0
    ? { kind: "credit", number, date, due: "", total: -total, voided }
    : { kind: "invoice", number, date, due: due_date, total, voided };
}

function creditSaid({ number, date, total, voided }: TrueCredit): Stated {
  return { kind: "credit", number, date, due: "", total, voided };
}

function bookedIn(clerk: Clerk): readonly Stated[] {
  return [
    ...clerk.items().map((one) => ({ ...one, kind: "invoice" as const })),
    ...clerk.credits().map((one) => ({ ...one, kind: "credit" as const, due: "", voided: false })),
  ];
}

function isStanding(
  known: Promised,
  said: Stated,
  booked: readonly Stated[],
  closedUntil: string | null,
): boolean {
  const isSame = JSON.stringify(known.said) === JSON.stringify(said) && !known.waits;
  return isSame && (known.closedUntil === closedUntil || isKept(known, said, booked));
}

function isKept({ said, documents }: Promised, now: Stated, booked: readonly Stated[]): boolean {
  const lines = (all: readonly Document[]) =>
    all.map(({ kind, number, date, due, total }) => [kind, number, date, due, total].join()).sort();
  const [wanted, there] = [lines(documents), lines(booked.filter(({ voided }) => !voided))];
  return JSON.stringify([said, wanted]) === JSON.stringify([now, there]);
}

function spread({ invoice, amount }: Part, documents: readonly Part[]): readonly Part[] {
  let left = amount;
  const parts = documents.flatMap((one) => {
    const part = Math.min(left, one.amount);
    left -= part;
    return part > 0 ? [{ invoice: one.invoice, amount: part }] : [];
  });
  if (left > 0) throw new Error(`${sumOf(documents)} is open of ${invoice}, and ${amount} is to be paid`);
  return parts;
}
