import path from "node:path";
export default defineConfig({
  schema: path.join("model"),
  migrations: { path: "db/migrations" },
});
