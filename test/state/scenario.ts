import assert from "node:assert/strict";
import type { Clock } from "../../engine/core/clock.ts";
import type { Disk } from "../../engine/state/disk.ts";
import { initState, openState } from "../../engine/state/store.ts";
import type { Change, State } from "../../engine/state/types.ts";

/** Forty-five commits over two generations, with a reference that says what the state holds after each of them. */

export const FOLDER = "/state";
export const COMMITS = 45;

export const fixedClock: Clock = { now: () => Date.UTC(2026, 7, 1), sleep: async () => {} };

export interface Progress {
  inited: boolean;
  /** Commits that were begun. */
  begun: number;
  /** Commits that a flush had made durable. */
  flushed: number;
}

/** The i-th commit touches several rows, so that half of it would show. */
export function changesOf(i: number): readonly Change[] {
  return [
    { put: "generation", row: { slot: "first", n: i } },
    { put: "issue", row: issue(`r${i % 7}`, i) },
    { del: "issue", row: { pipeline: "invoices", source_id: `r${(i * 3) % 7}` } },
    { put: "generation", row: { slot: "last", n: i } },
  ];
}

/** What the state holds after each number of commits, as text. */
export const EXPECTED: readonly string[] = expectations();

/** The state's content as the same text. */
export function dump(state: State): string {
  const numbers = [...state.rows("generation")].map(({ slot, n }) => [slot, n]);
  const issues = [...state.rows("issue")].map(({ source_id, attempts }) => [source_id, attempts]);
  return JSON.stringify([numbers, issues]);
}

/** How many commits the state holds; fails when it holds anything but a prefix of them. */
export function commitsIn(state: State): number {
  const found = EXPECTED.indexOf(dump(state));
  assert.notEqual(found, -1, `not a prefix of the commits: ${dump(state)}`);
  return found;
}

export function openOn(disk: Disk, checkpoint_min_bytes = 1000): Promise<State> {
  return openState({ folder: FOLDER, disk, lock: false, clock: fixedClock, checkpoint_min_bytes });
}

/** Runs the scenario on a disk that may end it at any call. By default it makes one checkpoint on its way, one at its end. */
export async function runScenario(
  disk: Disk,
  progress: Progress,
  options: { readonly close?: boolean; readonly checkpoint_min_bytes?: number } = {},
): Promise<void> {
  await initState({ folder: FOLDER, disk });
  progress.inited = true;
  const state = await openOn(disk, options.checkpoint_min_bytes);
  for (let i = 1; i <= COMMITS; i++) {
    progress.begun = i;
    state.commit(changesOf(i));
    if (i % 4 !== 0) continue;
    state.flush();
    progress.flushed = i;
  }
  if (options.close === false) return;
  state.close();
  progress.flushed = COMMITS;
}

export function newProgress(): Progress {
  return { inited: false, begun: 0, flushed: 0 };
}

function issue(source_id: string, attempts: number) {
  return {
    pipeline: "invoices",
    source_id,
    kind: "held",
    reason: "reference_missing",
    message: "the customer is not linked yet ".repeat(10),
    detail: "{}",
    source_hash: "",
    since: "2026-08-01T00:00:00Z",
    attempts,
  } as const;
}

function expectations(): string[] {
  const issues = new Map<string, number>();
  const texts = [JSON.stringify([[], []])];
  for (let i = 1; i <= COMMITS; i++) {
    issues.set(`r${i % 7}`, i);
    issues.delete(`r${(i * 3) % 7}`);
    const numbers = [
      ["first", i],
      ["last", i],
    ];
    texts.push(JSON.stringify([numbers, [...issues].sort(([a], [b]) => (a < b ? -1 : 1))]));
  }
  return texts;
}
