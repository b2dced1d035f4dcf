// Ed25519 for the register's signatures. WeChat's and older phones' browsers have none, so it is computed here.

import { hashes, verifyAsync } from "@noble/ed25519";

hashes.sha512Async = async (message) => new Uint8Array(await crypto.subtle.digest("SHA-512", message));

// Whether `signature` (64 bytes) over `message` was made with the key `point` (32 bytes), as RFC 8032 has it.
export async function verifyEd25519(point, message, signature) {
  try {
    return await verifyAsync(signature, message, point, { zip215: false });
  } catch (error) {
    return false; // no point, or a number out of range
  }
}
