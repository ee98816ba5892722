/** @type {import("next").NextConfig} */
const config = {
  images: {
    loader: "custom",
    loaderFile: "./media-proxy-loader.js",
  },
};

export default config;
