// What this page trusts: a root stored on first use, and the lists it signed. Kept between visits, used offline.

import { suiteNamed } from "./verify/suites.js";
import { verifyKeyList, verifyRoot, verifyStatusList } from "./verify/lists.js";

const KEYS_URL = "/.well-known/inspection-keys.json";
const STATUS_URL = "/.well-known/inspection-status.json";
const ROOT_URL = "/.well-known/inspection-root.json";
const STORE = "inspection-codes/1";

const nowSeconds = () => Date.now() / 1000;

function stored() {
  try {
    return JSON.parse(localStorage.getItem(STORE)) || {};
  } catch (error) {
    return {};
  }
}

function store(changes) {
  const all = Object.assign(stored(), changes);
  try {
    localStorage.setItem(STORE, JSON.stringify(all));
  } catch (error) {
    // A private window keeps nothing: this visit still works.
  }
  return all;
}

// {root, keys, status, fetchedAt} from what is stored; keys is null before the first visit online or once expired.
export async function trusted() {
  const { root, keys, status, fetchedAt } = stored();
  if (!root || !keys) return { root, keys: null, status: null, fetchedAt };
  try {
    const keyList = await verifyKeyList(keys, root, nowSeconds());
    const statusList = status ? await verifyStatusList(status, root, keyList, nowSeconds()).catch(() => null) : null;
    return { root, keys: keyList, status: statusList, fetchedAt };
  } catch (error) {
    return { root, keys: null, status: null, fetchedAt, problem: error.code };
  }
}

// Fetches the lists and keeps them where the stored root signed them and they are not older than what is here.
// Returns like `trusted`; `problem` says why new lists were refused. Offline: what was stored.
export async function refresh() {
  let rootDocument, keys, status;
  try {
    [rootDocument, keys, status] = await Promise.all([ROOT_URL, KEYS_URL, STATUS_URL].map(fetchJson));
  } catch (error) {
    return trusted();
  }
  try {
    const root = await acceptRoot(stored().root, rootDocument);
    const keyList = await verifyKeyList(keys, root, nowSeconds());
    const before = stored();
    if (before.keys && keyList.version < before.keys.version) throw Object.assign(new Error("older"), { code: "older" });
    await verifyStatusList(status, root, keyList, nowSeconds());
    store({ root, keys, status, fetchedAt: nowSeconds() });
    // Fetched now so that it is there offline.
    if (Array.from(keyList.keys.values()).some((entry) => entry.suite === "SM2-SM3")) await suiteNamed("SM2-SM3");
  } catch (error) {
    return Object.assign(await trusted(), { problem: error.code || "untrusted" });
  }
  return trusted();
}

// The first root is stored as it comes; another one only where the chain of successions leads there from the stored one.
async function acceptRoot(known, document) {
  const offered = { kid: document.kid, suite: document.suite, jwk: document.jwk, fingerprint: document.fingerprint };
  if (!known || known.kid === offered.kid) return known || offered;
  let at = known;
  for (const succession of document.successions || []) {
    if (succession.replaces === at.kid) at = Object.assign(await verifyRoot(succession, at), { kid: succession.kid });
  }
  if (at.kid !== offered.kid) throw Object.assign(new Error("root"), { code: "unknown_root" });
  return offered;
}

async function fetchJson(url) {
  const answer = await fetch(url, { cache: "no-store", credentials: "omit" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

// What the register says of a code, or null where it cannot be asked within four seconds.
export async function askRegister(code) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), 4000);
  try {
    const answer = await fetch("/api/v1/verify", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
      body: JSON.stringify({ code }),
      signal: limit.signal,
    });
    return answer.ok ? await answer.json() : null;
  } catch (error) {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
