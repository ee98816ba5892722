// Figures as a person reads them.

const NUMBERS = new Intl.NumberFormat("en");

export const short = (bytes) => (bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(2)} MB`);

export const bytesOf = (bytes) => (bytes < 1000 ? `${bytes} B` : `${short(bytes)} (${NUMBERS.format(bytes)} B)`);

export const milliseconds = (time) => (time < 10 ? `${time.toFixed(1)} ms` : `${Math.round(time)} ms`);

export const formatOf = (type) => type.replace("image/", "").replace("svg+xml", "svg").toUpperCase();
