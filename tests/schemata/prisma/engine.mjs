// Prisma's own engine, without a database: schema files in, the SQL of an empty database's migration out.
// node engine.mjs FOLDER-OF-@prisma/schema-engine-wasm; one JSON object a line, {files: [[path, text], ...]}
// on stdin, {sql} or {error} on stdout.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const folder = process.argv[2]
const engine = await import(`${folder}/schema_engine_bg.js`)
const code = readFileSync(`${folder}/schema_engine_bg.wasm`)
const { instance } = await WebAssembly.instantiate(code, { './schema_engine_bg.js': engine })
engine.__wbg_set_wasm(instance.exports)
instance.exports.__wbindgen_start()

// The engine asks for a version when it is made, and nothing else.
const ok = value => ({ ok: true, value })
const answer = {
  columnNames: ['exists', 'version', 'numeric_version'],
  columnTypes: [5, 7, 0],
  rows: [[true, 'PostgreSQL 16.0', 160000]],
}
const adapter = {
  provider: 'postgres',
  adapterName: 'none',
  queryRaw: async () => ok(answer),
  executeRaw: async () => ok(0),
  executeScript: async () => ok(undefined),
  dispose: async () => ok(undefined),
  getConnectionInfo: () => ok({ schemaName: 'public', supportsRelationJoins: true }),
}
const factory = { ...adapter, connect: async () => ok(adapter), connectToShadowDb: async () => ok(adapter) }

async function script(files) {
  const made = await engine.SchemaEngine.new({ datamodels: files }, () => {}, factory)
  try {
    const result = await made.diff({
      from: { tag: 'empty' },
      to: { tag: 'schemaDatamodel', files: files.map(([path, content]) => ({ path, content })) },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    })
    return { sql: result.stdout }
  } finally {
    made.free()
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  let told
  try {
    told = await script(JSON.parse(line).files)
  } catch (error) {
    told = { error: String(error?.message ?? error) }
  }
  process.stdout.write(JSON.stringify(told) + '\n')
}
