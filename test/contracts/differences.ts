/** What is not as a spec has it, and why it stays so. The connectors' READMEs tell the same. */
export const DIFFERENCES: {
  readonly [connector: string]: readonly { readonly problem: RegExp; readonly reason: string }[];
} = {
  autotask: [
    {
      problem: /zoneInformation: \? has no parameter user/,
      reason: "the operation comes from a client's code, which leaves it out; the vendor asks for it",
    },
    {
      problem: /must match format "date-time"/,
      reason: "times come without a zone, as the vendor's page on API calls says",
    },
  ],
  connectwise: [
    {
      problem: /(\/customFields\/\*|^request PATCH .*\/\*)\/value must be object/,
      reason: "the spec writes .NET's object, which is any value; custom fields hold texts and check marks",
    },
    {
      problem: /finance\/agreements: \/\* must have required property 'contact'/,
      reason:
        "asked for when an agreement is saved; one that was imported for a company without people has none",
    },
    {
      problem: /: \/errors must be array/,
      reason: "the vendor's own refusals show errors: null where there is nothing to list",
    },
  ],
  halopsa: [
    {
      problem: /must match format "date-time"/,
      reason: "times come without an offset, whatever the document says of their form",
    },
  ],
  quickbooks: [
    {
      problem: /\? has no parameter (minorversion|requestid)/,
      reason: "the operations come from a third party's document, which leaves both out; the vendor has them",
    },
  ],
  "sage-accounting": [
    {
      problem: /^answer .*(amount|discount|rate|paid|price|quantity) must be number$/,
      reason: 'the document says double; amounts and quantities arrive as texts, such as "180.0"',
    },
    {
      problem: /^request POST .* must NOT have additional properties idempotency_id$/,
      reason: "the vendor's guide on idempotency has it, the document leaves it out",
    },
  ],
  "sage-intacct": [
    {
      problem: /invoice-line\/\*: \/ia::result must NOT have additional properties href/,
      reason: "the vendor's objects show their own address; the schema of a line leaves it out",
    },
  ],
  xero: [
    {
      problem:
        /^answer [A-Z]+ [^:]*: \/ must NOT have additional properties (DateTimeUTC|Id|ProviderName|Status)$/,
      reason: "the document's schemas leave the envelope out that its own examples show",
    },
    {
      problem: /must NOT have additional properties (DateString|DueDateString|UpdatedDateUTCString)$/,
      reason: "texts beside dates, which the document's examples show and its schemas leave out",
    },
    {
      problem: /\/Overpayments\/\* must NOT have additional properties ID$/,
      reason: "as in the document's examples; its schema has OverpaymentID alone",
    },
  ],
};
