// CloudFront function (runtime 2.0) for viewer requests: three kinds of Accept before the cache is asked.

function acceptKind(accept) {
  if (accept.includes("image/avif")) return "image/avif,image/webp";
  if (accept.includes("image/webp")) return "image/webp";
  return "*/*";
}

function handler(event) {
  const request = event.request;
  const accept = request.headers.accept;
  request.headers.accept = { value: acceptKind(accept ? accept.value : "") };
  return request;
}
