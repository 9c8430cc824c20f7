// By what a page decides that has no network: what a QR code says, whether it is ours, and whether a pass opens now.
"use strict";

const DAY = 86400;
const SHANGHAI = 8 * 3600; // no summer time
const BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const ALPHABET = document.body.dataset.alphabet;
const GAPS = /[\s\-—_.·\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/g;
const LONGEST_TYPED = 10;

// Finds the pass of a QR code or of typed signs: { made } or { reason }; `isNew` where it was made after what is known.
async function find(typed, known) {
  const text = typed.trim().toUpperCase();
  const code = text.normalize("NFKC").replace(GAPS, "");
  if (code.length > LONGEST_TYPED) return read(text, known);
  const made = known?.passes.find((one) => one.code === code);
  return made ? { made } : { reason: "unknown" };
}

function fault(made, left, known, at) {
  const grace = made.grace ?? known?.grace ?? 0;
  if (known?.gone.includes(made.id)) return "cancelled";
  if (at < made.starts - grace) return "early";
  if (at >= made.ends + grace) return "over";
  if (made.hours && !isOpen(made.hours, at, grace)) return "hours";
  return made.again || left > 0 ? "" : "used";
}

// "01234 480 1080 0 2026-03-12": weekdays from Monday, minutes of the day, days it lasts, one day beside them; what ends after midnight belongs to the day it began on.
function isOpen(hours, at, grace) {
  const [weekdays, opens, closes, , once] = hours.split(" ");
  const midnight = Math.floor((at + SHANGHAI) / DAY) * DAY - SHANGHAI;
  return [-1, 0, 1].some((step) => {
    const day = midnight + step * DAY;
    const weekday = (Math.floor((day + SHANGHAI) / DAY) + 3) % 7; // 1970 began on a Thursday
    const isOnce = once && new Date((day + SHANGHAI) * 1000).toISOString().startsWith(once);
    return (isOnce || weekdays.includes(String(weekday))) && at >= day + opens * 60 - grace && at < day + closes * 60 + grace;
  });
}

async function read(text, known) {
  const content = decode(text);
  if (content?.length !== 81) return { reason: "forged" };
  const [payload, signature] = [content.slice(0, 17), content.slice(17)];
  const isOurs = await verify(payload, signature, known);
  if (isOurs === null) return { reason: "unread" };
  if (!isOurs || payload[0] !== 1) return { reason: "forged" };
  const view = new DataView(payload.buffer, payload.byteOffset, 17);
  const id = name(view.getBigUint64(1));
  const made = known.passes.find((one) => one.id === id);
  if (made) return { made };
  return { made: { id, starts: view.getUint32(9) * 60, ends: view.getUint32(13) * 60, left: 1, people: 1, hours: "", again: false, building: "", plate: "" }, isNew: true };
}

// Tells whether it is ours; null where this browser cannot say.
async function verify(payload, signature, known) {
  if (!known) return null;
  try {
    const raw = Uint8Array.from(atob(known.key), (sign) => sign.charCodeAt(0));
    const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, signature, payload);
  } catch {
    return null;
  }
}

function decode(text) {
  const out = [];
  for (let place = 0; place < text.length; place += 3) {
    const values = [...text.slice(place, place + 3)].map((sign) => BASE45.indexOf(sign));
    if (values.length < 2 || values.includes(-1)) return null;
    const value = values[0] + values[1] * 45 + (values[2] ?? 0) * 2025;
    if (value >= 256 ** (values.length - 1)) return null;
    if (values.length === 3) out.push(value >> 8);
    out.push(value & 255);
  }
  return new Uint8Array(out);
}

function name(number) {
  let out = "";
  for (let shift = 45n; shift >= 0n; shift -= 5n) out += ALPHABET[Number((number >> shift) & 31n)];
  return out;
}
