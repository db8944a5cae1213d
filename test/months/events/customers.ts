import { currenciesOf } from "../../../engine/connector/sandbox/world.ts";
import { addDays } from "../../../mappings/demo/world/dates.ts";
import { someContacts } from "../../../mappings/demo/world/people.ts";
import { someAddress, somePhone, somePlace } from "../../../mappings/demo/world/places.ts";
import type { EventKind, Scene } from "../scene.ts";

/** What sales and service do in the PSA. */

const NAMES = [
  "Bay",
  "Cypress",
  "O'Hara",
  "Núñez",
  "“Blue” Heron",
  "A & B",
  "Kings: North",
  "Sol, Luna",
  "7th Ave",
];
const TRADES = ["Dental LLC", "Roofing", "Freight, Inc.", "Clinic", "Print Works", "Marina", "Law Offices"];

export const newCustomer: EventKind = {
  name: "new customer",
  weight: 2,
  happen: async (scene) => {
    const { demo, random, truth, psa, today } = scene;
    const number = `CUST-${scene.next()}`;
    const place = somePlace(random);
    const address = someAddress(random, place);
    const phone = somePhone(random, place);
    const status = random.chance(70) ? "signed" : "draft";
    const company = await psa.enter({
      number,
      name: `${random.pick(NAMES)} ${random.pick(TRADES)} ${number.slice(-3)}`,
      ids: { psa: "" },
      psa_id_known_in_billing: false,
      types: ["Client"],
      active: true,
      address,
      phone,
      billing_email: `ap@${number.toLowerCase()}.example`,
      terms: random.pick(["net15", "net30", "net45"]),
      currency: random.chance(60) ? demo.world.currency : random.pick(currenciesOf(demo.world)),
      tax_exempt: random.chance(15),
      contacts: someContacts(random, number, `${number.toLowerCase()}.example`, place),
      sites: [{ id: "", name: "Main", address, primary: true, phone }],
      contracts: [
        {
          id: "",
          name: "Hosted voice",
          type: "telecom",
          status,
          start_date: addDays(today, -random.int(0, 20)),
          end_date: null,
          lines: [],
        },
      ],
    });
    truth.companies.push(company);
    return `${company.name} (${number}, PSA ${company.ids.psa}, ${company.currency}) with a contract that is ${status}`;
  },
};

export const signContract: EventKind = {
  name: "contract signed",
  weight: 2,
  happen: async ({ random, truth, psa }) => {
    const drafts = truth.companies.flatMap((company) =>
      company.contracts.filter(({ status }) => status === "draft").map((contract) => ({ company, contract })),
    );
    if (drafts.length === 0) return undefined;
    const { company, contract } = random.pick(drafts);
    await psa.sign(contract.id);
    const contracts = company.contracts.map((one) =>
      one === contract ? { ...one, status: "signed" as const } : one,
    );
    replace(truth, { ...company, contracts });
    return `${company.name} signs ${contract.id}`;
  },
};

export const secondContract: EventKind = {
  name: "second contract",
  weight: 1,
  happen: async ({ random, truth, psa, today }) => {
    const company = random.pick(truth.companies);
    const contract = {
      id: "",
      name: "More lines",
      type: "telecom",
      status: random.chance(60) ? "signed" : "draft",
      start_date: today,
      end_date: null,
      lines: [],
    } as const;
    const id = await psa.addContract(company, contract);
    replace(truth, { ...company, contracts: [...company.contracts, { ...contract, id }] });
    return `${company.name} gets contract ${id}, ${contract.status}`;
  },
};

export const editCustomer: EventKind = {
  name: "customer edited",
  weight: 3,
  happen: async ({ random, truth, psa }) => {
    const company = random.pick(truth.companies);
    const what = random.pick(["terms", "e-mail", "phone", "name"] as const);
    switch (what) {
      case "terms": {
        const terms = random.pick(["net15", "net30", "net45"]);
        await psa.changeTerms(company, terms);
        replace(truth, { ...company, terms });
        return `${company.name} pays ${terms}`;
      }
      case "e-mail": {
        const billing_email = `bills${random.int(1, 999)}@${company.number.toLowerCase()}.example`;
        await psa.change(company, { invoiceToEmailAddress: billing_email });
        replace(truth, { ...company, billing_email });
        return `${company.name} is mailed at ${billing_email}`;
      }
      case "phone": {
        const phone = `+1813555${String(random.int(0, 9999)).padStart(4, "0")}`;
        await psa.change(company, { phoneNumber: phone.slice(2) });
        replace(truth, { ...company, phone });
        return `${company.name} is called at ${phone}`;
      }
      case "name": {
        const name = `${company.name.replace(/ v\d+$/, "")} v${random.int(2, 99)}`;
        if (truth.companies.some((one) => one.name === name)) return undefined;
        await psa.change(company, { name });
        replace(truth, { ...company, name });
        return `${company.name} is now ${name}`;
      }
    }
  },
};

function replace({ companies }: Scene["truth"], company: Scene["truth"]["companies"][number]): void {
  companies[companies.findIndex(({ number }) => number === company.number)] = company;
}
