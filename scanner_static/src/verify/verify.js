// Verification as a chain of named steps: the twin of app/domain/codes/verify.py.
//   offline: digits → structure → key → signature → claims → state (status list, if any) → enterprise → window
//   online:  digits → structure → key → signature → claims → registered → state → window → enterprise

import { hex, masked, sha256 } from "./bytes.js";
import { MalformedCode, decodeClaims } from "./claims.js";
import { digitsOf } from "./classify.js";
import { KeyFormatError } from "./keys.js";
import { suiteNamed } from "./suites.js";
import { fromDigits, openToken } from "./token.js";

const STATE_VERDICTS = {
  approved: null,
  in_progress: null,
  completed: "completed",
  cancelled: "cancelled",
  replaced: "replaced",
  lapsed: "lapsed",
  not_carried_out: "lapsed",
  revoked: "revoked",
};

// {verdict, steps: [{step, ok}], claims, key}; claims and key only where signature and claims held. Never throws for
// what strangers send. `now` in seconds. `register` (cti in hex → {state, digest, replaced} or null) is missing offline.
export async function verify(presented, { keys, status, register, now, uscc }) {
  const found = { presented, keys, status, register, now, uscc: uscc && normalised(uscc) };
  const steps = [];
  let verdict = null;
  for (const [step, check] of chain(found)) {
    verdict = await check(found);
    steps.push({ step, ok: verdict === null });
    if (verdict !== null) break;
  }
  return { verdict: verdict || "valid", steps, claims: found.claims, key: found.claims && found.key };
}

function chain({ register, status, uscc }) {
  const token = [
    ["digits", digits],
    ["structure", structure],
    ["key", key],
    ["signature", signature],
    ["claims", claims],
  ];
  const enterprise = uscc ? [["enterprise", sameEnterprise]] : [];
  if (register) {
    return [...token, ["registered", isRegistered], ["state", state], ["window", inWindow], ...enterprise];
  }
  // The phone's clock is what is least certain offline, so whatever else is wrong is said before it.
  return [...token, ...(status ? [["state", listedState]] : []), ...enterprise, ["window", inWindow]];
}

const quietly = (error) => {
  if (error instanceof MalformedCode) return "malformed";
  throw error;
};

function digits(found) {
  try {
    found.token = fromDigits(digitsOf(found.presented) || "");
  } catch (error) {
    return quietly(error);
  }
  return null;
}

function structure(found) {
  try {
    found.envelope = openToken(found.token);
  } catch (error) {
    return quietly(error);
  }
  return null;
}

// A revoked key's codes are all revoked, whenever they say they were issued.
function key(found) {
  const entry = found.keys.keys.get(found.envelope.kid);
  if (!entry || entry.use !== "code") return "unknown_key";
  if (entry.revoked_at) return "revoked";
  found.key = entry;
  return null;
}

async function signature(found) {
  const { alg, signed, signature: value } = found.envelope;
  const suite = await suiteNamed(found.key.suite);
  if (!suite) return "unknown_key";
  try {
    if (alg !== suite.alg || !(await suite.verify(found.key.jwk, signed, value))) return "bad_signature";
  } catch (error) {
    if (error instanceof KeyFormatError) return "unknown_key";
    throw error;
  }
  return null;
}

function claims(found) {
  let read;
  try {
    read = decodeClaims(found.envelope.payload);
  } catch (error) {
    return quietly(error);
  }
  if (read.issuedAt < found.key.notBefore || read.issuedAt >= found.key.notAfter) return "unknown_key";
  found.claims = read;
  return null;
}

// The register must know exactly what was signed: a code with the cti of another is not registered.
async function isRegistered(found) {
  const registered = found.register(hex(found.claims.cti));
  if (!registered || registered.digest !== hex(await sha256(found.envelope.signed))) return "not_registered";
  found.registered = registered;
  return null;
}

function state({ registered, claims: read, now }) {
  const known = registered.state in STATE_VERDICTS;
  const verdict = known ? STATE_VERDICTS[registered.state] : "not_registered";
  if (registered.replaced && !["cancelled", "revoked", "not_registered"].includes(verdict)) return "replaced";
  if (registered.state === "approved" && now >= read.expiresAt) return "lapsed";
  return verdict;
}

async function listedState({ status, claims: read }) {
  const listed = status.states.get(await masked(read.cti));
  if (listed === undefined) return null;
  return listed in STATE_VERDICTS ? STATE_VERDICTS[listed] : "not_registered";
}

function inWindow({ claims: read, now }) {
  if (now < read.notBefore) return "not_yet_valid";
  return now >= read.expiresAt ? "expired" : null;
}

const normalised = (uscc) => uscc.normalize("NFKC").replace(/[\s-]/g, "").toUpperCase();

const sameEnterprise = ({ claims: read, uscc }) => (read.uscc === uscc ? null : "wrong_enterprise");
