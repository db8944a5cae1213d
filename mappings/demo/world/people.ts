import type { Company } from "../../../engine/connector/sandbox/world.ts";
import { type Place, somePhone } from "./places.ts";
import type { Random } from "./random.ts";

type Contact = Company["contacts"][number];

const FIRST =
  "Ana Beau Carmen Darnell Elena Frank Grace Hiro Imani José Kayla Luis Maeve Noor Olga Priya Quinn";
const MORE_FIRST = "Renée Sam Tomás Uma Victor Wendy Xavier Yusuf Zoë Mary-Kate";
const FIRST_NAMES = `${FIRST} ${MORE_FIRST}`.split(" ");
const LAST_NAMES = [
  "Alvarez",
  "Brandt",
  "Castillo",
  "D'Amico",
  "Ekström",
  "Foster",
  "García",
  "Hughes",
  "Ibrahim",
  "Johnson",
  "Kowalczyk",
  "Lee",
  "McAllister",
  "Núñez",
  "O'Neill",
  "Patel",
  "Quarles",
  "Ramírez-Soto",
  "Singh",
  "Thibodeaux",
  "Underwood",
  "van der Berg",
  "Washington",
  "Young",
];

/** One to three people of a company, of whom exactly one takes the invoices. `psa` is the company's id there. */
export function someContacts(random: Random, psa: string, domain: string, place: Place): Contact[] {
  const count = random.int(1, 3);
  const billing = random.int(0, count - 1);
  const last = random.shuffle(LAST_NAMES).slice(0, count);
  return last.map((last_name, index) => {
    const first_name = random.pick(FIRST_NAMES);
    return {
      id: `8${psa}${index + 1}`,
      first_name,
      last_name,
      email: `${slug(first_name)}.${slug(last_name)}@${domain}`,
      phone: somePhone(random, place),
      billing: index === billing,
    };
  });
}

/** The plain lower-case letters and digits of a name, without accents: what an address on the internet can hold. */
export function slug(name: string): string {
  return name
    .normalize("NFD")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
}
