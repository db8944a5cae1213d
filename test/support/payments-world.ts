import type { World } from "../../engine/connector/sandbox/world.ts";
import { tinyWorld } from "./tiny-world.ts";

/** The tiny world with a third invoice and nothing paid yet: INV-1042 552.86 and INV-1044 100.00 are one customer's. */
export const unpaidWorld: World = {
  ...tinyWorld,
  invoices: [
    ...tinyWorld.invoices,
    {
      id: "9003",
      number: "INV-1044",
      company: "CUST-1001",
      invoice_date: "2026-08-15",
      due_date: "2026-09-14",
      period: { from: "2026-08-01", to: "2026-08-31" },
      lines: [
        {
          charge_type: "MRC",
          description: "SIP trunk",
          quantity: "1",
          unit_amount_decimal: "100.00",
          amount: 10000,
        },
      ],
      taxes: [],
      total: 10000,
    },
  ],
  receipts: [],
};
