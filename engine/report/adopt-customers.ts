import { groupBy } from "../core/group.ts";
import { nearMiss } from "../core/near-miss.ts";
import type { Pairing } from "./adopt-choose.ts";

/** Customers of two systems that may be one: what speaks for each pair, by declared weights. */

/** What a customer is recognised by. Texts are evened out already; null or empty where a system has no value. */
export interface CustomerTraits {
  readonly id: string;
  readonly name: string;
  /** Id of the other system's customer in the client's external-id field. */
  readonly holds: string | null;
  readonly tax_id: string | null;
  readonly number: string | null;
  readonly name_key: string | null;
  readonly emails: readonly string[];
  readonly phone: string | null;
  readonly postal_code: string | null;
  /** Why a person should look twice at this one: inactive, or a part of another customer. */
  readonly doubt: string | null;
}

const WEIGHTS = {
  external_id: 100,
  tax_id: 60,
  number: 60,
  name: 40,
  similar_name: 20,
  phone: 20,
  email_domain: 15,
  postal_code: 10,
} as const;

/** Two tax ids that differ speak against a pair as loudly as equal ones speak for it. */
const OTHER_TAX_ID = -60;

// Mailboxes of anybody: the same one behind the @ says nothing.
const PUBLIC_DOMAINS = new Set(
  "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com me.com aol.com comcast.net".split(
    " ",
  ),
);

/** A value by which two records can meet; `shared` values count half. */
interface Mark {
  readonly kind: Exclude<keyof typeof WEIGHTS, "external_id" | "similar_name">;
  readonly value: string;
}

/** All pairs that have at least one thing in common that singles them out. */
export function pairCustomers(
  lefts: readonly CustomerTraits[],
  rights: readonly CustomerTraits[],
): readonly Pairing<CustomerTraits>[] {
  const index = groupBy(
    rights.flatMap((right) => meetingKeys(right).map((key) => ({ key, right }))),
    ({ key }) => key,
  );
  const shared = sharedMarks(lefts, rights);
  const rightIds = new Map(rights.map((one) => [one.id, one]));
  const holders = groupBy(rights, ({ holds }) => holds ?? "");
  return lefts.flatMap((left) => {
    const candidates = new Set<CustomerTraits>();
    for (const key of meetingKeys(left)) for (const { right } of index.get(key) ?? []) candidates.add(right);
    const held = left.holds === null ? undefined : rightIds.get(left.holds);
    if (held !== undefined) candidates.add(held);
    for (const right of holders.get(left.id) ?? []) candidates.add(right);
    return [...candidates].flatMap((right) => pair(left, right, shared) ?? []);
  });
}

/** Undefined when an external id says that one of them is somebody else. */
function pair(
  left: CustomerTraits,
  right: CustomerTraits,
  shared: ReadonlySet<string>,
): Pairing<CustomerTraits> | undefined {
  const named = left.holds === right.id || right.holds === left.id;
  const elsewhere =
    (left.holds !== null && left.holds !== right.id) || (right.holds !== null && right.holds !== left.id);
  if (elsewhere && !named) return undefined;
  const reasons: string[] = [];
  let score = 0;
  const add = (points: number, text: string): void => {
    score += points;
    reasons.push(`${text} (${points > 0 ? "+" : ""}${points})`);
  };
  if (named && !elsewhere) add(WEIGHTS.external_id, "holds the other's id");
  if (named && elsewhere) add(0, "one side holds another id");
  let sound = named && !elsewhere;
  const theirs = new Set(marksOf(right).map(markText));
  for (const mark of marksOf(left)) {
    if (!theirs.has(markText(mark))) continue;
    const isShared = shared.has(markText(mark));
    add(
      isShared ? Math.floor(WEIGHTS[mark.kind] / 2) : WEIGHTS[mark.kind],
      `same ${WORDS[mark.kind]} ${mark.value}${isShared ? ", as others have" : ""}`,
    );
    if (SOUND.has(mark.kind)) sound = true;
  }
  if (left.tax_id !== null && right.tax_id !== null && left.tax_id !== right.tax_id)
    add(OTHER_TAX_ID, "other tax id");
  if (left.name_key !== right.name_key && isSimilar(left.name_key, right.name_key))
    add(WEIGHTS.similar_name, "similar name");
  const doubts = [left.doubt, right.doubt].filter((doubt) => doubt !== null);
  return { left, right, score, reasons: [...reasons, ...doubts], sound: sound && doubts.length === 0 };
}

const WORDS: { readonly [kind in Mark["kind"]]: string } = {
  tax_id: "tax id",
  number: "number",
  name: "name",
  phone: "phone",
  email_domain: "e-mail domain",
  postal_code: "postal code",
};

// Without one of these a pair is a guess, however much else agrees: two firms may share an office.
const SOUND: ReadonlySet<Mark["kind"]> = new Set(["tax_id", "number", "name"]);

function marksOf(one: CustomerTraits): readonly Mark[] {
  const of = (kind: Mark["kind"], value: string | null): readonly Mark[] =>
    value === null || value === "" ? [] : [{ kind, value }];
  const domains = new Set(one.emails.map((email) => email.slice(email.lastIndexOf("@") + 1).toLowerCase()));
  return [
    ...of("tax_id", one.tax_id),
    ...of("number", one.number),
    ...of("name", one.name_key),
    ...of("phone", one.phone),
    ...[...domains]
      .filter((domain) => !PUBLIC_DOMAINS.has(domain))
      .flatMap((domain) => of("email_domain", domain)),
    ...of("postal_code", one.postal_code),
  ];
}

function markText({ kind, value }: Mark): string {
  return `${kind}=${value}`;
}

/** Values that several records of one side have. */
function sharedMarks(...sides: readonly (readonly CustomerTraits[])[]): ReadonlySet<string> {
  const shared = new Set<string>();
  for (const side of sides) {
    const seen = new Set<string>();
    for (const mark of side.flatMap(marksOf).map(markText)) {
      if (seen.has(mark)) shared.add(mark);
      seen.add(mark);
    }
  }
  return shared;
}

/** Keys under which a record is looked up. A postal code alone brings nobody together. */
function meetingKeys(one: CustomerTraits): readonly string[] {
  const [first = ""] = (one.name_key ?? "").split(" ");
  return [
    ...marksOf(one)
      .filter(({ kind }) => kind !== "postal_code")
      .map(markText),
    ...(first === "" ? [] : [`start=${first.slice(0, 4)}`]),
  ];
}

/** One or two slips of the pen apart, or one of them with words left out at its end. */
function isSimilar(a: string | null, b: string | null): boolean {
  if (a === null || b === null || a === "" || b === "") return false;
  return nearMiss(a, [b]) !== undefined || a.startsWith(`${b} `) || b.startsWith(`${a} `);
}
