import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { isObject } from "../../../engine/core/json.ts";
import { autoApply } from "./auto-apply.ts";
import { type Books, newId, refId, stamped, textOf } from "./books.ts";
import { checkBody, namedReferences } from "./check.ts";
import { withCurrency } from "./currencies.ts";
import type { Entity } from "./entities.ts";
import { linksOf, putTransaction, releasePayments, relink } from "./links.ts";
import { buildNamed } from "./names.ts";
import { pacificTime } from "./pacific.ts";
import { buildPayment, voidedPayment } from "./payments.ts";
import { missing, notFound, Refusal, unsupported } from "./refusal.ts";
import { buildSalesForm, voidedSalesForm } from "./sales.ts";
import { checkClosed, checkDeposited, withDocNumber } from "./transactions.ts";

/** One write to one resource, the same for a single POST and for an item of a batch. */
export interface Write {
  readonly entity: Entity;
  readonly operation: "save" | "delete" | "void";
  readonly body: Row;
  /** include=allowduplicatedocnum */
  readonly allowDuplicateNumber: boolean;
}

/** Applies a write and returns the body of its reply without envelope: `{Invoice: {...}}`. */
export function applyWrite(write: Write, books: Books): Row | Refusal {
  const { entity, operation, body } = write;
  const isNew = operation === "save" && textOf(body["Id"]) === "" && entity.kind !== "setting";
  const needed = operation === "save" ? (isNew ? "create" : "update") : operation;
  if (!entity.operations.includes(needed)) return unsupported(capitalized(needed));
  const refusal = operation === "save" ? checkBody(body, entity.fields, books) : undefined;
  if (refusal !== undefined) return refusal;
  if (isNew) return save(write, undefined, books);
  const old = findCurrent(entity, body, books);
  if (old instanceof Refusal) return old;
  const guard = entity.kind === "transaction" ? checkChange(entity, old, books) : undefined;
  if (guard !== undefined) return guard;
  if (operation === "delete") return remove(entity, old, books);
  return operation === "void" ? voidTransaction(entity, old, books) : save(write, old, books);
}

function save(write: Write, old: Row | undefined, books: Books): Row | Refusal {
  const { entity } = write;
  const merged = old === undefined ? settable(write.body, entity) : merge(old, write.body, entity);
  const id = old === undefined ? newId(books) : textOf(old["Id"]);
  const built = build(write, { ...merged, Id: id }, old, books);
  if (built instanceof Refusal) return built;
  const row = stamped(namedReferences(built, entity.fields, books), old, books);
  if (entity.kind !== "transaction") {
    books.ledger.put(entity.name, id, row);
    return { [entity.name]: row };
  }
  const before = entity.name === "Payment" ? linksOf(old, books) : [];
  putTransaction(entity.name, id, row, books);
  if (entity.name === "Payment") relink(id, before, linksOf(row, books), books);
  if (old === undefined) autoApply(entity.name, row, books);
  return { [entity.name]: row };
}

function build(write: Write, row: Row, old: Row | undefined, books: Books): Row | Refusal {
  const { entity } = write;
  if (entity.kind === "setting") return row;
  if (entity.kind === "name_list") {
    const named = buildNamed(entity.name, row, textOf(row["Id"]), books);
    return entity.name !== "Customer" || named instanceof Refusal ? named : withCurrency(named, old, books);
  }
  const form =
    entity.name === "Payment" ? buildPayment(row, old, books) : buildSalesForm(entity.name, row, books);
  if (form instanceof Refusal) return form;
  const closed = checkClosed(textOf(form["TxnDate"]), books);
  if (closed !== undefined || entity.name === "Payment") return closed ?? form;
  if (entity.name === "RefundReceipt" && refId(form["DepositToAccountRef"]) === "") {
    return missing("DepositToAccountRef");
  }
  return withDocNumber(entity.name, form, write.allowDuplicateNumber, books);
}

function findCurrent(entity: Entity, body: Row, books: Books): Row | Refusal {
  const id = entity.kind === "setting" ? "1" : textOf(body["Id"]);
  if (id === "") return missing("Id");
  const old = books.ledger.get(entity.name, id);
  if (old === undefined) return notFound();
  if (!books.rule("sync_token")) return old;
  if (textOf(body["SyncToken"]) === "") return missing("SyncToken");
  return body["SyncToken"] === old["SyncToken"] ? old : stale();
}

function checkChange(entity: Entity, old: Row, books: Books): Refusal | undefined {
  const deposited = entity.name === "Payment" ? checkDeposited(textOf(old["Id"]), books) : undefined;
  return deposited ?? checkClosed(textOf(old["TxnDate"]), books);
}

// Sparse: what was sent replaces, the rest stays. Full: what was not sent is cleared, save what the vendor computes.
function merge(old: Row, body: Row, entity: Entity): Row {
  const sent = settable(body, entity);
  if (body["sparse"] === true) {
    const cleared = new Set(Object.keys(body).filter((key) => isBlank(body[key])));
    const kept = Object.entries(old).filter(([key]) => !cleared.has(key));
    return { ...Object.fromEntries(kept), ...sent };
  }
  const computed = Object.entries(old).filter(([key]) => entity.fields[key]?.kind === "computed");
  return { ...Object.fromEntries(computed), ...sent };
}

function settable(body: Row, entity: Entity): Row {
  const entries = Object.entries(body).filter(([key, value]) => {
    const shape = entity.fields[key];
    return shape !== undefined && shape.kind !== "computed" && !isBlank(value);
  });
  return Object.fromEntries(entries);
}

function isBlank(value: unknown): boolean {
  return value === null || value === "";
}

function voidTransaction(entity: Entity, old: Row, books: Books): Row {
  const id = textOf(old["Id"]);
  const note = textOf(old["PrivateNote"]);
  const isPayment = entity.name === "Payment";
  const zeroed = isPayment ? voidedPayment(old) : voidedSalesForm(old);
  // The note begins with "Voided"; what stands between it and an older note is of low confidence.
  const row = stamped({ ...zeroed, PrivateNote: note === "" ? "Voided" : `Voided - ${note}` }, old, books);
  if (!isPayment) releasePayments(entity.name, old, books);
  putTransaction(entity.name, id, row, books);
  if (isPayment) relink(id, linksOf(old, books), [], books);
  return { [entity.name]: row };
}

function remove(entity: Entity, old: Row, books: Books): Row {
  const id = textOf(old["Id"]);
  if (entity.name !== "Payment") releasePayments(entity.name, old, books);
  putTransaction(entity.name, id, undefined, books);
  if (entity.name === "Payment") relink(id, linksOf(old, books), [], books);
  const created = isObject(old["MetaData"]) ? (old["MetaData"]["CreateTime"] ?? null) : null;
  const meta = { CreateTime: created, LastUpdatedTime: pacificTime(books.now()) };
  books.ledger.put("deleted", `${entity.name}:${id}`, { entity: entity.name, Id: id, MetaData: meta });
  return { [entity.name]: { domain: "QBO", status: "Deleted", Id: id } };
}

function stale(): Refusal {
  const text = "You and another user were working on this at the same time, and the other finished first.";
  return new Refusal("5010", "Stale Object Error", `Stale Object Error : ${text}`);
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
