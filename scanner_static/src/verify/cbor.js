// A strict reader for deterministically encoded CBOR (RFC 8949, 4.2): the twin of app/domain/codes/cbor.py.
// Indefinite lengths, longer forms, duplicate keys, trailing bytes and tags are refused.

const MAX_DEPTH = 4;
const SIZES = { 24: 1, 25: 2, 26: 4, 27: 8 };
const SMALLEST = { 24: 24, 25: 0x100, 26: 0x10000, 27: 0x100000000 };
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export class CborError extends Error {}

// The single item in `data` (Uint8Array): number, Uint8Array, string, null, Array or Map.
export function read(data) {
  const [value, end] = item(data, 0, 0);
  if (end !== data.length) throw new CborError("trailing bytes");
  return value;
}

// [major type, argument, offset behind it], in shortest form.
export function readHead(data, at) {
  if (at >= data.length) throw new CborError("cut off");
  const argument = data[at] & 0x1f;
  if (argument < 24) return [data[at] >> 5, argument, at + 1];
  const size = SIZES[argument];
  if (size === undefined || at + 1 + size > data.length) throw new CborError("indefinite, reserved or cut off");
  let value = 0;
  for (let i = 1; i <= size; i++) value = value * 256 + data[at + i];
  if (value < SMALLEST[argument] || value > Number.MAX_SAFE_INTEGER) throw new CborError("not the shortest form");
  return [data[at] >> 5, value, at + 1 + size];
}

// [the byte string at an offset, the offset behind it].
export function readBytes(data, at) {
  const [major, length, start] = readHead(data, at);
  if (major !== 2 || start + length > data.length) throw new CborError("a byte string was expected");
  return [data.subarray(start, start + length), start + length];
}

function item(data, at, depth) {
  const [major, argument, start] = readHead(data, at);
  if (major === 0) return [argument, start];
  if (major === 1) return [-1 - argument, start];
  if (major === 2) return readBytes(data, at);
  if (major === 3) return text(data, start, start + argument);
  if (major === 7 && argument === 22) return [null, start];
  if ((major === 4 || major === 5) && depth < MAX_DEPTH && argument <= data.length) {
    return (major === 4 ? array : map)(data, start, argument, depth + 1);
  }
  throw new CborError("a tag, a simple value or too deep");
}

function text(data, start, end) {
  if (end > data.length) throw new CborError("cut off");
  try {
    return [utf8.decode(data.subarray(start, end)), end];
  } catch (error) {
    throw new CborError("not UTF-8");
  }
}

function array(data, start, count, depth) {
  const values = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    const [value, end] = item(data, at, depth);
    values.push(value);
    at = end;
  }
  return [values, at];
}

function map(data, start, count, depth) {
  const values = new Map();
  let at = start;
  let previous = null;
  for (let i = 0; i < count; i++) {
    const [key, end] = item(data, at, depth);
    const encoded = data.subarray(at, end);
    const isKey = typeof key === "number" || typeof key === "string";
    if (!isKey || (previous && compare(encoded, previous) <= 0)) throw new CborError("keys out of order or twice");
    previous = encoded;
    const [value, behind] = item(data, end, depth);
    values.set(key, value);
    at = behind;
  }
  return [values, at];
}

// Bytewise, a shorter one that is a beginning of the other first.
function compare(a, b) {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}
