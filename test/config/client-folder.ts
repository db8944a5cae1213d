import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { TestContext } from "node:test";
import type { Env } from "../../engine/config/interpolate.ts";
import { packageRoot } from "../../engine/config/root.ts";

export const FIXTURES = join(packageRoot(), "test", "fixtures", "config");

/** Every variable that the good client names. */
export const ENV: Env = {
  PSA_USER: "u",
  PSA_PASSWORD: "p",
  BILLING_USER: "u",
  BILLING_PASSWORD: "p",
  BOOKS_USER: "u",
  BOOKS_PASSWORD: "p",
};

/** A fresh root with the good client "acme", and the files of an overlay laid over it; removed after the test. */
export function freshRoot(t: TestContext, overlay?: string): string {
  const root = mkdtempSync(join(tmpdir(), "tripoint-config-"));
  t.after(() => rmSync(root, { recursive: true }));
  cpSync(join(FIXTURES, "good"), root, { recursive: true });
  if (overlay !== undefined) cpSync(overlay, root, { recursive: true });
  return root;
}

/**
 * Writes the corrected lines that comments in an overlay's files give into the same files of a root: one line may become
 * several. False when the overlay gives none: the good client's own lines are the correction.
 */
export function correct(root: string, overlay: string): boolean {
  let corrected = false;
  for (const path of filesOf(overlay)) {
    const text = readFileSync(path, "utf8");
    const given = [...text.matchAll(/^# CORRECTED (\d+): (.*)$/gm)];
    if (given.length === 0) continue;
    corrected = true;
    const lines = text.split("\n").map((line, index) => {
      const instead = given.filter(([, number]) => Number(number) === index + 1);
      return instead.length === 0 ? line : instead.map(([, , right]) => right).join("\n");
    });
    writeFileSync(join(root, relative(overlay, path)), lines.join("\n"));
  }
  return corrected;
}

/** The problems that comments in the files of a folder announce, as "file:line:column code". */
export function announced(folder: string): readonly string[] {
  const found: string[] = [];
  for (const path of filesOf(folder)) {
    for (const [, list = ""] of readFileSync(path, "utf8").matchAll(/# PROBLEM (.*)$/gm)) {
      for (const [, code, place] of list.matchAll(/(TP\d{4}) (\d+:\d+)/g)) {
        found.push(`${relative(folder, path)}:${place} ${code}`);
      }
    }
  }
  return found.sort();
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
