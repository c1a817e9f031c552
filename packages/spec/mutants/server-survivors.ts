import type { RequirementId } from '../src/requirements.ts'

/** The MUSTs for servers that no mutant breaks yet, and why; the list has to be exact, in the order of the specification. */
export const SERVER_SURVIVORS: Readonly<Partial<Record<RequirementId, string>>> = {
  'BOD-12': 'the server that the mutants are made of has no limits',
  'RES-29': 'the server that the mutants are made of answers one request at a time',
  'RES-31': 'the server that the mutants are made of offers no inform',
  'LIF-07': 'the server that the mutants are made of has one process',
  'LIF-08': 'the server that the mutants are made of has one process',
  'LIF-10': 'the server that the mutants are made of has one process',
  'LIF-11': 'the server that the mutants are made of has one process',
  'LIF-12': 'the server that the mutants are made of offers no reload',
}
