// A whole URL taken apart and put together: what stands before the picture's path, the transformation, the path, the query.

const ORIGIN = /^https?:\/\/[^/?#]+/i;
const TRANSFORMATION = /^tr(?::|%3a)/i;
export const FAMILIES = ["media-files", "asset-media-files", "reference-entities-media-files"];

// Null for what is no whole URL. `bases` are those of the endpoints.
export function readAddress(url, bases = []) {
  const text = url.trim().split("#")[0];
  const origin = ORIGIN.exec(text)?.[0];
  if (origin === undefined) return null;
  const [location, ...rest] = text.slice(origin.length).split("?");
  const query = rest.join("?").split("&").filter((pair) => pair !== "");
  const segments = location.split("/").slice(1);
  const place = segments.slice(0, -1).findIndex((segment) => TRANSFORMATION.test(segment));
  if (place >= 0) {
    return {
      base: [origin, ...segments.slice(0, place)].join("/"),
      transformation: segments[place].replace(TRANSFORMATION, ""),
      source: segments.slice(place + 1).join("/"),
      query,
      inQuery: false,
    };
  }
  const inQuery = query.find((pair) => pair.startsWith("tr="));
  const length = lengthOfPrefix(origin, segments, bases);
  return {
    base: [origin, ...segments.slice(0, length)].join("/"),
    transformation: inQuery?.slice(3) ?? "",
    source: segments.slice(length).join("/"),
    query: query.filter((pair) => pair !== inQuery),
    inQuery: inQuery !== undefined,
  };
}

export function writeAddress({ base, transformation, source, query, inQuery }) {
  const step = transformation && !inQuery ? `tr:${transformation}/` : "";
  const pairs = transformation && inQuery ? [...query, `tr=${transformation}`] : query;
  return `${base}/${step}${source}${pairs.length ? `?${pairs.join("&")}` : ""}`;
}

// Of what is in front of the picture's path: an endpoint that begins like it, or all before a family.
function lengthOfPrefix(origin, segments, bases) {
  const family = segments.findIndex((segment) => FAMILIES.includes(segment));
  if (family >= 0) return family;
  const path = `${segments.join("/")}/`;
  const prefixes = bases.map((base) => base.replace(ORIGIN, "").slice(1)).filter((prefix) => prefix && path.startsWith(`${prefix}/`));
  return Math.max(0, ...prefixes.map((prefix) => prefix.split("/").length));
}

// What somebody has pasted -> a path behind an endpoint. A code's family is not to be seen in it.
export function sourceOf(text, family) {
  const path = text.trim().replace(/^\/+/, "").split(/[?#]/)[0];
  const isWhole = FAMILIES.some((name) => path.startsWith(`${name}/`));
  const whole = isWhole || !/^[0-9a-f]\/[0-9a-f]\/[0-9a-f]\/[0-9a-f]\//.test(path) ? path : `${family}/${path}`;
  return whole.split("/").map((segment) => encodeURIComponent(decoded(segment))).join("/");
}

// As a person reads it; half an encoding, or one of no UTF-8, stays as it is.
export function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
