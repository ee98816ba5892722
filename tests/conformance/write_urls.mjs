// Writes URLs, and calls our API, with ImageKit's own SDKs: a line of JSON in, a line of JSON out, until there are no more.
// In: {"sdk": ..., "options": {...}, "privateKey": ...}, options as the current SDKs call them.

import { createInterface } from "node:readline";
import { buildSrc, buildTransformationString, getResponsiveImageAttributes } from "@imagekit/javascript";
import CurrentImageKit from "@imagekit/nodejs";
import OlderImageKit from "imagekit";
import { supportedTransforms } from "@imagekit/nodejs/lib/transformation-utils.js";
import older from "imagekit/dist/libs/constants/supportedTransforms.js";

const RENAMED = {
  grayscale: "effectGray",
  contrastStretch: "effectContrast",
  sharpen: "effectSharpen",
  unsharpMask: "effectUSM",
  shadow: "effectShadow",
  gradient: "effectGradient",
};

// What the older generation has no name for, overlays above all, its users write out under `raw`.
function olderStep(step) {
  const named = {};
  const others = {};
  for (const [key, value] of Object.entries(step)) {
    if (key in RENAMED && value === false) continue;
    if (key in RENAMED) named[RENAMED[key]] = value === true ? "-" : value;
    else if (key in older.default) named[key] = value;
    else others[key] = value;
  }
  const raw = buildTransformationString([others]);
  return raw ? { ...named, raw } : named;
}

function olderUrl({ src, transformation, expiresIn, urlEndpoint, ...options }, privateKey) {
  const imagekit = new OlderImageKit({ publicKey: "public", privateKey, urlEndpoint });
  const source = /^https?:/.test(src) ? { src } : { path: src };
  const expireSeconds = expiresIn ? { expireSeconds: expiresIn } : {};
  return imagekit.url({ ...options, ...source, ...expireSeconds, transformation: transformation?.map(olderStep) });
}

// Calls of a server: its answer, or the error that the SDK makes of it.
const CALLS = {
  purge: (imagekit, { url }) => imagekit.cache.invalidation.create({ url }),
  purged: (imagekit, { id }) => imagekit.cache.invalidation.get(id),
  metadata: (imagekit, { url }) => imagekit.files.metadata.getFromURL({ url }),
};

function called({ call, baseURL, ...options }, privateKey) {
  const imagekit = new CurrentImageKit({ privateKey, baseURL, maxRetries: 0 });
  return CALLS[call](imagekit, options).catch((error) => ({ error: error.constructor.name, status: error.status }));
}

const WRITERS = {
  "@imagekit/javascript": (options) => buildSrc(options),
  "@imagekit/nodejs": (options, privateKey) => new CurrentImageKit({ privateKey }).helper.buildSrc(options),
  imagekit: olderUrl,
  responsive: (options) => getResponsiveImageAttributes(options),
  api: called,
  names: () => [...Object.keys(supportedTransforms), ...Object.keys(older.default)],
  browser: ({ url }) => new URL(url).href, // what goes over the wire
};

for await (const line of createInterface({ input: process.stdin })) {
  const { sdk, options, privateKey } = JSON.parse(line);
  console.log(JSON.stringify(await WRITERS[sdk](options, privateKey)));
}
