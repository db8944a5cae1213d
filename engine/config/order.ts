/** What stands in an order: a name and the names that come before it. */
export interface Ordered {
  readonly pipeline: string;
  readonly after: readonly string[];
}

/** Every pipeline behind those it waits for, else by name; those of a cycle come last, by name. */
export function inAfterOrder<T extends Ordered>(pipelines: readonly T[]): readonly T[] {
  const waiting = [...pipelines].sort((a, b) => (a.pipeline < b.pipeline ? -1 : 1));
  const names = new Set(pipelines.map(({ pipeline }) => pipeline));
  const placed: T[] = [];
  const done = new Set<string>();
  while (waiting.length > 0) {
    const index = waiting.findIndex(({ after }) => after.every((name) => done.has(name) || !names.has(name)));
    const [next] = waiting.splice(Math.max(index, 0), 1);
    if (next === undefined) break;
    placed.push(next);
    done.add(next.pipeline);
  }
  return placed;
}

/** The cycles in `after`, each from a pipeline back to itself ([a, b, a]); pipelines in one cycle are in no second. */
export function findCycles(pipelines: readonly Ordered[]): readonly (readonly string[])[] {
  const after = new Map(pipelines.map((one) => [one.pipeline, one.after]));
  const finished = new Set<string>();
  const reported = new Set<string>();
  const cycles: (readonly string[])[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) {
      const cycle = [...path.slice(path.indexOf(name)), name];
      if (!cycle.some((member) => reported.has(member))) cycles.push(cycle);
      for (const member of cycle) reported.add(member);
      return;
    }
    if (finished.has(name)) return;
    for (const next of after.get(name) ?? []) visit(next, [...path, name]);
    finished.add(name);
  };
  for (const { pipeline } of pipelines) visit(pipeline, []);
  return cycles;
}
