import { backdatedBill, closeBooks, zeroBill } from "./events/closing.ts";
import { issueCredit, useCredit, withdrawCredit } from "./events/credits.ts";
import { editCustomer, newCustomer, secondContract, signContract } from "./events/customers.ts";
import { billRun, negativeBill, oneBill, withdrawBill } from "./events/invoices.ts";
import { ITEM_EVENTS } from "./events/items.ts";
import { revisePaidBill } from "./events/paid-bills.ts";
import {
  payBackdated,
  payFull,
  payOnAccount,
  payPart,
  paySeveral,
  payTooMuch,
  payTwins,
} from "./events/payments.ts";
import { movePayment } from "./events/payments-moved.ts";
import { editPayment, removePayment, voidPayment } from "./events/payments-undone.ts";
import { planTaken, serviceProvisioned } from "./events/provisioning.ts";
import { refund, removeRefund } from "./events/refunds.ts";
import { otherPeriod, redateBill, redueBill, reissueBill, reviseBill } from "./events/revisions.ts";
import { SERVICE_INVOICE_EVENTS } from "./events/service-invoices.ts";
import { trouble } from "./events/trouble.ts";
import type { EventKind } from "./scene.ts";

/** Everything that can happen to a client in a month: a new kind adds its line. */
export const EVENTS: readonly EventKind[] = [
  newCustomer,
  signContract,
  secondContract,
  editCustomer,
  billRun,
  oneBill,
  negativeBill,
  withdrawBill,
  reviseBill,
  revisePaidBill,
  closeBooks,
  backdatedBill,
  zeroBill,
  redateBill,
  redueBill,
  otherPeriod,
  reissueBill,
  payFull,
  payPart,
  paySeveral,
  payTooMuch,
  payBackdated,
  payOnAccount,
  payTwins,
  removePayment,
  voidPayment,
  editPayment,
  movePayment,
  refund,
  removeRefund,
  issueCredit,
  useCredit,
  withdrawCredit,
  serviceProvisioned,
  planTaken,
  ...ITEM_EVENTS,
  ...SERVICE_INVOICE_EVENTS,
  trouble,
];

/** What happens in every month, on its first day. */
export const MONTHLY: EventKind = billRun;
