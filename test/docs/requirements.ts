import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { packageRoot } from "../../engine/config/root.ts";

/** What tripoint is for, as numbered requirements in a few words; their acceptance tests are titled by these numbers. */
export const REQUIREMENTS: readonly (readonly [id: string, words: string])[] = [
  ["R1", "customers follow the PSA"],
  ["R2", "contracts follow the PSA and never flow back"],
  ["R3", "telecom services are billing's: no pipeline writes them from the PSA"],
  ["R4", "telecom invoices are billing's: an amount edited in the ledger is reported"],
  ["R5", "MSP invoices come from where the client says"],
  ["R6", "payments are accounting's: one typed in billing is reported"],
  ["R7", "no pipeline creates or renames GL accounts; an unknown code holds the document"],
  ["R8", "who owns what is per client; two opposite clients run side by side"],
  ["R9", "company name from PSA to billing"],
  ["R10", "billing address from PSA to billing"],
  ["R11", "contacts from PSA to billing"],
  ["R12", "service locations with their tax jurisdiction; a bad ZIP is held"],
  ["R13", "payment terms by id; an unmapped one is held"],
  ["R14", "contract ids stand on the billing account, and find it"],
  ["R15", "only customers with a telecom contract flow"],
  ["R16", "invoices create receivables to the cent, once"],
  ["R17", "customers that accounting lacks are created once; two candidates are held"],
  ["R18", "revenue per GL code equals charges per type"],
  ["R19", "the same records pass on every ledger"],
  ["R20", "a payment marks invoices as paid or partly paid"],
  ["R21", "a backdated payment keeps its date"],
  ["R22", "AR ageing is equal on both sides"],
  ["R23", "a payment of an unlinked customer waits and posts after linking"],
  ["R24", "void, delete, edit, split, overpayment, refund, NSF: balances equal after each"],
  ["R25", "customer data from PSA to accounting"],
  ["R26", "one customer, three ids, found from any of them"],
  ["R27", "ids kept in the client's chosen field of each system"],
  ["R28", "ids kept by tripoint, exported and imported as CSV"],
  ["R29", "a lost id map is rebuilt from the systems' own fields"],
  ["R30", "a pipeline that needs links needs a declared strategy"],
  ["R31", "doctor finds fields that hold another system's ids"],
  ["R32", "bill-ready: an account has a location"],
  ["R33", "bill-ready: circuits and BTNs per location"],
  ["R34", "bill-ready: BTNs are unique and match call records"],
  ["R35", "bill-ready: services have rate plans"],
  ["R36", "bill-ready: the service address gives the tax jurisdiction"],
  ["R37", "name and address flow without a human"],
  ["R38", "billing contact and e-mail flow without a human"],
  ["R39", "service locations flow without a human"],
  ["R40", "payment terms flow without a human"],
  ["R41", "“10 DID lines” becomes a quantity, never numbers"],
  ["R42", "“SIP Trunking” becomes a service type, never a circuit"],
  ["R43", "“Voice package” never becomes a rate plan"],
  ["R44", "a signed telecom contract opens one account shell"],
  ["R45", "telecom details come from a person or a provisioning system"],
  ["R46", "invoices of an account that is not bill-ready are held"],
  ["R47", "a cancelled or amended contract reports live services and removes none"],
  ["R48", "separate invoicing, per client or customer"],
  ["R49", "consolidated invoicing, per client or customer"],
  ["R50", "the PSA's billable items reach billing"],
  ["R51", "consolidated: one invoice"],
  ["R52", "consolidated: one payment"],
  ["R53", "consolidated: one receivable"],
  ["R54", "an item billed in billing is marked in the PSA"],
  ["R55", "switch-over month: nothing billed twice or missed"],
  ["R56", "one payment clears both kinds of revenue"],
  ["R57", "the GL split stays right inside one invoice"],
  ["R58", "any PSA, also one that tripoint has never seen"],
  ["R59", "credentials by reference only, and never shown"],
  ["R60", "one more customer field is a change of YAML"],
  ["R61", "external id fields are recorded per system and used"],
  ["R62", "any of the ledgers"],
  ["R63", "GL codes are data, unmapped ones are reported"],
  ["R64", "`payments.sync_back: false` writes nothing to billing"],
  ["R65", "one invoice or separate ones: a decision in client.yaml"],
  ["R66", "how customers link: a decision in client.yaml"],
  ["R68", "which side wins, per type and per field"],
  ["R69", "`tripoint explain` says a client's decisions in plain words"],
  ["R70", "nothing is typed twice"],
  ["R71", "seeded faults are held or repaired, none silent"],
  ["R72", "one page shows a customer in all three systems"],
  ["R74", "a run says what it could not automate and who must act"],
  ["R75", "two clients share a base and differ in their own lines only"],
];

// test("R20, R21: …") and its like in back quotes; a title that a loop puts together has its ids written out too.
const TITLE = /^[ \t]*test\(\s*["'`](R\d+(?:, R\d+)*): /gm;

/** Paths of the test files that have a test of a requirement, by its id. */
export function titledRequirements(): ReadonlyMap<string, readonly string[]> {
  const folder = join(packageRoot(), "test");
  const found = new Map<string, string[]>();
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  for (const file of files.filter((name) => name.endsWith(".test.ts")).sort()) {
    const text = readFileSync(join(folder, file), "utf8");
    const ids = [...text.matchAll(TITLE)].flatMap(([, titled = ""]) => titled.split(", "));
    const path = `test/${file.split(sep).join("/")}`;
    for (const id of new Set(ids)) found.set(id, [...(found.get(id) ?? []), path]);
  }
  return found;
}
