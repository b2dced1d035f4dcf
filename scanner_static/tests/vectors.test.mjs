// The same vectors as the Python verifier: same verdicts, same steps, same claims.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { hex, unhex } from "../src/verify/bytes.js";
import { classify, shortCode } from "../src/verify/classify.js";
import { UntrustedList, seconds, verifyKeyList, verifyRoot, verifyStatusList } from "../src/verify/lists.js";
import { NoteError } from "../src/verify/note.js";
import { ProofError, verifyProof } from "../src/verify/proof.js";
import { SM2_SM3 } from "../src/verify/sm2.js";
import { verify } from "../src/verify/verify.js";

const vectors = (name) => JSON.parse(readFileSync(new URL(`../../tests/vectors/${name}.json`, import.meta.url), "utf8"));
const iso = (value) => new Date(value * 1000).toISOString().replace(".000Z", "Z");

const verdicts = vectors("verdicts");
const issued = seconds(verdicts.key_lists.main.issued_at);
const keyLists = {};
for (const [name, list] of Object.entries(verdicts.key_lists)) {
  keyLists[name] = await verifyKeyList(list, verdicts.roots[name], issued);
}
const statusLists = {};
for (const [name, list] of Object.entries(verdicts.status_lists)) {
  statusLists[name] = await verifyStatusList(list, verdicts.roots[name], keyLists[name], issued);
}

function register(rows) {
  if (!rows) return undefined;
  const known = new Map(rows.map((row) => [row.cti, row]));
  return (cti) => known.get(cti) || null;
}

const asJson = (c) => ({
  cti: hex(c.cti),
  issued_at: iso(c.issuedAt),
  not_before: iso(c.notBefore),
  expires_at: iso(c.expiresAt),
  kind: c.kind,
  uscc: c.uscc,
  items: c.items,
  certificates: c.certificates,
  enterprise_name: c.name,
});

for (const one of verdicts.cases) {
  test(`verdict: ${one.name}`, async () => {
    const found = await verify(one.presented, {
      keys: keyLists[one.keys],
      status: one.status ? statusLists[one.status] : undefined,
      register: register(one.register),
      now: seconds(one.now),
      uscc: one.uscc,
    });
    const claims = found.claims ? asJson(found.claims) : null;
    assert.deepEqual({ verdict: found.verdict, steps: found.steps, claims }, one.expect, one.why);
  });
}

const lists = vectors("lists");
const trustedKeys = await verifyKeyList(lists.keys, lists.root, issued);
for (const one of lists.cases) {
  test(`list: ${one.kind} ${one.name}`, async () => {
    const now = seconds(one.now);
    const check = {
      keys: () => verifyKeyList(one.document, lists.root, now),
      status: () => verifyStatusList(one.document, lists.root, trustedKeys, now),
      root: () => verifyRoot(one.document, lists.root),
    }[one.kind];
    const found = await check().then(
      () => "ok",
      (error) => (error instanceof UntrustedList ? error.code : `threw ${error}`),
    );
    assert.equal(found, one.expect);
  });
}

const proofs = vectors("proofs");
for (const one of proofs.cases) {
  test(`proof: ${one.name}`, async () => {
    const bytes = Uint8Array.from(Buffer.from(one.file, "base64"));
    const found = await verifyProof(bytes, proofs.keys[one.log]).then(
      ({ index, size, record, witnesses }) => ({ index, size, number: record.body.number, witnesses }),
      (error) => {
        if (!(error instanceof NoteError || error instanceof ProofError)) throw error;
        return null;
      },
    );
    assert.deepEqual(found, one.expect);
  });
}

const texts = vectors("texts");
for (const one of texts.scanned) {
  test(`text: ${one.text.slice(0, 60)}`, () => {
    const found = classify(one.text, texts.issuers);
    assert.equal(found.kind, one.kind);
    assert.equal(found.leadsTo || found.host || null, one.leads_to || null);
  });
}
for (const one of texts.short_codes) {
  test(`short code: ${one.typed}`, () => assert.equal(shortCode(one.typed), one.code));
}

test("the SM2 example of GB/T 32918.5", async () => {
  const point = (text) => Buffer.from(unhex(text)).toString("base64url");
  const jwk = { kty: "EC", crv: "SM2", x: point(texts.sm2.x), y: point(texts.sm2.y) };
  const message = new TextEncoder().encode(texts.sm2.message);
  assert.equal(await SM2_SM3.verify(jwk, message, unhex(texts.sm2.signature)), true);
  assert.equal(await SM2_SM3.verify(jwk, new TextEncoder().encode("another"), unhex(texts.sm2.signature)), false);
});
