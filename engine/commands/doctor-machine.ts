import type { Finding } from "../report/doctor.ts";
import { verifyJournal } from "../state/audit.ts";
import { nodeDisk } from "../state/disk.ts";
import { openStateReadOnly } from "../state/store.ts";
import { StateError } from "../state/types.ts";

/** What doctor finds of this machine: Node.js and the state folder. */

const OTHERS = 0o077;
// Gets no security fixes any more.
const OLD_MAJOR = 20;

/** The version of Node.js; package.json's engines keep older ones out. */
export function checkNode(version: string): Finding {
  const isOld = Number(version.split(".")[0]) <= OLD_MAJOR;
  const text = isOld ? `${version} gets no security fixes any more: use 22 or 24` : version;
  return { level: isOld ? "warning" : "ok", kind: null, about: "node", text };
}

/** Rights and damage of a state folder; usable when tokens may be read from it and kept in it. */
export async function checkState(
  folder: string,
): Promise<{ readonly usable: boolean; readonly findings: readonly Finding[] }> {
  const about = "state";
  try {
    (await openStateReadOnly({ folder })).close();
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return { usable: false, findings: [{ level: "error", kind: "state", about, text: error.message }] };
  }
  const verified = verifyJournal(folder);
  const findings: Finding[] = [];
  if (verified.ok) {
    findings.push({
      level: "ok",
      kind: null,
      about,
      text: `${verified.lines} lines of journal as they were written`,
    });
  } else {
    const { file, line, reason, torn } = verified;
    const text = `${file}:${line} ${reason}${torn ? "; the next run cuts it off" : ""}`;
    findings.push(
      torn ? { level: "warning", kind: null, about, text } : { level: "error", kind: "state", about, text },
    );
  }
  // Windows has no such bits; access lists are inherited from the folder.
  const mode = process.platform === "win32" ? 0 : (nodeDisk.stat(folder)?.mode ?? 0);
  if ((mode & OTHERS) !== 0) {
    findings.push({
      level: "warning",
      kind: null,
      about,
      text: `others can look into it: chmod 700 '${folder}'`,
    });
  }
  return { usable: true, findings };
}
