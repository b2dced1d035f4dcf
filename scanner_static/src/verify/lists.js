// Signed lists: the twin of app/domain/codes/lists.py. The root is the reader's own; a list names who signed, no more.

import { concat, hex, sha256, unb64url, unhex } from "./bytes.js";
import { KeyFormatError } from "./keys.js";
import { suiteNamed } from "./suites.js";

const KEY_LIST = "inspection-keys/1";
const STATUS_LIST = "inspection-status/1";
const ROOT = "inspection-root/1";
const LOG = "inspection-log/1";

export class UntrustedList extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

// The key list of a document that `root` ({kid, suite, jwk}) signed and that has not expired at `now` (seconds).
export async function verifyKeyList(document, root, now) {
  await checkSignature(document, KEY_LIST, (kid) => (kid === root.kid ? root : undefined));
  const list = header(document, now);
  const keys = new Map();
  for (const row of document.keys) {
    keys.set(String(row.kid).toLowerCase(), {
      ...row,
      use: row.use || "code",
      notBefore: seconds(row.not_before),
      notAfter: seconds(row.not_after),
    });
  }
  const issuers = (document.issuers || []).map(({ name, prefixes, entry }) => ({ name, prefixes, entry }));
  return { ...list, keys, issuers };
}

// The states of codes that are no longer good, by the hash of their cti.
export async function verifyStatusList(document, root, keyList, now) {
  await checkSignature(document, STATUS_LIST, (kid) => {
    if (kid === root.kid) return root;
    const entry = keyList.keys.get(kid);
    const isValid = entry && entry.notBefore <= now && now < entry.notAfter;
    return isValid && entry.use === "status" && !entry.revoked_at ? entry : undefined;
  });
  return { ...header(document, now), states: new Map(document.codes.map((row) => [row.cti_hash, row.state])) };
}

// The new root of a document that the trusted one signed. Its kid is computed from the key, never taken as told.
export async function verifyRoot(document, trusted) {
  await checkSignature(document, ROOT, (kid) => (kid === trusted.kid ? trusted : undefined));
  return rootOf(document);
}

// A root as told by {suite, jwk}: {kid, suite, jwk, fingerprint}, the two hashes computed here.
export async function rootOf({ suite, jwk }) {
  let fingerprint;
  try {
    const spki = concat(unhex(SPKI[suite]), Uint8Array.of(4), coordinate(jwk.x), coordinate(jwk.y));
    fingerprint = hex(await sha256(spki));
  } catch (error) {
    throw new UntrustedList("malformed");
  }
  const { kty, crv, x, y } = jwk;
  return { kid: fingerprint.slice(0, 16), suite, jwk: { kty, crv, x, y }, fingerprint };
}

// What stands before a point in a SubjectPublicKeyInfo (RFC 5480; GB/T 35275): the suite fixes the curve.
const SPKI = {
  ES256: "3059301306072a8648ce3d020106082a8648ce3d030107034200",
  "SM2-SM3": "3059301306072a8648ce3d020106082a811ccf5501822d034200",
};

function coordinate(text) {
  const bytes = unb64url(text);
  if (bytes.length !== 32) throw new Error("coordinates");
  return bytes;
}

// The verifier keys of the register and its witnesses, of a document that the root signed.
export async function verifyLogKeys(document, root) {
  await checkSignature(document, LOG, (kid) => (kid === root.kid ? root : undefined));
  if (!Number.isInteger(document.version)) throw new UntrustedList("malformed");
  return { version: document.version, log: document.log, witnesses: document.witnesses.map((row) => row.vkey) };
}

async function checkSignature(document, context, signer) {
  let kid, value, message;
  try {
    kid = document.signature.kid.toLowerCase();
    value = unb64url(document.signature.value);
    const bare = Object.assign({}, document);
    delete bare.signature;
    message = new TextEncoder().encode(`${context}\n${canonical(bare)}`);
  } catch (error) {
    throw new UntrustedList("malformed");
  }
  const key = signer(kid);
  const suite = key && (await suiteNamed(key.suite));
  if (!suite) throw new UntrustedList("unknown_signer");
  try {
    if (!(await suite.verify(key.jwk, message, value))) throw new UntrustedList("bad_signature");
  } catch (error) {
    if (error instanceof KeyFormatError) throw new UntrustedList("unknown_signer");
    throw error;
  }
}

// Canonical JSON (RFC 8785) of texts, whole numbers, lists and objects with ASCII names.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
  return `{${members.join(",")}}`;
}

function header(document, now) {
  const list = {
    version: document.version,
    issuedAt: seconds(document.issued_at),
    expiresAt: seconds(document.expires_at),
    jurisdiction: document.jurisdiction,
  };
  if (!Number.isInteger(list.version)) throw new UntrustedList("malformed");
  if (now >= list.expiresAt) throw new UntrustedList("expired");
  return list;
}

// RFC 3339 to seconds since 1970; a fraction counts.
export function seconds(text) {
  const value = Date.parse(text) / 1000;
  if (Number.isNaN(value)) throw new UntrustedList("malformed");
  return value;
}
