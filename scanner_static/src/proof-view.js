// What a proof file of a registration says, in plain words. Verified on this phone; no network is asked.

import { byId, fact, moment, plainResult } from "./page.js";
import { seconds } from "./verify/lists.js";
import { NoteError } from "./verify/note.js";
import { ProofError, verifyProof } from "./verify/proof.js";
import { say } from "./words.js";

// Verifies `bytes` with the register's keys `log` and shows the result.
export async function judgeProof(bytes, log) {
  let proven;
  try {
    proven = await verifyProof(bytes, log);
  } catch (error) {
    if (!(error instanceof NoteError || error instanceof ProofError)) throw error;
    const isFile = String.fromCharCode(...bytes.subarray(0, 23)).startsWith("c2sp.org/tlog-proof");
    return plainResult("unproven", "✕", say("proofBad"), say(isFile ? "proofBadText" : "proofNoFile"));
  }
  showProven(proven);
}

// What is proved: that a code was issued, or (`visit.learned`) when the register learned of a visit of another system.
function showProven({ record, index, size, witnesses }) {
  const learned = record.kind === "visit.learned";
  const text = learned ? record.body.window.start : record.kind === "code.issued" && record.body.not_before;
  const begin = text ? seconds(text) : null;
  const first = witnesses[0];
  const values = {
    name: first && first.name,
    time: first && moment(first.time),
    begin: begin && moment(begin),
    system: record.body.system,
  };
  const words = learned ? "learned" : "proof";
  if (!first) plainResult("unwitnessed", "!", say("proofOnly"), say(`${words}OnlyText`, values));
  else if (begin !== null && first.time >= begin) plainResult("late", "!", say(`${words}Late`), say(`${words}LateText`, values));
  else plainResult("proven", "✓", say(`${words}Good`), say(begin === null ? "proofSeenText" : `${words}GoodText`, values));
  const facts = byId("facts");
  if (record.body.number) fact(facts, say("number"), record.body.number, true);
  if (begin !== null) fact(facts, say("begins"), values.begin);
  for (const { name, time } of witnesses) fact(facts, say("witness"), say("witnessAt", { name, time: moment(time) }));
  fact(facts, say("entry"), say("entryOf", { n: index, size }));
  byId("register").textContent = say("proofCompare");
}
