// What a code says: the twin of decode_claims in app/domain/codes/claims.py.

import { CborError, read } from "./cbor.js";

export class MalformedCode extends Error {}

const KEYS = [4, 5, 6, 7, -275]; // exp, nbf, iat, cti, our own
const KINDS = ["planned", "triggered"];
const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const MIN_TIME = 2 ** 16; // times are four bytes: every code has one length
const MAX_TIME = 2 ** 32;
// Control characters and those that turn the direction of a line around: a name must not rewrite the page.
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/u;

// {cti, issuedAt, notBefore, expiresAt (seconds), kind, uscc, items, certificates, name}. Throws MalformedCode.
export function decodeClaims(payload) {
  let values;
  try {
    values = read(payload);
  } catch (error) {
    if (error instanceof CborError) throw new MalformedCode(error.message);
    throw error;
  }
  require(values instanceof Map && String(Array.from(values.keys())) === String(KEYS));
  const [exp, nbf, iat, cti, own] = Array.from(values.values());
  require([exp, nbf, iat].every((t) => isWhole(t, MAX_TIME) && t >= MIN_TIME) && nbf < exp);
  require(cti instanceof Uint8Array && cti.length === 16);
  require(Array.isArray(own) && own.length === 6 && own[0] === 1);
  const [, kind, subject, items, certificates, name] = own;
  require(KINDS[kind] !== undefined && typeof kind === "number");
  require(Array.isArray(items) && items.every((i) => isWhole(i, 2 ** 32)) && !items.slice(0, -1).includes(0));
  require(Array.isArray(certificates) && certificates.every(isText) && isText(name));
  const uscc = subject === null ? null : unpackUscc(subject);
  return { cti, issuedAt: iat, notBefore: nbf, expiresAt: exp, kind: KINDS[kind], uscc, items, certificates, name };
}

function unpackUscc(packed) {
  require(packed instanceof Uint8Array && packed.length === 12);
  let number = packed.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let text = "";
  for (let i = 0; i < 18; i++) {
    text = ALPHABET[Number(number % 31n)] + text;
    number /= 31n;
  }
  require(number === 0n);
  return text;
}

const isWhole = (value, below) => Number.isInteger(value) && value >= 0 && value < below;
const isText = (value) => typeof value === "string" && value !== "" && !FORBIDDEN.test(value);

function require(holds) {
  if (!holds) throw new MalformedCode("claims");
}
