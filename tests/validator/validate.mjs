// What csaf-validator-lib says of documents: every test that it has for their version, informative ones too.
//
// The first line of the input says how: {"without": ["_6_3_8"], "answers": ["https://…"]}; each further line names a
// file. Each line of the output is what was found in that file, in the order of the input. Nothing here reaches the
// network: an address answers when it begins with one of `answers`, and no other does.

import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { MockAgent, setGlobalDispatcher } from 'undici'
import validate from '@secvisogram/csaf-validator-lib/validate.js'
import * as of20 from '@secvisogram/csaf-validator-lib/full.js'
import * as of21 from '@secvisogram/csaf-validator-lib/csaf_2_1/full.js'

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const { without, answers } = JSON.parse((await lines.next()).value)

const world = new MockAgent()
world.disableNetConnect()
for (const address of answers) {
  const { origin, pathname } = new URL(address)
  world
    .get(origin)
    .intercept({ path: (path) => path.startsWith(pathname), method: 'HEAD' })
    .reply(200)
    .persist()
}
setGlobalDispatcher(world)

// As the validator asks it, but each text once: a dictionary takes longer to open than to ask.
const asked = new Map()
const hunspell = ({ dictionary, input }) => {
  const key = `${dictionary} ${input}`
  const ask = (resolve, reject) => {
    const child = execFile('hunspell', ['-d', dictionary], (why, said) => (why ? reject(why) : resolve(said)))
    child.stdin.end(input)
  }
  if (!asked.has(key)) asked.set(key, new Promise(ask))
  return asked.get(key)
}

const chosen = (all) =>
  Object.entries(all)
    .filter(([name]) => !without.some((end) => name.endsWith(end)))
    .map(([name, test]) => {
      const spells = name.endsWith('_6_3_8')
      return { name, run: spells ? (document) => test(document, { hunspell }) : test }
    })
const tests = { '2.0': chosen(of20), '2.1': chosen(of21) }

for await (const name of { [Symbol.asyncIterator]: () => lines }) {
  const document = JSON.parse(readFileSync(name, 'utf8'))
  const own = tests[document.document?.csaf_version] ?? tests['2.0']
  const named = own.map(({ name, run }) => Object.defineProperty((it) => run(it), 'name', { value: name }))
  const result = await validate(named, document)
  const found = result.tests.flatMap((test) =>
    [...test.errors, ...test.warnings, ...test.infos].map((it) => ({
      test: test.name.replace(/^.*Test_/, '').replace(/^csaf_.*_strict$/, 'schema').replaceAll('_', '.'),
      path: it.instancePath,
      message: it.message,
    }))
  )
  // A test that only says "invalid" says it too.
  for (const test of result.tests.filter((it) => !it.isValid && it.errors.length === 0)) {
    found.push({ test: test.name, path: '', message: 'invalid' })
  }
  console.log(JSON.stringify({ valid: result.isValid, tests: own.length, found }))
}
