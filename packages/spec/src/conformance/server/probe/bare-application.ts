// The probe without hooks (LIF-03).
import type { Application } from '../../../application.ts'
import { handle } from './handle.ts'

const application: Application = request => handle(request, {})

// oxlint-disable-next-line import/no-default-export -- servers load an application's default export
export default application
