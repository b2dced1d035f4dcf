// The scanner page: ways in (camera, photo, short code), the verdict, and how fresh what it rests on is.

import { film } from "./camera.js";
import { readFile } from "./decode.js";
import { byId, checkFirst, clear, element, fact, lead, moment, plainResult, show, toCheck } from "./page.js";
import { judgeProof } from "./proof-view.js";
import { askRegister, fetchProof, refresh, trusted } from "./trust.js";
import { showElsewhere, showIssuer } from "./issuer.js";
import { classify, issuerOf, shortCode } from "./verify/classify.js";
import { verify } from "./verify/verify.js";
import { language, say, verdictWords } from "./words.js";

let stopCamera = null;
let trust = { keys: null };

async function start() {
  document.documentElement.lang = language() === "en" ? "en" : "zh-CN";
  for (const node of document.querySelectorAll("[data-say]")) node.textContent = say(node.dataset.say);
  document.title = say("title");
  byId("camera").addEventListener("click", openCamera);
  byId("stop").addEventListener("click", closeCamera);
  byId("photo").addEventListener("change", readPhoto);
  byId("proof").addEventListener("change", readProof);
  byId("typed").addEventListener("submit", readTyped);
  byId("again").addEventListener("click", reset);
  byId("language").addEventListener("click", switchLanguage);
  if (!window.isSecureContext || !window.crypto.subtle) return notice(say("insecure"));
  registerWorker();
  trust = await trusted();
  freshness();
  trust = await refresh();
  freshness();
  await openLinkedProof();
  if (/MicroMessenger/i.test(navigator.userAgent)) hint(say("wechat"));
}

function registerWorker() {
  if (!("serviceWorker" in navigator)) return;
  const policy = window.trustedTypes && window.trustedTypes.createPolicy("scanner", { createScriptURL: (url) => url });
  const url = policy ? policy.createScriptURL("/scan/sw.js") : "/scan/sw.js";
  navigator.serviceWorker.register(url, { scope: "/scan/" }).catch(() => {});
}

function switchLanguage() {
  document.cookie = `lang=${language() === "en" ? "zh" : "en"};path=/;max-age=31536000;samesite=lax`;
  location.reload();
}

async function openCamera() {
  clear(byId("notice"));
  byId("viewfinder").hidden = false;
  byId("ways").hidden = true;
  try {
    stopCamera = await film(byId("video"), (text) => {
      judge(text);
      return true;
    });
  } catch (error) {
    closeCamera();
    notice(say("noCamera", { why: error.name || String(error) }));
  }
}

function closeCamera() {
  if (stopCamera) stopCamera();
  stopCamera = null;
  byId("viewfinder").hidden = true;
  byId("ways").hidden = false;
}

async function readPhoto(event) {
  const [file] = event.target.files;
  event.target.value = "";
  if (!file) return;
  clear(byId("notice"));
  const text = await readFile(file).catch(() => null);
  if (text === null) notice(say("noPicture"));
  else judge(text);
}

async function readProof(event) {
  const [file] = event.target.files;
  event.target.value = "";
  clear(byId("notice"));
  if (file) await openProof(new Uint8Array(await new Response(file).arrayBuffer()));
}

// A link /scan/#proof=CODE opens the proof of a code of this site; the part behind # is sent to nobody.
async function openLinkedProof() {
  const found = /^#proof=([0-9A-Za-z]+)$/.exec(location.hash);
  if (!found) return;
  const bytes = await fetchProof(found[1]);
  if (bytes) await openProof(bytes);
  else notice(say("noProof"));
}

async function openProof(bytes) {
  if (!trust.log) trust = await refresh();
  if (!trust.log) return notice(say("noLogKeys"));
  await judgeProof(bytes, trust.log);
}

function readTyped(event) {
  event.preventDefault();
  clear(byId("notice"));
  const text = byId("short").value;
  if (shortCode(text) || classify(text).kind === "code") judge(text);
  else notice(say("typedWrong"));
}

function reset() {
  byId("result").hidden = true;
  byId("ways").hidden = false;
  byId("short").value = "";
  clear(byId("notice"));
  byId("camera").focus();
}

// Everything that was scanned or typed ends here.
async function judge(text) {
  closeCamera();
  const scanned = classify(text, trust.keys ? trust.keys.issuers : []);
  if (scanned.kind === "foreign") return showForeign(scanned);
  if (scanned.kind === "other_issuer") return judgeOther(text, scanned.issuer);
  if (scanned.kind === "short_code") return judgeTyped(scanned.value);
  if (!trust.keys) trust = await refresh();
  if (!trust.keys) return notice(say(trust.problem === "expired" ? "expiredKeys" : "noKeys"));
  let local = await verifiedHere(scanned.value);
  const issuer = local.verdict === "unknown_key" && issuerOf(text, trust.keys.issuers);
  if (issuer) return judgeOther(text, issuer); // another instance of this platform, recognised here
  showVerdict(local, local.verdict, scanned.value);
  if (local.verdict === "unknown_key") {
    trust = await refresh(); // the unit's key may be newer than this list
    if (trust.keys) local = await verifiedHere(scanned.value);
  }
  const answer = await askRegister(scanned.value);
  if (!answer) {
    byId("register").textContent = say("unconfirmed");
    return;
  }
  if (answer.elsewhere && !local.claims) return showElsewhere(answer);
  const { verdict, note } = weighed(local, answer);
  showVerdict(local, verdict, scanned.value, true, answer.inspection);
  if (note) byId("offline-note").textContent = say(note);
}

// Another system's code: this phone cannot check it. Where its visits come in here, the register knows the visit.
async function judgeOther(text, issuer) {
  showIssuer(issuer, "asking");
  const answer = await askRegister(text);
  if (answer && answer.elsewhere) showElsewhere(answer);
  else if (answer && answer.verdict === "not_registered") showIssuer(issuer, "issuerUnknown");
  else showIssuer(issuer, answer ? null : "issuerOffline");
}

const verifiedHere = (digits) => verify(digits, { keys: trust.keys, status: trust.status, now: Date.now() / 1000 });

// The register may take a good verdict away and say more of a bad one. It never makes good what this phone found bad:
// who copies the site answers as he likes, and cannot sign.
function weighed(local, answer) {
  const answered = answer.verdict;
  if (local.verdict === "valid") return { verdict: registered(answer) };
  if (!local.claims) return { verdict: local.verdict, note: answered === "valid" ? "siteDiffers" : null };
  if (answered === "valid") return { verdict: local.verdict, note: "clockDiffers" };
  return { verdict: answered };
}

// The register's verdict on a code that it can look up; it may not vouch for all who come.
function registered({ verdict, inspection }) {
  if (verdict !== "valid") return verdict;
  return toCheck(inspection).length ? "check_officers" : "registered";
}

async function judgeTyped(code) {
  const answer = await askRegister(code);
  if (!answer) return notice(say("typedOffline"));
  showVerdict({}, registered(answer), code, true, answer.inspection);
  byId("offline-note").textContent = say("typedOnly");
}

// Claims are shown only where the signature was verified on this phone (or, for a typed code, by the register).
function showVerdict({ claims, key }, verdict, code, asked = false, inspection = null) {
  const name = claims ? claims.name : inspection && inspection.enterprise ? inspection.enterprise.name : "";
  const values = {
    name,
    unit: key ? key.unit_name || key.unit : "",
    start: claims ? moment(claims.notBefore) : "",
    end: claims ? moment(claims.expiresAt) : "",
  };
  const [sign, word, sentence] = verdictWords(verdict, values);
  show(byId("verdict"), verdict, sign, word, sentence);
  const facts = byId("facts");
  clear(facts);
  if (claims) claimFacts(facts, claims, values);
  else if (name) fact(facts, say("forWhom"), name, true);
  if (verdict === "check_officers") checkFirst(facts, inspection);
  byId("register").textContent = asked ? say("confirmed", { time: moment(Date.now() / 1000).slice(11) }) : say("asking");
  byId("offline-note").textContent = asked || navigator.onLine ? "" : say("offlineNote");
  lead(`/q/${code}`, say("open"));
  if (navigator.vibrate) navigator.vibrate(verdict === "valid" || verdict === "registered" ? 60 : [80, 60, 80]);
}

function claimFacts(facts, claims, values) {
  fact(facts, say("forWhom"), claims.name, true);
  if (claims.uscc) fact(facts, say("uscc"), claims.uscc);
  fact(facts, say("unit"), values.unit);
  fact(facts, say("window"), `${values.start} – ${values.end}`);
  fact(facts, say("items"), claims.items.map((item) => (item ? String(item) : "…")).join("、"));
  fact(facts, say("officers"), claims.certificates.join("、"));
  facts.append(element("p", "ask", say("officersAsk")));
}

function showForeign({ leadsTo }) {
  const text = leadsTo ? say("foreignText", { host: leadsTo }) : say("foreignPlain");
  plainResult("malformed", "!", say("foreign"), text);
}

function freshness() {
  const lines = [];
  if (trust.keys && trust.fetchedAt) {
    const minutes = Math.floor((Date.now() / 1000 - trust.fetchedAt) / 60);
    lines.push(minutes < 2 ? say("ageNow") : say("age", { age: age(minutes) }));
  }
  byId("age").textContent = lines.join(" ");
  byId("fingerprint").textContent =
    trust.root && trust.root.fingerprint ? say("newHere", { fingerprint: grouped(trust.root.fingerprint) }) : "";
  if (trust.problem && trust.problem !== "expired") notice(say("refused"));
}

function age(minutes) {
  if (minutes < 60) return say("minutes", { n: minutes });
  if (minutes < 48 * 60) return say("hours", { n: Math.floor(minutes / 60) });
  return say("days", { n: Math.floor(minutes / 1440) });
}

const grouped = (fingerprint) => (fingerprint.slice(0, 32).match(/.{1,4}/g) || []).join(" ");

function notice(text) {
  const place = byId("notice");
  clear(place);
  place.append(element("p", "notice", text));
  byId("ways").hidden = false;
}

function hint(text) {
  byId("hint").textContent = text;
}

start();
