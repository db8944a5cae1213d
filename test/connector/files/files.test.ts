import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { SystemError } from "../../../engine/connector/types.ts";
import { listed, ownSystem, sent, writeOf } from "../../support/own-connector.ts";

const YAML = `
driver: files
folders:
  in: $settings.folder & "/in"
  out: $settings.folder & "/out"
  archive: $settings.folder & "/archive"
  rejects: $settings.folder & "/rejects"
page_size: 2
max_rejects: 3
max_record_kb: 2
max_mb: 1
entities:
  customer:
    table: kunden
    list: { files: kunden-*.csv, columns: [name] }
    read: |
      { "id": id, "updated_at": $blank(stand), "name": $blank(name), "status": "active", "currency": "USD" }
    write: { name: '{ "name": name }', phone: '{ "phone": phone }' }
    create: {}
    update: {}
  contact:
    table: leute
    list: { files: leute-*.ndjson }
    read: '{ "id": $id(id), "customer_id": $id(customer), "name": name, "status": "active" }'
  payment_terms:
    table: terms
    list: { files: terms-*.json, holds: all, incremental: false }
    read: '{ "id": id, "name": name, "due_rule": "days_after_invoice", "due_days": days, "status": "active" }'
  invoice:
    table: bills
    list:
      files: bills-*.csv
      children: { lines: { files: bill_lines-*.csv, parent_key: bill } }
    read: |
      { "id": id, "number": id, "status": "issued", "payment_status": "unpaid", "customer_id": customer,
        "invoice_date": "2026-11-01", "due_date": "2026-12-01", "currency": "USD",
        "lines": $list(lines.{ "line_number": $number(n), "description": text, "quantity": "1", "amount": 100 }),
        "subtotal": 0, "tax_total": 0, "total": 0, "balance": 0 }
`;

function setUp(t: TestContext, yaml = YAML) {
  const system = ownSystem(t, yaml);
  const at = (...parts: readonly string[]) => join(system.folder, ...parts);
  mkdirSync(at("in"));
  // Beyond the two seconds in which a file may still be written.
  system.clock.at += 60_000;
  const drop = (name: string, content: string | Buffer) => writeFileSync(at("in", name), content);
  const names = (folder: string) => (existsSync(at(folder)) ? readdirSync(at(folder)).sort() : []);
  return { ...system, at, drop, names };
}

const ids = (records: readonly { readonly id: string }[]) => records.map(({ id }) => id);

test("files: records come page by page, the newest file first, and of one record the newest counts", async (t) => {
  const { open, drop } = setUp(t);
  drop("kunden-1.csv", "id,name,stand\n1,Old name,\n2,Bolt,\n");
  drop("kunden-2.csv", 'id,name,stand\n3,"Café ""Zur Post"", Köln",2026-11-01T00:00:00Z\n1,"Two\nlines",\n');
  const records = await listed(open(), "customer");
  assert.deepEqual(
    records.map(({ id, record }) => [id, record["name"]]),
    [
      ["3", 'Café "Zur Post", Köln'],
      ["1", "Two\nlines"],
      ["2", "Bolt"],
    ],
  );
  assert.deepEqual(ids(await open().get("customer", ["2", "9"])), ["2"]);
});

test("files: bad rows go to a file of rejects with line and reason, and the others go on", async (t) => {
  const { open, drop, at } = setUp(t);
  drop("kunden-1.csv", `id,name,stand\n1,Acme,\n2,too,many,cells\n,No id,\n3,=HYPERLINK("x"),,\n4,Bolt,\n`);
  assert.deepEqual(ids(await listed(open(), "customer")), ["1", "4"]);
  assert.equal(
    readFileSync(at("rejects", "kunden-1.csv.rejects.csv"), "utf8"),
    [
      "line,reason,row",
      `3,"it has 4 cells, and the header has 3","2,too,many,cells"`,
      `4,its id is empty,"{""id"":"""",""name"":""No id"",""stand"":""""}"`,
      `5,"Invalid Opening Quote: a quote is found on field 1 at line 5, value is ""=HYPERLINK(""",`,
      "",
    ].join("\n"),
  );
});

test("files: a text that looks like a formula is a text", async (t) => {
  const { open, drop } = setUp(t);
  drop("kunden-1.csv", "id,name,stand\n1,=1+1,\n2,@SUM(A1),\n");
  assert.deepEqual(
    (await listed(open(), "customer")).map(({ record }) => record["name"]),
    ["=1+1", "@SUM(A1)"],
  );
});

test("files: a record that breaks the model says in which file and line it stands", async (t) => {
  const { open, drop } = setUp(t);
  drop("kunden-1.csv", "id,name,stand\n1,,\n");
  const [record] = await listed(open(), "customer");
  assert.match(record?.unreadable ?? "", /name.*\(kunden-1\.csv, line 2\)/);
});

for (const { name, content, message } of [
  { name: "UTF-16", content: Buffer.from("\ufeffid,name\n", "utf16le"), message: /UTF-16: save it as UTF-8/ },
  { name: "no UTF-8", content: Buffer.from("id,name\n1,Caf\xe9\n", "latin1"), message: /not UTF-8/ },
  { name: "empty", content: "", message: /no header/ },
  { name: "with a column twice", content: "id,name,name\n", message: /two columns named "name"/ },
  { name: "with a column without a name", content: "id,name,\n", message: /column 3 has no name/ },
  { name: "that ends in a quote", content: 'id,name\n1,"Ac', message: /a quote is not closed/ },
  { name: "without its columns", content: "<html>\n", message: /no column id, name/ },
  {
    name: "with a prototype for a column",
    content: "id,name,__proto__\n",
    message: /no column may be named/,
  },
  {
    name: "that is too large",
    content: `id,name\n${"1,x\n".repeat(400_000)}`,
    message: /larger than the 1 MB/,
  },
  { name: "of bad rows", content: `id,name\n${"1\n".repeat(9)}`, message: /more than 3 of its rows are bad/ },
]) {
  test(`files: a file ${name} is refused as a whole, and stays where it is`, async (t) => {
    const { open, drop, names } = setUp(t);
    drop("kunden-1.csv", content);
    const connection = open();
    await assert.rejects(listed(connection, "customer"), (error) => {
      assert.ok(error instanceof SystemError);
      assert.match(error.message, message);
      assert.match(error.message, /kunden-1\.csv/);
      return true;
    });
    await connection.recorded?.();
    assert.deepEqual(names("in"), ["kunden-1.csv"]);
  });
}

test("files: a byte order mark is no part of the first column's name", async (t) => {
  const { open, drop } = setUp(t);
  drop("kunden-1.csv", "\ufeffid,name,stand\r\n1,Acme,\r\n");
  assert.deepEqual(ids(await listed(open(), "customer")), ["1"]);
});

test("files: what may still be written is left alone", async (t) => {
  const { open, drop, at, clock } = setUp(t);
  for (const name of ["kunden-1.csv.tmp", "kunden-2.csv.part", ".kunden-3.csv"])
    drop(name, "id,name,stand\n9,x,\n");
  drop("kunden-4.csv", "id,name,stand\n4,Half");
  const now = new Date(clock.at - 1000);
  utimesSync(at("in", "kunden-4.csv"), now, now);
  assert.deepEqual(await listed(open(), "customer"), []);
  drop("kunden-4.csv", "id,name,stand\n4,Whole,\n");
  utimesSync(at("in", "kunden-4.csv"), now, now);
  clock.at += 1001;
  assert.deepEqual(ids(await listed(open(), "customer")), ["4"]);
});

test("files: where none need be quiet a file counts at once, whatever its disk takes for the time", async (t) => {
  const { open, drop, at, clock } = setUp(t, YAML.replace("page_size: 2", 'page_size: 2\nquiet_ms: "0"'));
  drop("kunden-1.csv", "id,name,stand\n1,Acme,\n");
  const ahead = new Date(clock.at + 5000);
  utimesSync(at("in", "kunden-1.csv"), ahead, ahead);
  assert.deepEqual(ids(await listed(open(), "customer")), ["1"]);
});

test("files: where a sentinel is agreed on, a file counts when it is there, and both are put away", async (t) => {
  const { open, drop, names } = setUp(t, YAML.replace("page_size: 2", "page_size: 2\nsentinel: .done"));
  drop("kunden-1.csv", "id,name,stand\n1,Acme,\n");
  assert.deepEqual(await listed(open(), "customer"), []);
  drop("kunden-1.csv.done", "");
  const connection = open();
  assert.deepEqual(ids(await listed(connection, "customer")), ["1"]);
  await connection.recorded?.();
  assert.deepEqual(names("in"), []);
});

test("files: a file is put away after a run that recorded everything, and not before", async (t) => {
  const { open, drop, names } = setUp(t);
  drop("kunden-1.csv", "id,name,stand\n1,Acme,2026-11-01T00:00:00Z\n");
  await listed(open(), "customer");
  assert.deepEqual(names("in"), ["kunden-1.csv"]);
  const connection = open();
  await listed(connection, "customer");
  await connection.recorded?.();
  assert.deepEqual(names("in"), []);
  assert.match(names("archive")[0] ?? "", /^\d{8}T\d{9}Z_kunden-1\.csv$/);
});

test("files: a list that was not read to its end puts nothing away", async (t) => {
  const { open, drop, names } = setUp(t);
  drop("kunden-1.csv", "id,name,stand\n1,a,\n2,b,\n3,c,\n4,d,\n5,e,\n6,f,\n7,g,\n8,h,\n9,i,\n");
  const connection = open();
  for await (const _ of connection.list("customer", { since: undefined, parents: undefined })) break;
  await connection.recorded?.();
  assert.deepEqual(names("in"), ["kunden-1.csv"]);
});

test("files: what was put away is read by a pipeline that has not seen it, in a full read, and by id", async (t) => {
  const { open, drop, clock } = setUp(t);
  drop("kunden-1.csv", "id,name,stand\n1,Acme,2026-11-01T00:00:00Z\n");
  const first = open();
  await listed(first, "customer");
  await first.recorded?.();
  const archived = clock.at;
  assert.deepEqual(ids(await listed(open(), "customer")), ["1"]);
  assert.deepEqual(ids(await open().get("customer", ["1"])), ["1"]);
  const since = (ms: number) => new Date(archived + ms).toISOString();
  assert.deepEqual(ids(await listed(open(), "customer", since(-1))), ["1"]);
  assert.deepEqual(await listed(open(), "customer", since(1)), []);
});

test("files: of files that each hold everything only the newest counts", async (t) => {
  const { open, drop, names } = setUp(t);
  drop(
    "terms-1.json",
    JSON.stringify([
      { id: "a", name: "Net 10", days: 10 },
      { id: "b", name: "Net 20", days: 20 },
    ]),
  );
  drop("terms-2.json", JSON.stringify([{ id: "b", name: "Net 21", days: 21 }]));
  const connection = open();
  const records = await listed(connection, "payment_terms");
  assert.deepEqual(
    records.map(({ id, record }) => [id, record["name"]]),
    [["b", "Net 21"]],
  );
  assert.deepEqual(await connection.get("payment_terms", ["a"]), []);
  await connection.recorded?.();
  assert.deepEqual(names("in"), []);
  assert.deepEqual(ids(await listed(open(), "payment_terms")), ["b"]);
});

test("files: NDJSON: lines that are no records are rejects, long ones and hostile ones too", async (t) => {
  const { open, drop, at } = setUp(t);
  const long = JSON.stringify({ id: "8", name: "x".repeat(3000) });
  drop(
    "leute-1.ndjson",
    `{"id":12345678901234567890,"customer":"1","name":"Ann"}\n{"id":\n${long}\n{"id":"9","a":{"__proto__":{}}}\n\n{"id":2,"customer":1,"name":"Bo"}`,
  );
  assert.deepEqual(ids(await listed(open(), "contact")), ["12345678901234567890", "2"]);
  const rejects = readFileSync(at("rejects", "leute-1.ndjson.rejects.csv"), "utf8");
  assert.deepEqual(
    rejects
      .split("\n")
      .slice(1, 4)
      .map((line) => line.split(",").slice(0, 2).join(" ")),
    [
      "2 it is no JSON object",
      "3 it is larger than the 2 KB of max_record_kb",
      "4 it has a member that no record may have",
    ],
  );
});

test("files: rows that belong to records wait for each other's files, and a bad one takes its record with it", async (t) => {
  const { open, drop, at } = setUp(t);
  drop("bills-1.csv", "id,customer\nB1,1\nB2,1\nB3,2\n");
  assert.deepEqual(await listed(open(), "invoice"), []);
  drop("bill_lines-1.csv", "bill,n,text\nB1,1,Calls\nB2,1\nB1,2,Lines\nB2,2,More\n");
  const records = await listed(open(), "invoice");
  assert.deepEqual(
    records.map(({ id, record }) => [id, Array.isArray(record["lines"]) ? record["lines"].length : -1]),
    [
      ["B1", 2],
      ["B3", 0],
    ],
  );
  assert.match(
    readFileSync(at("rejects", "bills-1.csv.rejects.csv"), "utf8"),
    /3,"line 3 of bill_lines-1.csv, which belongs to it, is bad"/,
  );
});

test("files: a line of which nobody can tell whose it is stops the file that it belongs to", async (t) => {
  const { open, drop } = setUp(t);
  drop("bills-1.csv", "id,customer\nB1,1\n");
  drop("bill_lines-1.csv", "bill,n,text\n,1,Calls\n");
  await assert.rejects(
    listed(open(), "invoice"),
    /bill_lines-1.csv cannot be read: line 2 does not say whose it is/,
  );
});

test("files: putting away that was cut short loses nothing", async (t) => {
  const { open, drop, at, names } = setUp(t);
  drop("bills-1.csv", "id,customer\nB1,1\n");
  drop("bill_lines-1.csv", "bill,n,text\nB1,1,Calls\n");
  mkdirSync(at("archive"));
  renameSync(at("in", "bill_lines-1.csv"), at("archive", "20261101T000000000Z_bill_lines-1.csv"));
  const connection = open();
  assert.deepEqual(ids(await listed(connection, "invoice")), ["B1"]);
  await connection.recorded?.();
  assert.deepEqual(names("in"), []);
  assert.deepEqual(ids(await listed(open(), "invoice")), ["B1"]);
});

test("files: a folder that is not there is no empty list", async (t) => {
  const { open, at } = setUp(t);
  rmSync(at("in"), { recursive: true });
  await assert.rejects(listed(open(), "customer"), /there is no folder/);
});

for (const format of ["ndjson", "csv"] as const) {
  const yaml = YAML.replace("page_size: 2", `page_size: 2\nout_format: ${format}`);

  test(`files: ${format}: a key is written once, wherever its file has been moved to`, async (t) => {
    const { open, names, at } = setUp(t, yaml);
    const writes = ["A", "B"].map((id) =>
      writeOf("create", "customer", id, { name: `=${id}`, phone: "+18135550100" }),
    );
    const [first] = writes;
    assert.ok(first);
    const outcomes = await sent(open(), writes);
    assert.deepEqual(outcomes[0], { kind: "done", id: `tp-${first.key}` });
    const [name = ""] = names("out");
    assert.deepEqual(names("out"), [name]);
    await sent(open(), [first]);
    mkdirSync(at("out", "done"));
    renameSync(at("out", name), at("out", "done", name));
    await sent(open(), writes);
    assert.deepEqual(names("out"), ["done"]);
    const [found] = await open().find("customer", first.record, first.key);
    assert.equal(found?.id, `tp-${first.key}`);
    assert.equal(found?.record["name"], "=A");
  });

  test(`files: ${format}: what was put out is shown until a newer file of the system can show it`, async (t) => {
    const { open, drop, at, names } = setUp(t, yaml);
    drop("kunden-1.csv", "id,name,stand\n1,Acme,\n");
    await sent(open(), [writeOf("update", "customer", "1", { name: "Acme Widgets" }, "1")]);
    const name = async () => (await open().get("customer", ["1"])).map(({ record }) => record["name"]);
    assert.deepEqual(await name(), ["Acme Widgets"]);
    mkdirSync(at("out", "done"));
    const [put = ""] = names("out").filter((one) => one !== "done");
    renameSync(at("out", put), at("out", "done", put));
    assert.deepEqual(await name(), ["Acme Widgets"]);
    drop("kunden-2.csv", "id,name,stand\n1,Changed since,\n");
    const later = new Date(Date.now() + 1000);
    utimesSync(at("in", "kunden-2.csv"), later, later);
    assert.deepEqual(await name(), ["Changed since"]);
  });
}

test("files: CSV out: what a spreadsheet would run is made harmless, and nothing else is changed", async (t) => {
  const { open, names, at } = setUp(t, YAML.replace("page_size: 2", "page_size: 2\nout_format: csv"));
  const name = `=cmd|' /C calc'!A0`;
  const write = writeOf("create", "customer", "A", { name, phone: "+18135550100" });
  await sent(open(), [write]);
  const text = readFileSync(at("out", names("out")[0] ?? ""), "utf8");
  assert.equal(
    text,
    `key,table,operation,id,name,phone\n${write.key},kunden,create,tp-${write.key},'${name},+18135550100\n`,
  );
});
