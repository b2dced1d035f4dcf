// Public keys as the signed lists carry them (JWK).

import { unb64url } from "./bytes.js";

export class KeyFormatError extends Error {}

// What `use` makes of the bytes [x, y] of a point on the curve named. Throws KeyFormatError, whatever is wrong with the key.
export async function fromPoint(jwk, crv, use) {
  try {
    if (jwk.kty !== "EC" || jwk.crv !== crv) throw new Error("another curve");
    const [x, y] = [unb64url(jwk.x), unb64url(jwk.y)];
    if (x.length !== 32 || y.length !== 32) throw new Error("coordinates");
    return await use(x, y);
  } catch (error) {
    throw new KeyFormatError(error.message);
  }
}
