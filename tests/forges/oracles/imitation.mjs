// A GitHub that remembers, with an app installed on one account. Argument 1 is the address for deliveries, argument 2
// their secret. Writes its address and the app's key as one line of JSON, and ends with standard input.
import { createServer, request } from "node:http";
import { createServer as createProbe } from "node:net";
import { json } from "node:stream/consumers";
import { createEmulator } from "emulate";

const [hook, secret] = process.argv.slice(2);
const permissions = {
  contents: "write",
  pull_requests: "write",
  issues: "write",
  checks: "write",
  statuses: "write",
  metadata: "read",
};
const app = {
  app_id: 4711,
  slug: "braid",
  name: "Braid",
  permissions,
  events: ["*"],
  webhook_url: hook,
  webhook_secret: secret,
  installations: [{ installation_id: 11, account: "acme", repository_selection: "all" }],
};
const port = await freePort();
const github = await createEmulator({
  service: "github",
  port,
  seed: {
    tokens: { doras_token: { login: "acme", scopes: ["repo", "user"] } },
    github: { users: [{ login: "acme" }], repos: [{ owner: "acme", name: "shop", auto_init: true }], apps: [app] },
  },
});

// Enterprise Server has its API under /api/v3; the imitation has it at the root.
const front = createServer((asked, answer) => {
  const path = asked.url.replace(/^\/api\/v3/, "");
  const onward = request({ port, host: "localhost", method: asked.method, path, headers: asked.headers }, (found) => {
    if (path.includes("/annotations")) return unwrap(found, answer);
    answer.writeHead(found.statusCode, found.headers);
    found.pipe(answer);
  });
  onward.on("error", () => answer.destroy());
  asked.pipe(onward);
});
await new Promise((done) => front.listen(0, "127.0.0.1", done));
const key = github.generatedSecrets.find((each) => each.kind === "github.app_private_key").value;
console.log(JSON.stringify({ port: front.address().port, key }));
process.stdin.resume().on("end", () => process.exit(0));

// The imitation wraps this list in an object; GitHub, by its own description, does not.
async function unwrap(found, answer) {
  const body = await json(found);
  answer.writeHead(found.statusCode, { "content-type": "application/json" });
  answer.end(JSON.stringify(body.check_annotations ?? body));
}

function freePort() {
  return new Promise((done) => {
    const probe = createProbe().listen(0, () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}
