/** How the client's table of tax jurisdictions names places: ZIP+4, ZIP, county and region. */

/** The code of a county's row. FIPS codes and ZIP codes are five digits both, so the one says what it is. */
export function countyCode(fips: string): string {
  return `FIPS-${fips}`;
}

/** True for a code that a place can be found by: "33602-1234", "33602", "FIPS-12057", "US-FL", "CA-K1A 0B1". */
export function isPlaceCode(code: string): boolean {
  return /^(\d{5}(-\d{4})?|FIPS-\d{5}|[A-Z]{2}-[A-Z0-9][A-Z0-9 ]*)$/.test(code);
}
