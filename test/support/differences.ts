import type { World } from "../../engine/connector/sandbox/world.ts";
import type { Books } from "./books.ts";

/** What money records of the books are missing, too many or other than the world expects, as sentences; none when all ties. */
export function differences(
  world: World,
  books: { readonly billing?: Books; readonly accounting?: Books },
): readonly string[] {
  const { billing, accounting } = books;
  return [
    ...(accounting === undefined
      ? []
      : compare("invoice", wantedInvoices(world), bookedInvoices(accounting))),
    ...(accounting === undefined ? [] : compareTotals(world.expected.gl_totals, accounting.gl_totals)),
    ...(billing === undefined ? [] : compare("payment", wantedPayments(world), bookedPayments(billing))),
  ];
}

function wantedInvoices(world: World): readonly string[] {
  return world.invoices.map(({ number, invoice_date, due_date, total }) =>
    JSON.stringify([number, invoice_date, due_date, total]),
  );
}

function bookedInvoices({ invoices }: Books): readonly string[] {
  return invoices.map(({ number, date, due_date, total }) => JSON.stringify([number, date, due_date, total]));
}

function wantedPayments({ expected }: World): readonly string[] {
  return expected.payments.map(({ date, amount, reference, allocations }) => {
    const paid = [...allocations].sort((a, b) => a.invoice.localeCompare(b.invoice));
    return JSON.stringify([reference, date, amount, paid.map((one) => [one.invoice, one.amount])]);
  });
}

function bookedPayments({ payments }: Books): readonly string[] {
  return payments.map(({ date, amount, reference, allocations }) =>
    JSON.stringify([reference, date, amount, allocations.map((one) => [one.invoice, one.amount])]),
  );
}

function compare(what: string, wanted: readonly string[], booked: readonly string[]): readonly string[] {
  return [...new Set([...wanted, ...booked])].flatMap((one) => {
    const right = wanted.filter((text) => text === one).length;
    const there = booked.filter((text) => text === one).length;
    return right === there ? [] : [`${what} ${one} is there ${there} times, not ${right}`];
  });
}

function compareTotals(wanted: Books["gl_totals"], booked: Books["gl_totals"]): readonly string[] {
  return [...new Set([...Object.keys(wanted), ...Object.keys(booked)])].flatMap((code) =>
    (wanted[code] ?? 0) === (booked[code] ?? 0)
      ? []
      : [`GL code ${code} shows ${booked[code] ?? 0}, not ${wanted[code] ?? 0}`],
  );
}
