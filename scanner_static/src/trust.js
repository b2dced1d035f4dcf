// What this page trusts: a root stored on first use, and the lists it signed. Kept between visits, used offline.

import { suiteNamed } from "./verify/suites.js";
import { rootOf, verifyKeyList, verifyLogKeys, verifyRoot, verifyStatusList } from "./verify/lists.js";

const KEYS_URL = "/.well-known/inspection-keys.json";
const STATUS_URL = "/.well-known/inspection-status.json";
const ROOT_URL = "/.well-known/inspection-root.json";
const LOG_URL = "/.well-known/inspection-log.json";
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

// {root, keys, status, log, fetchedAt} from what is stored; keys is null before the first visit online or once expired,
// log (the register's verifier keys) null where none were published.
export async function trusted() {
  const { root, keys, status, log: logKeys, fetchedAt } = stored();
  if (!root || !keys) return { root, keys: null, status: null, log: null, fetchedAt };
  const log = logKeys ? await verifyLogKeys(logKeys, root).catch(() => null) : null;
  try {
    const keyList = await verifyKeyList(keys, root, nowSeconds());
    const statusList = status ? await verifyStatusList(status, root, keyList, nowSeconds()).catch(() => null) : null;
    return { root, keys: keyList, status: statusList, log, fetchedAt };
  } catch (error) {
    return { root, keys: null, status: null, log, fetchedAt, problem: error.code };
  }
}

// Fetches the lists and keeps them where the stored root signed them; of each the one with the highest version.
// Returns like `trusted`; `problem` says why new lists were refused. Offline: what was stored.
export async function refresh() {
  let rootDocument, keys, status, log;
  try {
    const optional = fetchJson(LOG_URL).catch(() => null); // there may be no register yet
    [rootDocument, keys, status, log] = await Promise.all([...[ROOT_URL, KEYS_URL, STATUS_URL].map(fetchJson), optional]);
  } catch (error) {
    return trusted();
  }
  try {
    const root = await acceptRoot(stored().root, rootDocument);
    const before = stored();
    keys = await newest(before.keys, keys, (list) => verifyKeyList(list, root, nowSeconds()));
    const keyList = await verifyKeyList(keys, root, nowSeconds());
    status = await newest(before.status, status, (list) => verifyStatusList(list, root, keyList, nowSeconds()));
    log = log ? await newest(before.log, log, (list) => verifyLogKeys(list, root)) : before.log || null;
    store({ root, keys, status, log, fetchedAt: nowSeconds() });
    // Fetched now so that it is there offline.
    if (Array.from(keyList.keys.values()).some((entry) => entry.suite === "SM2-SM3")) await suiteNamed("SM2-SM3");
  } catch (error) {
    return Object.assign(await trusted(), { problem: error.code || "untrusted" });
  }
  return trusted();
}

// The first root is stored as it comes; another one only where the chain of successions leads there from the stored one,
// each signed by the one before. What is kept is the key that was signed, not the key that is offered.
async function acceptRoot(known, document) {
  const offered = await rootOf(document);
  let at = known || offered;
  for (const succession of document.successions || []) {
    if (at.kid !== offered.kid && succession.replaces === at.kid) at = await verifyRoot(succession, at);
  }
  if (at.kid !== offered.kid) throw Object.assign(new Error("root"), { code: "unknown_root" });
  return at;
}

// What is offered, where `check` trusts it; what is here instead where that is still good and has a higher version.
async function newest(here, offered, check) {
  const { version } = await check(offered);
  const kept = here && (await check(here).catch(() => null));
  return kept && kept.version > version ? here : offered;
}

async function fetchJson(url) {
  const answer = await fetch(url, { cache: "no-store", credentials: "omit" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

// The proof file of a code (digits or short code), as bytes; null where it cannot be had.
export async function fetchProof(code) {
  if (!/^[0-9A-Z]{6,2000}$/i.test(code)) return null;
  try {
    const answer = await fetch(`/q/${code}/proof`, { cache: "no-store", credentials: "omit" });
    return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
  } catch (error) {
    return null;
  }
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
