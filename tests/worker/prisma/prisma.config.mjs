// The prisma command with its own engine as wasm, on a driver adapter: the engine that it would
// download is a program of which npm has no package. A clone's prisma.config.mjs exports this one.
import { PrismaPg } from '@prisma/adapter-pg'
import { parse } from 'pg-connection-string'

// What the adapter can't read of pg_catalog: the types "char" and name.
const CHAR = 18
const NAME = 19
const TEXT = 25
const CHARACTER = 6

// Limits on waiting, as for the engine's lock, go on running when there is nothing to wait for any more.
const LIMIT_MS = 10_000
const wait = globalThis.setTimeout
globalThis.setTimeout = (then, ms, ...more) => {
  const timer = wait(then, ms, ...more)
  return ms >= LIMIT_MS ? timer.unref() : timer
}

// As the engine's own connection: a script is run whole, where the adapter parts it at each semicolon.
function asTheEngine(adapter) {
  const { queryRaw } = adapter
  adapter.queryRaw = async (asked) => {
    const found = await adapter.performIO(asked)
    const fields = found.fields.map((field) => ({
      ...field,
      dataTypeID: [CHAR, NAME].includes(field.dataTypeID) ? TEXT : field.dataTypeID,
    }))
    const known = Object.assign(Object.create(adapter), { performIO: async () => ({ ...found, fields }) })
    const read = await queryRaw.call(known, asked)
    found.fields.forEach((field, place) => {
      if (field.dataTypeID === CHAR) read.columnTypes[place] = CHARACTER
    })
    return read
  }
  adapter.executeScript = async (script) => {
    await adapter.underlyingDriver().query(script).catch((error) => adapter.onError(error))
  }
  return adapter
}

class OneSession extends PrismaPg {
  constructor(url) {
    // In parts: of an address written whole the adapter would take the database as its shadow, too.
    const { host, port, user, password, database } = parse(url)
    const parts = { host, port, user, password, database, max: 1, idleTimeoutMillis: 1 }
    super(parts)
    this.parts = parts
  }

  connect() {
    return super.connect().then(asTheEngine)
  }

  // A database of its own, left before it is dropped.
  async connectToShadowDb() {
    const database = `shadow_${process.pid}_${Date.now()}`
    const here = await this.connect()
    await here.executeScript(`CREATE DATABASE "${database}"`)
    const shadow = asTheEngine(await new PrismaPg({ ...this.parts, database }).connect())
    const leave = shadow.dispose.bind(shadow)
    shadow.dispose = async () => {
      await leave()
      await here.executeScript(`DROP DATABASE "${database}"`)
      await here.dispose()
    }
    return shadow
  }
}

export default {
  schema: 'prisma/schema.prisma',
  engine: 'js',
  experimental: { adapter: true },
  adapter: async () => new OneSession(process.env.DATABASE_URL),
}
