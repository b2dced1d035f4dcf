// The proof file of a registration (c2sp.org/tlog-proof): the twin of app/domain/transparency/bundle.py. Needs no network.

import { concat, sameBytes, sha256 } from "./bytes.js";
import { NoteError, decimal, decoded, nodeOf, parseCheckpoint, parseNote, parseVerifier, verifiedNote } from "./note.js";

const HEADER = "c2sp.org/tlog-proof@v1";
const SALT = 16;
const MAX_NODES = 63;

export class ProofError extends Error {}

// {index, proof, note, extra} of a file's bytes. Throws NoteError for whatever is not exactly a proof file.
export function parseProof(bytes) {
  const end = bytes.findIndex((byte, i) => byte === 10 && bytes[i + 1] === 10);
  if (end < 0) throw new NoteError("not a proof file");
  const lines = Array.from(bytes.subarray(0, end), (b) => String.fromCharCode(b)).join("").split("\n");
  if (lines.shift() !== HEADER) throw new NoteError("not a proof file of version 1");
  const extra = lines.length && lines[0].startsWith("extra ") ? decoded(lines.shift().slice(6)) : null;
  if (!lines.length || !lines[0].startsWith("index ") || lines.length > 1 + MAX_NODES) throw new NoteError("no index");
  const index = decimal(lines.shift().slice(6));
  return { index, proof: lines.map(nodeOf), note: parseNote(bytes.subarray(end + 2)), extra };
}

// What a proof file proves with the register's verifier keys `log` {log, witnesses}:
// {record, index, size, witnesses: [{name, time}]}, earliest witness first. Throws NoteError (form, signatures, origin)
// or ProofError (the tree, the record).
export async function verifyProof(bytes, { log, witnesses }) {
  const file = parseProof(bytes);
  const own = await parseVerifier(log);
  const others = await Promise.all(witnesses.map(parseVerifier));
  const signed = await verifiedNote(file.note, [own, ...others]);
  if (!signed.some(({ key }) => key === own)) throw new NoteError("the log did not sign this checkpoint");
  const { origin, size, root } = parseCheckpoint(file.note.text);
  if (origin !== own.name) throw new NoteError("the checkpoint of another log");
  const digest = own.algorithm.suite === "SM2-SM3" ? (await import("./sm2.js")).sm3Bytes : sha256;
  const included = async (hash) => {
    const leaf = await hash(file.extra || new Uint8Array());
    await verifyInclusion(await digest(concat(Uint8Array.of(0), leaf)), file.index, size, file.proof, root, digest);
  };
  // The leaf is the hash of salt and record by SHA-256, or by SM3 where the installation runs under state cryptography.
  try {
    await included(sha256);
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    const state = await import("./sm2.js").catch(() => null); // kept for use without a network where any key is SM2
    if (!state) throw error;
    await included(state.sm3Bytes);
  }
  const seen = signed.filter(({ time }) => time !== null).map(({ key, time }) => ({ name: key.name, time }));
  seen.sort((a, b) => a.time - b.time);
  return { record: recordOf(file.extra), index: file.index, size, witnesses: seen };
}

function recordOf(extra) {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(extra.subarray(SALT)));
  } catch (error) {
    throw new ProofError("no record");
  }
}

// RFC 9162, 2.1.3.2. Throws ProofError unless `proof` leads from the leaf at `index` of `size` to `root`, no node over.
// Sizes may pass 2^32: no bit operators.
export async function verifyInclusion(leaf, index, size, proof, root, digest) {
  if (index >= size) throw new ProofError("the index lies beyond the tree");
  let at = index;
  let last = size - 1;
  let node = leaf;
  for (const sibling of proof) {
    if (last === 0) throw new ProofError("too many nodes");
    if (at % 2 === 1 || at === last) {
      node = await digest(concat(Uint8Array.of(1), sibling, node));
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      node = await digest(concat(Uint8Array.of(1), node, sibling));
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  if (last !== 0 || !sameBytes(node, root)) throw new ProofError("the proof does not lead to the root");
}
