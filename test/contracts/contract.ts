import type { SandboxExchange } from "../../engine/connector/sandbox/types.ts";

/** What a vendor's spec says of one exchange. */
export interface Findings {
  readonly request: Finding;
  readonly response: Finding;
}

/** Undefined: the spec does not speak of it. Else what is wrong with it, empty when nothing is. */
export type Finding = readonly string[] | undefined;

export type Contract = (exchange: SandboxExchange) => Findings;

/** Both: what either of two specs finds. */
export function together(first: Contract, second: Contract): Contract {
  return (exchange) => {
    const [a, b] = [first(exchange), second(exchange)];
    return { request: merged(a.request, b.request), response: merged(a.response, b.response) };
  };
}

function merged(a: Finding, b: Finding): Finding {
  return a === undefined ? b : b === undefined ? a : [...a, ...b];
}
