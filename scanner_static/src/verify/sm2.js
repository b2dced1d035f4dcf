// SM2 with SM3 (GB/T 32918, signer id 1234567812345678), loaded only when a key in the list needs it.

import { sm2, sm3 } from "sm-crypto-v2";
import { hex, unhex } from "./bytes.js";
import { fromPoint } from "./keys.js";

const USER_ID = "1234567812345678";

export const SM2_SM3 = {
  alg: -10197501,
  async verify(jwk, message, signature) {
    const key = await fromPoint(jwk, "SM2", onCurve);
    try {
      return sm2.doVerifySignature(message, hex(signature), key, { hash: true, userId: USER_ID });
    } catch (error) {
      return false; // r or s outside their range
    }
  },
};

// Whether `signature` (r ‖ s) over `message` was made with the key `bytes` (04 ‖ x ‖ y).
export async function verifyPoint(bytes, message, signature) {
  try {
    const key = hex(bytes);
    if (!sm2.verifyPublicKey(key)) return false;
    return sm2.doVerifySignature(message, hex(signature), key, { hash: true, userId: USER_ID });
  } catch (error) {
    return false;
  }
}

export const sm3Bytes = async (bytes) => unhex(sm3(bytes));

function onCurve(x, y) {
  const key = `04${hex(x)}${hex(y)}`;
  if (!sm2.verifyPublicKey(key)) throw new Error("not on the curve");
  return key;
}
