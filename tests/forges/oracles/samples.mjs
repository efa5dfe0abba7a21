// Every sample delivery of GitHub's, signed as GitHub signs: one JSON object a line on standard output.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Webhooks } from "@octokit/webhooks";

const find = createRequire(import.meta.url).resolve;
const samples = JSON.parse(readFileSync(find("@octokit/webhooks-examples/api.github.com/index.json")));
const webhooks = new Webhooks({ secret: process.argv[2] });
for (const { name, examples } of samples) {
  for (const example of examples) {
    const body = JSON.stringify(example);
    console.log(JSON.stringify({ event: name, body, signature: await webhooks.sign(body) }));
  }
}
