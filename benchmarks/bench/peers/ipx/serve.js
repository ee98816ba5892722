// `node serve.js DIRECTORY PORT CORES`: ipx over a directory, every core at work. It keeps no results by itself.
import { createServer } from "node:http";
import { createIPX, createIPXNodeServer, ipxFSStorage } from "ipx";
import sharp from "sharp";

const [directory, port, cores] = process.argv.slice(2);
sharp.concurrency(Number(cores));
const ipx = createIPX({ storage: ipxFSStorage({ dir: directory }) });
createServer(createIPXNodeServer(ipx)).listen(Number(port), "127.0.0.1");
