// Lighter Responses and Requests for a whole process: node --import @nsgi/adapters-fetch/register, or an import of it.
import { replaceGlobals } from './replacement.ts'

replaceGlobals()
