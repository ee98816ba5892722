// media-proxy-loader.js, named in next.config.js. `src` is a media path of Akeneo: "media-files/1/2/a/b/12ab_mug.jpg".
const ENDPOINT = "https://img.example.com";

export default function mediaProxyLoader({ src, width, quality }) {
  const steps = [`w-${width}`, "c-at_max", ...(quality ? [`q-${quality}`] : [])];
  return `${ENDPOINT}/tr:${steps.join(",")}/${src.replace(/^\//, "")}`;
}
