import type { YAMLError } from "yaml";
import type { Problem } from "../core/problem.ts";
import { problemAt } from "./codes.ts";
import { placeAt, type SourceFile } from "./source.ts";

/** Text that is not YAML, in the words of somebody who does not know the parser's. */

interface Words {
  readonly message: string;
  readonly hint: string;
}

/** The problem of a parser's error; its place is the parser's own. */
export function syntaxProblem(error: YAMLError, source: SourceFile): Problem {
  const place = placeAt(source, error.pos[0]);
  switch (error.code) {
    case "MULTIPLE_DOCS":
      return problemAt("TP1009", place, "a second document starts here", "Keep one document in a file.");
    case "TAB_AS_INDENT":
      return problemAt("TP1015", place, "a tab is used as indentation", "Use spaces.");
    default: {
      const { message, hint } = inWords(error, source.text);
      return problemAt("TP1010", place, `not YAML: ${message}`, hint);
    }
  }
}

const QUOTES = "Text with : # { [ , & * ! | > ' \" % @ in it needs quotes.";

const INDENTATION: Words = {
  message: "the indentation of this line or the next does not fit",
  hint: "Keys of one map begin in the same column, and so do the items of one list.",
};

const NO_COLON: Words = {
  message: "a key without a colon and a space behind it",
  hint: "Write key: value, with a space after the colon.",
};

function inWords({ code, message, pos: [start] }: YAMLError, text: string): Words {
  switch (code) {
    case "BAD_INDENT":
      return message.startsWith("Flow") ? unclosed(message.slice(-1)) : INDENTATION;
    case "BLOCK_AS_IMPLICIT_KEY":
      return hasColon(text, start)
        ? { message: "a value has a colon and a space in it", hint: QUOTES }
        : INDENTATION;
    case "MULTILINE_IMPLICIT_KEY":
      return NO_COLON;
    case "MISSING_CHAR":
      if (message.startsWith("Implicit map keys")) return NO_COLON;
      if (message.startsWith("Missing closing"))
        return { message: "a quote is opened and not closed", hint: "Close it on its own line." };
  }
  // What the parser quotes may be a secret.
  return { message: message.replace(/: ?".*$/s, ""), hint: QUOTES };
}

function unclosed(end: string): Words {
  return {
    message: `a ${end === "}" ? "{" : "["} above is not closed`,
    hint: `Close it with ${end}, or indent this line deeper than the key that it belongs to.`,
  };
}

/** Whether the rest of a line would be a key and a value. */
function hasColon(text: string, start: number): boolean {
  const [line = ""] = text.slice(start).split(/\r?\n/, 1);
  return /:(\s|$)/.test(line);
}
