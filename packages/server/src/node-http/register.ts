// Puts this engine in the place of node's for a whole process: node --import @nsgi/server/http/register program.js
import { replaceNodes } from './replacement.ts'

replaceNodes()
