/** Text without what would move a terminal's cursor, change its colours or turn its writing direction. */
export function visible(text: string): string {
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "�");
}
