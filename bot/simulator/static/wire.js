// What the page sends to the stand-in.

export async function post(path, body) {
  const response = await fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  return response.json();
}

export async function upload(path, blob) {
  const response = await fetch(path, { method: "POST", headers: { "Content-Type": blob.type }, body: blob });
  return response.json();
}
