// Composes subgraph schemas into one supergraph:
//   node compose.mjs [--config subgraphs.json] [--root DIR] [--out FILE] [--check]
// --check writes nothing and fails when FILE isn't what the schemas compose to.
// FILE begins with the digest of each schema, so that its age can be checked without Node.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    config: { type: "string", default: resolve(here, "subgraphs.json") },
    root: { type: "string", default: resolve(here, "../..") },
    out: { type: "string", default: resolve(here, "../supergraph.graphql") },
    check: { type: "boolean", default: false },
  },
});

function fail(message) {
  console.error(message);
  process.exit(1);
}

const subgraphs = JSON.parse(readFileSync(values.config, "utf8")).map(({ name, url, sdl }) => ({
  name,
  url,
  text: readFileSync(resolve(values.root, sdl), "utf8"),
}));
const result = composeServices(subgraphs.map(({ name, url, text }) => ({ name, url, typeDefs: parse(text) })));
if (result.errors?.length) {
  fail(result.errors.map((error) => `${error.extensions?.code ?? "ERROR"}: ${error.message}`).join("\n"));
}

const digests = subgraphs.map(({ name, text }) => `# ${name} sha256:${createHash("sha256").update(text).digest("hex")}\n`);
const text = `${digests.join("")}\n${result.supergraphSdl.trimEnd()}\n`;
if (!values.check) {
  writeFileSync(values.out, text);
} else if (readFileSync(values.out, "utf8") !== text) {
  fail(`${values.out} is not what the subgraph schemas compose to: run \`make supergraph\` and commit the result.`);
}
