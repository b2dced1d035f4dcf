// Reading a QR code from a picture: native where the browser has it, else the `qr` decoder; a sharpened second try.

import decodeQR from "qr/decode.js";

const LONGEST_SIDE = 1600;

// The text of a QR code in an ImageData, or null. The decoder may write into its input: it gets copies.
export function readPixels({ data, width, height }, { thorough = false } = {}) {
  const options = thorough ? { effort: 8, timeLimit: 800 } : { timeLimit: 60 };
  const plain = attempt({ data: data.slice(), width, height }, options);
  if (plain !== null) return plain;
  return attempt(thorough ? sharpened(data, width, height) : softened(data, width, height), options);
}

function attempt(image, options) {
  try {
    return decodeQR(image, options) || null;
  } catch (error) {
    return null; // nothing readable in this picture
  }
}

// Enlarged twice, then an unsharp mask of two box blurs (radius 4, amount 4): reads what is blurred or small.
function sharpened(data, width, height) {
  const w = width * 2;
  const h = height * 2;
  const grey = new Float32Array(w * h);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const at = ((y >> 1) * width + (x >> 1)) * 4;
      grey[y * w + x] = 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
    }
  }
  const blurred = box(box(grey, w, h, 4), w, h, 4);
  const out = new Uint8ClampedArray(w * h * 4);
  for (let i = 0; i < grey.length; i++) {
    const value = grey[i] + 4 * (grey[i] - blurred[i]);
    out[4 * i] = out[4 * i + 1] = out[4 * i + 2] = value;
    out[4 * i + 3] = 255;
  }
  return { data: out, width: w, height: h };
}

// A light average: noise in the dark. Cheap enough for each frame of a camera.
function softened(data, width, height) {
  const grey = new Float32Array(width * height);
  for (let i = 0; i < grey.length; i++) grey[i] = 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2];
  const blurred = box(grey, width, height, 1);
  const out = new Uint8ClampedArray(data.length);
  for (let i = 0; i < grey.length; i++) {
    out[4 * i] = out[4 * i + 1] = out[4 * i + 2] = blurred[i];
    out[4 * i + 3] = 255;
  }
  return { data: out, width, height };
}

// A box blur by running sums, rows then columns.
function box(source, w, h, radius) {
  return pass(pass(source, w, h, radius, 1, w), h, w, radius, w, 1);
}

function pass(source, length, lines, radius, step, lineStep) {
  const out = new Float32Array(source.length);
  for (let line = 0; line < lines; line++) {
    const start = line * lineStep;
    let sum = 0;
    let count = 0;
    for (let i = -radius; i < length; i++) {
      if (i + radius < length) {
        sum += source[start + (i + radius) * step];
        count++;
      }
      if (i - radius - 1 >= 0) {
        sum -= source[start + (i - radius - 1) * step];
        count--;
      }
      if (i >= 0) out[start + i * step] = sum / count;
    }
  }
  return out;
}

// The text of a QR code in a photo that a person chose, or null.
export async function readFile(file) {
  const image = await loadImage(file);
  for (const side of [LONGEST_SIDE, 1000, 640]) {
    const text = readPixels(drawn(image, side), { thorough: true });
    if (text !== null) return text;
  }
  return null;
}

function loadImage(file) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    const url = URL.createObjectURL(file);
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error("not a picture"));
    image.src = url;
  });
}

function drawn(image, side) {
  const scale = Math.min(1, side / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
