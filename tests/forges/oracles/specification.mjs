// GitHub's description of its API, cut to what Braid uses, as an Enterprise Server would have it: argument 1 is the
// file to write, the others are `METHOD /path`. Of request bodies all properties must be known, as a slip of the pen
// is otherwise accepted silently.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const [target, ...used] = process.argv.slice(2);
const find = createRequire(import.meta.url).resolve;
const whole = JSON.parse(readFileSync(find("@octokit/openapi/generated/api.github.com.json")));
const paths = {};
for (const call of used) {
  const [method, path] = call.split(" ");
  const operation = whole.paths[path]?.[method.toLowerCase()];
  if (!operation) throw new Error(`GitHub's description has no ${call}.`);
  closeBodies(operation);
  prepare(operation);
  (paths[`/api/v3${path}`] ??= {})[method.toLowerCase()] = operation;
}
const components = {};
collect(paths);
writeFileSync(target, JSON.stringify({ openapi: whole.openapi, info: whole.info, paths, components }));

function closeBodies(operation) {
  const schema = operation.requestBody?.content?.["application/json"]?.schema;
  if (schema) close(schema);
}

function close(schema) {
  if (schema.properties && schema.additionalProperties === undefined) schema.additionalProperties = false;
  for (const inner of Object.values(schema.properties ?? {})) close(inner);
  if (schema.items) close(schema.items);
}

function prepare(operation) {
  for (const response of Object.values(operation.responses)) {
    // The example of Link would lead to one more page for ever.
    delete response.headers?.Link;
    const content = response.content?.["application/json"];
    if (content) response.content["application/vnd.github+json"] = content;
  }
}

function collect(node) {
  if (node === null || typeof node !== "object") return;
  const path = typeof node.$ref === "string" ? node.$ref.split("/").slice(2) : [];
  if (path.length === 2 && !components[path[0]]?.[path[1]]) {
    (components[path[0]] ??= {})[path[1]] = whole.components[path[0]][path[1]];
    prepare({ responses: { reference: components[path[0]][path[1]] } });
    collect(components[path[0]][path[1]]);
  }
  Object.values(node).forEach(collect);
}
