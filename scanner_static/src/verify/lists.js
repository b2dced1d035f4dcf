// Signed lists: the twin of app/domain/codes/lists.py. The root is the reader's own; a list names who signed, no more.

import { unb64url } from "./bytes.js";
import { KeyFormatError, suiteNamed } from "./suites.js";

const KEY_LIST = "inspection-keys/1";
const STATUS_LIST = "inspection-status/1";
const ROOT = "inspection-root/1";

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
  return { ...list, keys };
}

// The states of codes that are no longer good, by the hash of their cti.
export async function verifyStatusList(document, root, keyList, now) {
  await checkSignature(document, STATUS_LIST, (kid) => {
    if (kid === root.kid) return root;
    const entry = keyList.keys.get(kid);
    return entry && entry.use === "status" && !entry.revoked_at ? entry : undefined;
  });
  return { ...header(document, now), states: new Map(document.codes.map((row) => [row.cti_hash, row.state])) };
}

// The new root of a document that the trusted one signed.
export async function verifyRoot(document, trusted) {
  await checkSignature(document, ROOT, (kid) => (kid === trusted.kid ? trusted : undefined));
  return { suite: document.suite, jwk: document.jwk, kid: document.kid };
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
