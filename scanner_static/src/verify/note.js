// Signed notes, verifier keys and checkpoints: the twin of app/domain/transparency/note.py and checkpoint.py.

import { concat, hex, sha256, unb64 } from "./bytes.js";
import { verifyEd25519 } from "./ed25519.js";

const MAX_NOTE = 1000000;
const MAX_SIGNATURES = 100;
const DASH = "\u2014 ";
const encoder = new TextEncoder();
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export class NoteError extends Error {}

const verifySm2 = async (point, message, signature) => (await import("./sm2.js")).verifyPoint(point, message, signature);

// Signature types: what identifies one in key ids, the length of its keys, whether it signs a time, whose it is.
const sm2Type = (name) => concat(Uint8Array.of(255), encoder.encode(name));
const ALGORITHMS = [
  { type: Uint8Array.of(1), length: 32, timed: false, suite: "Ed25519", verify: verifyEd25519 },
  { type: Uint8Array.of(4), length: 32, timed: true, suite: "Ed25519", verify: verifyEd25519 },
  { type: sm2Type("jianchama/sm2-sm3/v1"), length: 65, timed: false, suite: "SM2-SM3", verify: verifySm2 },
  { type: sm2Type("jianchama/sm2-sm3-cosignature/v1"), length: 65, timed: true, suite: "SM2-SM3", verify: verifySm2 },
];

// {name, id, point, algorithm} of a verifier key text (name+id+base64). Throws NoteError.
export async function parseVerifier(text) {
  const found = /^([^+\s\x00-\x1f]+)\+([0-9a-f]{8})\+(.+)$/.exec(text);
  if (!found) throw new NoteError("not a verifier key");
  const [, name, id] = found;
  const material = decoded(found[3]);
  const fits = ({ type, length }) => material.length === type.length + length && type.every((b, i) => material[i] === b);
  const algorithm = ALGORITHMS.find(fits);
  const computed = hex((await sha256(concat(encoder.encode(`${name}\n`), material))).subarray(0, 4));
  if (!algorithm || computed !== id) throw new NoteError("not a verifier key of a known type with its own id");
  return { name, id, algorithm, point: material.subarray(algorithm.type.length) };
}

// {text, signatures: [{name, id, data}]} of a note's bytes. Throws NoteError; nothing is verified yet.
export function parseNote(bytes) {
  if (bytes.length > MAX_NOTE) throw new NoteError("too long");
  let whole;
  try {
    whole = utf8.decode(bytes);
  } catch (error) {
    throw new NoteError("not UTF-8");
  }
  const split = whole.lastIndexOf("\n\n");
  // eslint-disable-next-line no-control-regex
  if (split < 0 || !whole.endsWith("\n") || /[\x00-\x09\x0b-\x1f]/.test(whole)) throw new NoteError("not a note");
  const lines = whole.slice(split + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) throw new NoteError("too many signatures");
  return { text: whole.slice(0, split + 1), signatures: lines.map(signature) };
}

function signature(line) {
  const found = /^\u2014 ([^+\s]+) (\S+)$/.exec(line);
  const data = found && decoded(found[2]);
  if (!found || !line.startsWith(DASH) || data.length <= 4) throw new NoteError("not a signature line");
  return { name: found[1], id: hex(data.subarray(0, 4)), data: data.subarray(4), line };
}

// [{key, time}] of the known keys that signed; throws where none did or one that is known signed wrongly.
export async function verifiedNote({ text, signatures }, keys) {
  const found = [];
  const lines = new Set();
  for (const { name, id, data, line } of signatures) {
    const key = keys.find((one) => one.name === name && one.id === id);
    if (!key || lines.has(line)) continue;
    lines.add(line);
    found.push({ key, time: await signedTime(key, text, data) });
  }
  if (!found.length) throw new NoteError("no trusted key signed this note");
  return found;
}

// The time that a cosignature states, in seconds; null for a signature without one. Throws where it does not verify.
async function signedTime(key, text, data) {
  let time = null;
  let bare = data;
  let message = text;
  if (key.algorithm.timed) {
    time = data.subarray(0, 8).reduce((sum, byte) => sum * 256 + byte, 0);
    if (!time || time > Number.MAX_SAFE_INTEGER) throw new NoteError("not a time that a witness can state");
    bare = data.subarray(8);
    message = `cosignature/v1\ntime ${time}\n${text}`;
  }
  const holds = bare.length === 64 && (await key.algorithm.verify(key.point, encoder.encode(message), bare));
  if (!holds) throw new NoteError(`the signature of ${key.name} does not verify`);
  return time;
}

// {origin, size, root} of a checkpoint's text. Throws NoteError.
export function parseCheckpoint(text) {
  const lines = text.split("\n");
  if (lines.length < 4 || lines.pop() !== "" || lines.includes("")) throw new NoteError("not a checkpoint");
  return { origin: lines[0], size: decimal(lines[1]), root: nodeOf(lines[2]) };
}

// A size or index: no leading zeros, and within what a number holds exactly (2^53, 285 million years of one a second).
export function decimal(text) {
  const number = /^(0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(number)) throw new NoteError("not a decimal number");
  return number;
}

export function nodeOf(text) {
  const bytes = decoded(text);
  if (bytes.length !== 32) throw new NoteError("not 32 bytes");
  return bytes;
}

export function decoded(text) {
  try {
    return unb64(text);
  } catch (error) {
    throw new NoteError(error.message);
  }
}
