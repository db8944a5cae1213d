/**
 * Names, numbers and texts of this server that the fact sheet does not prove, in one place. "weak" stands on a weak
 * source, "assumed" on none.
 */

/** assumed: how a contact object holds an address, an e-mail and a phone; the sheet knows only its tax group. */
export const contact = {
  printAs: "printAs",
  email: "email1",
  phone: "phone1",
  address: "mailingAddress",
  line1: "addressLine1",
  line2: "addressLine2",
  line3: "addressLine3",
  city: "city",
  region: "state",
  postalCode: "postCode",
  country: "isoCountryCode",
} as const;

/** weak: how long an access token lives; the reply says it too, and a client goes by that. */
export const TOKEN_SECONDS = 3600;
/** assumed: what a minute takes. The vendor has such a limit and publishes no number. */
export const REQUESTS_PER_MINUTE = 6000;

/** Status, code, errorId and messageId of each refusal. Known: payload, token, throttle; the others are assumed. */
export const refusals = {
  noPayload: [400, "invalidRequest", "REST-1028", "IA.REQUEST_REQUIRES_A_PAYLOAD"],
  payload: [400, "invalidRequest", "REST-1064", "IA.PAYLOAD_CONTAINS_ERRORS"],
  field: [400, "invalidRequest", "REST-1043", "IA.NOT_A_VALID_FIELD"],
  required: [400, "invalidRequest", "REST-1029", "IA.REQUIRED_FIELD_MISSING"],
  value: [400, "invalidRequest", "REST-1065", "IA.NOT_A_VALID_VALUE"],
  reference: [422, "operationFailed", "REST-1070", "IA.REFERENCE_NOT_FOUND"],
  duplicate: [409, "operationFailed", "REST-1071", "IA.RECORD_ALREADY_EXISTS"],
  business: [422, "operationFailed", "REST-1072", "IA.BUSINESS_RULE"],
  closed: [422, "operationFailed", "REST-1073", "IA.PERIOD_CLOSED"],
  notFound: [404, "notFound", "REST-1074", "IA.OBJECT_NOT_FOUND"],
  path: [404, "resourceNotFound", "REST-1075", "IA.RESOURCE_NOT_FOUND"],
  token: [401, "tokenInvalid", "REST-2102", "IA.TOKEN_IS_INVALID"],
  client: [401, "invalidClient", "REST-2103", "IA.CLIENT_IS_INVALID"],
  throttle: [429, "GW-0010", "GW-0010", "IA.TOO_MANY_REQUESTS"],
} as const;

/** weak: the text of the older XML interface. */
export const closedText = (date: string): string =>
  `Periods are closed. Your transaction date (${date}) is within a period that's been closed`;
