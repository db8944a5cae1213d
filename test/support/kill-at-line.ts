import { nodeDisk } from "../../engine/state/disk.ts";

/**
 * Loaded before the built CLI (`node --import …`), so that the program under test needs no door for it: kills the process
 * with SIGKILL right before or right after the n-th line that it writes to the journal. TRIPOINT_TEST_KILL: "before 7".
 */

const [moment, number] = (process.env["TRIPOINT_TEST_KILL"] ?? "").split(" ");
const { append, write } = nodeDisk;
const journals = new Set<number>();
let lines = 0;

const killing: Pick<typeof nodeDisk, "append" | "write"> = {
  append: (path) => {
    const file = append(path);
    if (path.endsWith(".log")) journals.add(file);
    return file;
  },
  write: (file, bytes) => {
    if (!journals.has(file)) return write(file, bytes);
    lines += 1;
    const now = lines === Number(number);
    if (now && moment === "before") process.kill(process.pid, "SIGKILL");
    write(file, bytes);
    if (now && moment === "after") process.kill(process.pid, "SIGKILL");
  },
};
Object.assign(nodeDisk, killing);
