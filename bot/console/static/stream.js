// A shared worker: one stream for all open pages of this browser, which holds only six connections to a server.
"use strict";

const KEPT = 200; // messages told again to a page that was read before they came
const ports = new Set();
let stream = null;
let begun = ""; // what was told after this place is still known
let heard = []; // places and kinds, oldest first

onconnect = (event) => {
  const port = event.ports[0];
  port.onmessage = ({ data }) => (data.leaves ? ports.delete(port) : join(port, data.since));
};

function join(port, since) {
  ports.add(port);
  if (!stream) return open(since);
  const missed = isWithin(begun, since) ? heard.filter((one) => !isWithin(one.place, since)).flatMap((one) => one.kinds) : ["*"];
  if (missed.length) port.postMessage(missed);
}

function open(since) {
  begun = since;
  heard = [];
  stream = new EventSource(`/console/live?since=${since}`);
  stream.onmessage = (event) => {
    const kinds = event.data.split(" ");
    heard.push({ place: event.lastEventId, kinds });
    if (heard.length > KEPT) begun = heard.shift().place;
    ports.forEach((port) => port.postMessage(kinds));
  };
  stream.addEventListener("writing", ({ data }) => ports.forEach((port) => port.postMessage({ writing: data })));
  stream.onerror = () => {
    if (stream.readyState !== EventSource.CLOSED) return; // the browser comes back by itself
    const place = heard.at(-1)?.place ?? begun;
    stream = null;
    setTimeout(() => { if (!stream) open(place); }, 20000);
  };
}

// Places are two numbers, 12-34; one is within another that is as far in both.
function isWithin(place, other) {
  const [a, b] = [place.split("-").map(Number), other.split("-").map(Number)];
  return a.length === 2 && b.length === 2 && a[0] <= b[0] && a[1] <= b[1];
}
