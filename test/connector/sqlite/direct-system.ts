/** A billing system of its own table layout whose rows are written in the database itself. */
export const DIRECT = `
driver: sqlite
database: $settings.folder & "/own.db"
outbox: "null"
direct:
  stamp: stand
  recorded: INSERT INTO jobs (job, kunde) VALUES (:key, :id)
imported: SELECT job AS key FROM jobs WHERE job IN (SELECT value FROM json_each(:keys))
entities:
  customer:
    table: kunden
    key: nr
    lists:
      mails: { table: mails, parent: kunde }
      labels: { table: labels, parent: kunde, named_by: label }
    children:
      mails: |
        SELECT kunde AS parent_id, mail FROM mails
        WHERE kunde IN (SELECT value FROM json_each(:ids)) ORDER BY mail
    list: { sql: "SELECT * FROM kunden WHERE :since IS NULL OR stand >= :since ORDER BY nr" }
    get: { sql: "SELECT * FROM kunden WHERE nr IN (SELECT value FROM json_each(:ids))" }
    find: { sql: "SELECT kunden.* FROM kunden JOIN jobs ON nr = jobs.kunde WHERE job = :key", match: "true" }
    id: nr
    read: |
      { "id": $id(nr), "updated_at": stand, "name": firma, "status": "active", "currency": "USD",
        "billing_emails": $list(mails.mail) }
    write:
      name: '{ "firma": name }'
      billing_emails: '{ "mails": $list(billing_emails.{ "mail": $ }) }'
    create: { id: '"N-" & $key' }
    update: {}
    set_field: { row: '{ "labels": [{ "label": $substringAfter($field, "fields."), "value": $value }] }' }
`;

/** The nth of many customers. */
export function firm(n: number): { readonly name: string; readonly billing_emails: string[] } {
  return { name: `Firm ${n}`, billing_emails: [`${n}@x.example`] };
}
