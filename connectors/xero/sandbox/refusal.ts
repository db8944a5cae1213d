/** Why an element of a request was not taken: the vendor's sentences, one or several at once. */
export class Refusal {
  readonly messages: readonly string[];
  constructor(...messages: string[]) {
    this.messages = messages;
  }
}
