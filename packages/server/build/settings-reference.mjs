// Writes docs/settings.md from the built settings table.
import { writeFileSync } from 'node:fs'
import { settingsReference } from '../dist/config/reference.js'

const page = new URL('../../../docs/settings.md', import.meta.url)
writeFileSync(page, settingsReference())
