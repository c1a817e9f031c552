#!/usr/bin/env node
import process from 'node:process'
import { main } from './main.ts'

const code = await main(process.argv.slice(2), process)
// An application under test may have left something that keeps a process alive.
process.stdout.write('', () => process.exit(code))
