// The icon: a white tick inside the three corners of a QR code, on Shanghai's blue. Drawn here, so that no binary is kept.

import { deflateSync, crc32 } from "node:zlib";

const BLUE = [11, 78, 162];
const GRID = 24; // the drawing is 24 × 24

// Whether the drawing is white at (x, y) of the grid.
function isWhite(x, y) {
  const corners = [[3, 3], [15, 3], [3, 15]];
  for (const [cx, cy] of corners) {
    const [dx, dy] = [x - cx, y - cy];
    if (dx >= 0 && dy >= 0 && dx < 6 && dy < 6) {
      const ring = dx < 1 || dy < 1 || dx >= 5 || dy >= 5;
      return ring || (dx >= 2 && dy >= 2 && dx < 4 && dy < 4);
    }
  }
  return near(x, y, 11.5, 16.5, 14.5, 19.5) || near(x, y, 14.5, 19.5, 21, 12);
}

function near(x, y, x1, y1, x2, y2) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const t = Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - x1 - t * dx, y - y1 - t * dy) < 0.9;
}

function png(size) {
  const rows = Buffer.alloc(size * (size * 3 + 1));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const white = isWhite(((x + 0.5) / size) * GRID, ((y + 0.5) / size) * GRID);
      const at = y * (size * 3 + 1) + 1 + x * 3;
      for (let c = 0; c < 3; c++) rows[at + c] = white ? 255 : BLUE[c];
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const chunks = [chunk("IHDR", header), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), ...chunks]);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

function svg() {
  const corner = (x, y) =>
    `<path d="M${x} ${y}h6v6h-6zm1 1v4h4v-4zm1 1h2v2h-2z" fill="#fff" fill-rule="evenodd"/>`;
  const tick = '<path d="M11.5 16.5l3 3L21 12" fill="none" stroke="#fff" stroke-width="1.8" stroke-linecap="round"/>';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M0 0h24v24H0z" fill="#0b4ea2"/>${corner(3, 3)}${corner(15, 3)}${corner(3, 15)}${tick}</svg>`;
}

export const icon = { png, svg };
