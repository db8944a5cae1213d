import winston from "winston";
import { createRedact } from "./redact.ts";

/** All that is no result goes through this log, to stderr. */

export interface LogOptions {
  readonly quiet: boolean;
  readonly format: "text" | "json";
}

export type Log = winston.Logger;

/** A log on stderr: plain lines, or JSON lines with the time for a collector. */
export function openLog({ quiet, format }: LogOptions): Log {
  const redact = createRedact(process.env);
  const { combine, printf, timestamp, json } = winston.format;
  // First of all formats, so that no later one sees a credential.
  const redacted = winston.format((entry) => ({ ...entry, message: redact(String(entry.message)) }))();
  const shape = format === "json" ? combine(timestamp(), json()) : printf(({ message }) => String(message));
  return winston.createLogger({
    level: quiet ? "warn" : "info",
    format: combine(redacted, shape),
    transports: [new winston.transports.Stream({ stream: process.stderr })],
  });
}
