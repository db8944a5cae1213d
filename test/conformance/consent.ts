/** What the browser brings back from a consent that is asked for with these parameters. */
export async function consentTo(
  page: string,
  asked: { readonly [name: string]: string },
): Promise<URLSearchParams> {
  const url = new URL(page);
  const given = { response_type: "code", redirect_uri: CALLBACK, state: "s1", ...asked };
  for (const [name, value] of Object.entries(given)) url.searchParams.set(name, value);
  const { headers } = await fetch(url, { redirect: "manual" });
  return new URL(headers.get("location") ?? page).searchParams;
}

/** Where it comes back to. */
export const CALLBACK = "http://localhost:8754/callback";
