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

function showProven({ record, index, size, witnesses }) {
  const begin = record.kind === "code.issued" && record.body.not_before ? seconds(record.body.not_before) : null;
  const first = witnesses[0];
  const values = { name: first && first.name, time: first && moment(first.time), begin: begin && moment(begin) };
  if (!first) plainResult("unwitnessed", "!", say("proofOnly"), say("proofOnlyText"));
  else if (begin !== null && first.time >= begin) plainResult("late", "!", say("proofLate"), say("proofLateText", values));
  else plainResult("proven", "✓", say("proofGood"), say(begin === null ? "proofSeenText" : "proofGoodText", values));
  const facts = byId("facts");
  if (record.body.number) fact(facts, say("number"), record.body.number, true);
  if (begin !== null) fact(facts, say("begins"), values.begin);
  for (const { name, time } of witnesses) fact(facts, say("witness"), say("witnessAt", { name, time: moment(time) }));
  fact(facts, say("entry"), say("entryOf", { n: index, size }));
  byId("register").textContent = say("proofCompare");
}
