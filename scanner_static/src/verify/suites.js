// Signature suites by name. A suite belongs to a key in the signed list, never to what a token says.

import { fromPoint } from "./keys.js";

const ES256 = {
  alg: -7,
  async verify(jwk, message, signature) {
    const key = await fromPoint(jwk, "P-256", () => imported(jwk));
    return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, message);
  },
};

function imported({ x, y }) {
  const point = { kty: "EC", crv: "P-256", x, y };
  return crypto.subtle.importKey("jwk", point, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
}

// The suite of that name, or undefined. SM2 is fetched only when a key needs it.
export async function suiteNamed(name) {
  if (name === "ES256") return ES256;
  if (name === "SM2-SM3") return (await import("./sm2.js")).SM2_SM3;
  return undefined;
}
