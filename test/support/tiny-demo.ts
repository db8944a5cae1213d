import type { TestContext } from "node:test";
import type { World } from "../../engine/connector/sandbox/world.ts";
import { type Demo, type DemoOptions, openDemo } from "./demo.ts";
import { tinyWorld } from "./tiny-world.ts";

/** The GL code map of the tiny world. */
export const GL_CODES = `code_map: gl
rows:
  - { code: "MRC", gl_code: "4000", item: "4000 Voice", kind: revenue }
  - { code: "LD", gl_code: "4010", item: "4010 Long distance", kind: revenue }
  - { code: "STATE-TAX", gl_code: "2200", item: "2200 Sales tax", kind: liability }
  - { code: "FUSF", gl_code: "2210", item: "2210 USF", kind: liability }
`;

/** The demo's client on a world of three companies, with the codes of that world. */
export function openTinyDemo(
  t: TestContext,
  world: World = tinyWorld,
  options: Omit<DemoOptions, "world"> = {},
): Promise<Demo> {
  return openDemo(t, { ...options, world, files: { "gl-codes.yaml": GL_CODES, ...options.files } });
}
