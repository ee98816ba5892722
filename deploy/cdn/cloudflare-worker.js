// Cloudflare Worker on the route of the pictures: three kinds of Accept, and each has its own entry in the cache.

const FORMATS = ["image/avif", "image/webp"];

export function acceptKind(accept) {
  if (accept.includes("image/avif")) return "image/avif,image/webp";
  if (accept.includes("image/webp")) return "image/webp";
  return "*/*";
}

export default {
  async fetch(request) {
    const headers = new Headers(request.headers);
    headers.set("Accept", acceptKind(request.headers.get("Accept") ?? ""));
    headers.delete("Cookie");
    return fetch(new Request(request, { headers }), {
      cf: {
        cacheEverything: true, // for how long, and whether at all, is said by Cache-Control
        vary: {
          default: { action: "bypass" }, // w-auto and dpr-auto, which follow client hints
          headers: { accept: { action: "normalize", media_types: FORMATS } },
        },
      },
    });
  },
};
