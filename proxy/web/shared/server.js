// What the pages ask of the admin port.

async function asked(path, options) {
  const response = await fetch(path, options);
  if (!response.ok) throw new Error(await messageOf(response));
  return response.json();
}

// In words of the API, or of the guard in front of it, which speaks plain text.
async function messageOf(response) {
  const text = await response.text();
  try {
    return JSON.parse(text).message;
  } catch {
    return text.trim() || `The server answers ${response.status}.`;
  }
}

const query = (values) => new URLSearchParams(values).toString();

export const endpoints = async () => (await asked("/v1/endpoints")).endpoints;

export const explain = (url, accept, signal) => asked(`/v1/explain?${query({ url, accept })}`, { signal });

export const metadata = (url, signal) => asked(`/v1/metadata?${query({ url })}`, { signal });

export const pictures = (search, { base, connection }, signal) =>
  asked(`/v1/pictures?${query({ search, base, ...(connection ? { connection } : {}) })}`, { signal });

// {paths, sources, connection, originals}
export const refresh = (order) => asked("/v1/pictures/refresh", { method: "POST", body: JSON.stringify(order) });

export const previewOf = (url, accept) => `/v1/preview?${query(accept ? { url, accept } : { url })}`;

export const sign = (url, seconds) =>
  asked("/v1/sign", { method: "POST", body: JSON.stringify({ url, expires_in: seconds }) });

// A picture with what its headers tell; times in milliseconds.
export async function preview(url, accept, signal) {
  const since = performance.now();
  const response = await fetch(previewOf(url, accept), { signal });
  if (!response.ok) throw new Error(await messageOf(response));
  const body = await response.blob();
  const elapsed = performance.now() - since;
  return {
    body,
    elapsed,
    type: (response.headers.get("Content-Type") ?? "").split(";")[0],
    cache: response.headers.get("X-Cache") ?? "-",
    stages: readTiming(response.headers.get("Server-Timing") ?? ""),
    snapped: response.headers.get("X-Snapped"),
  };
}

// `total;dur=12.3, decode;dur=4.5` as pairs of name and milliseconds; entries without a duration are left out.
export function readTiming(header) {
  return [...header.matchAll(/([\w-]+);dur=([\d.]+)/g)].map(([, name, milliseconds]) => [name, Number(milliseconds)]);
}
