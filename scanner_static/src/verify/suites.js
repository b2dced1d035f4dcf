// Signature suites by name. A suite belongs to a key in the signed list, never to what a token says.

import { unb64url } from "./bytes.js";

export class KeyFormatError extends Error {}

const ES256 = {
  alg: -7,
  async verify(jwk, message, signature) {
    const key = await importPoint(jwk, "P-256");
    return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, message);
  },
};

async function importPoint(jwk, crv) {
  try {
    if (jwk.kty !== "EC" || jwk.crv !== crv) throw new Error("another curve");
    if (unb64url(jwk.x).length !== 32 || unb64url(jwk.y).length !== 32) throw new Error("coordinates");
    const point = { kty: "EC", crv, x: jwk.x, y: jwk.y };
    return await crypto.subtle.importKey("jwk", point, { name: "ECDSA", namedCurve: crv }, false, ["verify"]);
  } catch (error) {
    throw new KeyFormatError(error.message);
  }
}

// The suite of that name, or undefined. SM2 is fetched only when a key needs it.
export async function suiteNamed(name) {
  if (name === "ES256") return ES256;
  if (name === "SM2-SM3") return (await import("./sm2.js")).SM2_SM3;
  return undefined;
}
