// The token: a CWT in COSE_Sign1, as one decimal number (docs/token.md): the twin of app/domain/codes/token.py.

import { CborError, read, readBytes } from "./cbor.js";
import { hex } from "./bytes.js";
import { MalformedCode } from "./claims.js";

const MAX_TOKEN = 400;
const SIGNATURE_BYTES = 64;
const KID_BYTES = 8;
const SIGNATURE1 = new TextEncoder().encode("Signature1");
const sizes = new Map(); // digits → bytes
for (let n = 1; n <= MAX_TOKEN; n++) sizes.set(Math.floor(8 * n * Math.LOG10E * Math.LN2) + 1, n);

// The token (Uint8Array) of its one canonical number.
export function fromDigits(digits) {
  const size = sizes.get(digits.length);
  if (size === undefined || /[^0-9]/.test(digits)) throw new MalformedCode("not a number of a possible length");
  const text = BigInt(digits).toString(16).padStart(2 * size, "0");
  if (text.length > 2 * size) throw new MalformedCode("a number too large for its length");
  return Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
}

// {alg, kid (hex), payload, signature, signed}: the parts, before anything is believed.
export function openToken(token) {
  if (token[0] !== 0xd2 || token[1] !== 0x84 || token.length > MAX_TOKEN) throw new MalformedCode("not a COSE_Sign1");
  try {
    const [header, middle] = readBytes(token, 2);
    if (token[middle] !== 0xa0) throw new MalformedCode("the unprotected header is not empty");
    const [payload, at] = readBytes(token, middle + 1);
    const [signature, end] = readBytes(token, at);
    if (end !== token.length || signature.length !== SIGNATURE_BYTES) throw new MalformedCode("trailing bytes");
    const signed = join([0x84, 0x6a], SIGNATURE1, token.subarray(2, middle), [0x40], token.subarray(middle + 1, at));
    return { ...readHeader(header), payload, signature, signed };
  } catch (error) {
    if (error instanceof CborError) throw new MalformedCode(error.message);
    throw error;
  }
}

function readHeader(bytes) {
  const header = read(bytes);
  const keys = header instanceof Map ? Array.from(header.keys()) : [];
  const kid = keys.length === 2 && keys[0] === 1 && keys[1] === 4 ? header.get(4) : null;
  if (!(kid instanceof Uint8Array) || kid.length !== KID_BYTES || typeof header.get(1) !== "number") {
    throw new MalformedCode("the protected header is not algorithm and key id");
  }
  return { alg: header.get(1), kid: hex(kid) };
}

function join(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
