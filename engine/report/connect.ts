import { visible } from "./visible.ts";

/** A login that was stored. */
export interface ConnectView {
  readonly schemaVersion: 1;
  readonly system: string;
  readonly title: string;
  /** When it ends unless it is used; null: the vendor does not say. */
  readonly login_ends: string | null;
  /** What the vendor told of settings, and what client.yaml has. */
  readonly settings: readonly {
    readonly setting: string;
    readonly values: readonly string[];
    readonly configured: string | null;
  }[];
  /** Why settings could not be asked for. */
  readonly remark: string | null;
}

/** What was done, and what to set in client.yaml. */
export function renderConnect({ system, title, login_ends, settings, remark }: ConnectView): string {
  const lines = [
    `Logged in to ${title} (${system}); the tokens are in the state folder.`,
    ...(login_ends === null ? [] : [`Unused, the login ends at ${login_ends}.`]),
    ...settings.flatMap((one) => settingLines(system, one)),
    ...(remark === null ? [] : [remark]),
  ];
  return `${lines.map(visible).join("\n")}\n`;
}

function settingLines(
  system: string,
  { setting, values, configured }: ConnectView["settings"][number],
): readonly string[] {
  if (values.length === 0) return [`It was not told which ${setting} the login is for.`];
  if (configured !== null && values.includes(configured)) {
    return [`It is good for the ${setting} that client.yaml has: ${configured}.`];
  }
  const but = configured === null ? "" : `; client.yaml has "${configured}", which this login is not for`;
  return [
    `Set this in client.yaml under systems.${system}.settings${but}:`,
    ...values.map((value) => `  ${setting}: ${JSON.stringify(value)}`),
  ];
}
