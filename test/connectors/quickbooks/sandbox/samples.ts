import type { Row } from "../../../../engine/connector/sandbox/types.ts";

/** An invoice of customer 789 as a client sends it; the same fields make a credit memo. */
export function invoice(number: string, lines: readonly Row[]): Row {
  return { DocNumber: number, CustomerRef: { value: "789" }, Line: lines };
}

/** A line on an item (21 posts to 4000, 22 to 4010, 23 to 2230). */
export function line(amount: number, quantity = 1, unit = amount, item = "21", taxCode = "TAX"): Row {
  return {
    Amount: amount,
    Description: "Voice lines",
    DetailType: "SalesItemLineDetail",
    SalesItemLineDetail: {
      ItemRef: { value: item },
      Qty: quantity,
      UnitPrice: unit,
      TaxCodeRef: { value: taxCode },
    },
  };
}

/** A payment of customer 789 over the given documents. */
export function payment(total: number, links: readonly { type: string; id: string; amount: number }[]): Row {
  const lines = links.map(({ type, id, amount }) => ({
    Amount: amount,
    LinkedTxn: [{ TxnId: id, TxnType: type }],
  }));
  return { CustomerRef: { value: "789" }, TotalAmt: total, Line: lines };
}
