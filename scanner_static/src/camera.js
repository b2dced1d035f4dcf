// The camera: opened by a tap, read a few times a second, always closed again.

import { readPixels } from "./decode.js";

const EVERY_MS = 90;
const SIDE = 720; // pixels of the square that is read

// Films into `video` until `onText(text)` returns true. Returns a function that stops. Rejects with the browser's error.
export async function film(video, onText) {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } },
  });
  video.srcObject = stream;
  await video.play();
  const canvas = document.createElement("canvas");
  const native = await nativeDetector();
  let stopped = false;
  const stop = () => {
    stopped = true;
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
  const look = async () => {
    if (stopped) return;
    const text = video.readyState >= 2 ? await readFrame(video, canvas, native) : null;
    if (stopped) return;
    if (text !== null && onText(text)) {
      stop();
      return;
    }
    setTimeout(look, EVERY_MS);
  };
  look();
  return stop;
}

async function readFrame(video, canvas, native) {
  if (native) {
    const found = await native.detect(video).catch(() => []);
    if (found.length) return found[0].rawValue;
  }
  const side = Math.min(video.videoWidth, video.videoHeight);
  if (!side) return null;
  const size = Math.min(side, SIDE);
  canvas.width = canvas.height = size;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const [x, y] = [(video.videoWidth - side) / 2, (video.videoHeight - side) / 2];
  context.drawImage(video, x, y, side, side, 0, 0, size, size);
  return readPixels(context.getImageData(0, 0, size, size));
}

async function nativeDetector() {
  if (!("BarcodeDetector" in window)) return null;
  try {
    const formats = await window.BarcodeDetector.getSupportedFormats();
    return formats.includes("qr_code") ? new window.BarcodeDetector({ formats: ["qr_code"] }) : null;
  } catch (error) {
    return null;
  }
}
