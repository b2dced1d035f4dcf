// Codes of other systems: whose they are, and, where their visits come in here, what the register knows of the visit.
// The code itself is never checked on this phone: such a result is never "valid" (docs/decisions/0029).

import { byId, checkFirst, clear, element, fact, lead, moment, plainResult, show } from "./page.js";
import { seconds } from "./verify/lists.js";
import { say, verdictWords } from "./words.js";

// Whose the code is and where to check it; `said` names the sentence on what the register answered.
export function showIssuer(issuer, said) {
  plainResult("malformed", "!", say("issuer", issuer), say("issuerText", issuer));
  if (said) byId("register").textContent = say(said, issuer);
  // The place to check them stands in the signed list, not in the code; only a tap leads there.
  if (/^https?:\/\//.test(issuer.entry)) lead(issuer.entry, say("openIssuer", issuer));
}

// The register's answer on a visit that another system registered.
export function showElsewhere({ verdict, elsewhere, inspection }) {
  const { enterprise, window, officers, units, items } = inspection;
  const [start, end] = [window.start, window.end].map((text) => moment(seconds(text)));
  const [sign, word, sentence] = verdictWords(verdict, { system: elsewhere.system, name: enterprise.name, start, end });
  show(byId("verdict"), verdict, sign, word, sentence);
  const facts = byId("facts");
  clear(facts);
  fact(facts, say("forWhom"), enterprise.name, true);
  if (enterprise.uscc) fact(facts, say("uscc"), enterprise.uscc);
  fact(facts, say("elsewhereNumber", elsewhere), elsewhere.number);
  fact(facts, say("units"), units.join("、"));
  fact(facts, say("window"), `${start} – ${end}`);
  fact(facts, say("itemNames"), items.map((item) => item.name).join("、"));
  fact(facts, say("officers"), officers.map((one) => one.certificate_no).join("、"));
  facts.append(element("p", "ask", say("officersAsk")));
  checkFirst(facts, inspection);
  byId("register").textContent = say("confirmed", { time: moment(Date.now() / 1000).slice(11) });
  byId("offline-note").textContent = say("elsewhereNote", elsewhere);
  lead(/^\/q\/e-[0-9a-f]{64}$/.test(elsewhere.page) ? elsewhere.page : null, say("open"));
}
