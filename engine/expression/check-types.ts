/** What checking needs to know of an entity; paths are dotted and cross lists silently, "" is the record. */
export interface EntityShape {
  typeAt(path: string): { readonly kinds: readonly string[]; readonly nullable: boolean } | undefined;
  namesAt(path: string): readonly string[];
}

export interface ExpressionProblem {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** 0-based character of the text. */
  readonly offset: number;
}
