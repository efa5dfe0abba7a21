// Reads two databases and plans from one to the other, ROUNDS times; prints the milliseconds of each as JSON.
// node pg-delta.mjs BEFORE_URL AFTER_URL ROUNDS
import pg from "pg";
import { extract } from "@supabase/pg-delta/extract";
import { plan } from "@supabase/pg-delta/plan";

const [, , before, after, rounds] = process.argv;
const pools = [before, after].map((connectionString) => new pg.Pool({ connectionString }));
const times = [];
for (let round = 0; round <= Number(rounds); round++) {
  const started = performance.now();
  const [source, desired] = await Promise.all(pools.map((pool) => extract(pool)));
  plan(source.factBase, desired.factBase);
  if (round) times.push(performance.now() - started);
}
console.log(JSON.stringify(times));
await Promise.all(pools.map((pool) => pool.end()));
