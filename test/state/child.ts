import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { openState } from "../../engine/state/store.ts";
import { type State, StateError } from "../../engine/state/types.ts";

/** A process of its own for process.test.ts: opens the state in argv[2] and does what argv[3] says, one line out for each step. */

const [, , folder = "", mode = ""] = process.argv;

function say(line: string): void {
  // Written at once: a killed process must not lose what it has claimed.
  writeSync(1, `${line}\n`);
}

async function open(): Promise<State | undefined> {
  try {
    return await openState({ folder });
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    say(`${error.kind} ${error.message}`);
    return undefined;
  }
}

function commit(state: State, n: number): void {
  state.commit([{ put: "generation", row: { slot: `child-${n}`, n } }]);
}

const state = await open();
if (state !== undefined) {
  say("open");
  if (mode === "commit") {
    for (let n = 1; ; n++) {
      commit(state, n);
      if (n % 5 === 0) state.flush();
      say(String(n));
    }
  }
  if (mode === "obey") {
    let n = 0;
    for await (const line of createInterface({ input: process.stdin })) {
      try {
        n += 1;
        commit(state, n);
        say(`did ${line}`);
      } catch (error) {
        say(error instanceof StateError ? error.kind : String(error));
      }
    }
    state.close();
  }
  // Mode "leave" ends without closing: nothing of the state may keep the process alive.
}
