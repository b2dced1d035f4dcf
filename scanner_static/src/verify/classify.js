// What a scanned or typed text is: the twin of app/domain/codes/classify.py. Nothing is ever followed.

const MAX_TEXT = 4096;
const MIN_DIGITS = 100; // a token has hundreds; telephone and serial numbers have fewer
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

// {kind: "code" | "short_code" | "other_issuer" | "foreign", value, host, issuer, leadsTo}
export function classify(text, issuers = []) {
  const trimmed = text.trim().slice(0, MAX_TEXT);
  const url = asUrl(trimmed);
  const digits = digitsOf(trimmed);
  if (digits) return { kind: "code", value: digits, host: url && url.host };
  const short = url ? null : shortCode(trimmed);
  if (short) return { kind: "short_code", value: short };
  const issuer = issuerOf(trimmed, issuers);
  if (issuer) return { kind: "other_issuer", value: trimmed, issuer, leadsTo: url && url.host };
  if (url) return { kind: "foreign", value: trimmed, leadsTo: url.host };
  const scheme = /^([a-z][a-z0-9+.-]{0,30}):/i.exec(trimmed);
  return { kind: "foreign", value: trimmed, leadsTo: scheme ? `${scheme[1].toLowerCase()}:` : null };
}

// The other system that a text begins like, by its published prefixes; also of a code that looks like one of ours.
export function issuerOf(text, issuers) {
  const trimmed = text.trim().slice(0, MAX_TEXT);
  const url = asUrl(trimmed);
  return issuers.find((one) => one.prefixes.some((prefix) => beginsWith(trimmed, url, prefix)));
}

// The digits of a code URL of any host, or of a bare number of a token's length; null for anything else.
export function digitsOf(text) {
  const trimmed = text.trim().slice(0, MAX_TEXT);
  const url = asUrl(trimmed);
  if (url) {
    const found = /^(?:\/[^/]+)*\/q\/([0-9]+)\/?$/.exec(url.path);
    return found && found[1];
  }
  const bare = trimmed.replace(/\s/g, "");
  return /^[0-9]+$/.test(bare) && bare.length >= MIN_DIGITS ? bare : null;
}

function asUrl(text) {
  const bare = text.replace(/[\t\n\r]/g, "").replace(/\\/g, "/");
  const found = /^https?:(.*)$/i.exec(bare);
  if (!found) return null;
  const rest = found[1].replace(/^\/+/, "");
  const [authority] = /^[^/?#]*/.exec(rest);
  const path = /^[^?#]*/.exec(rest.slice(authority.length))[0];
  const host = authority.slice(authority.lastIndexOf("@") + 1).replace(/:\d*$/, "").replace(/\.+$/, "");
  return { host: unescaped(host).toLowerCase(), path };
}

function unescaped(text) {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    return text;
  }
}

function beginsWith(text, url, prefix) {
  const wanted = asUrl(prefix);
  if (!wanted) return !url && text.startsWith(prefix);
  return Boolean(url) && url.host === wanted.host && url.path.startsWith(wanted.path);
}

// Eleven characters as typed, or null: app/domain/codes/short.py.
export function shortCode(text) {
  if (text.length > 100) return null;
  const misread = { O: "0", I: "1", L: "1" };
  const bare = Array.from(text.normalize("NFKC").toUpperCase())
    .map((c) => misread[c] || c)
    .filter((c) => !/[\s\-‐‑‒–—―−_·.]/.test(c))
    .join("");
  if (bare.length !== 11 || Array.from(bare).some((c) => !CROCKFORD.includes(c))) return null;
  return check(bare.slice(0, 10)) === bare[10] ? bare : null;
}

// Σ c_i · α^i in GF(32), x⁵+x²+1.
function check(body) {
  let total = 0;
  let weight = 1;
  for (const c of body) {
    weight = timesAlpha(weight);
    total ^= multiply(CROCKFORD.indexOf(c), weight);
  }
  return CROCKFORD[total];
}

const timesAlpha = (value) => ((value << 1) & 32 ? (value << 1) ^ 0b100101 : value << 1);

function multiply(a, b) {
  let product = 0;
  for (let left = a, right = b; right; right >>= 1, left = timesAlpha(left)) if (right & 1) product ^= left;
  return product;
}
