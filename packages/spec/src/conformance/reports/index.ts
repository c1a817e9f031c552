import type { Report } from '../report.ts'
import { toHtml } from './html.ts'
import { toJson } from './json.ts'
import { toJunit } from './junit.ts'
import { toTap } from './tap.ts'

export { toHtml, toJson, toJunit, toTap }

/** The format of a report by the end of its file's name. */
const FORMATS: Readonly<Record<string, (report: Report) => string>> = {
  json: toJson,
  tap: toTap,
  xml: toJunit,
  html: toHtml,
}

/** How a report is written into a file of that name; `undefined` where the name does not say. */
export function formatOf(file: string): ((report: Report) => string) | undefined {
  return FORMATS[file.slice(file.lastIndexOf('.') + 1).toLowerCase()]
}
