// How many connections a server may have: when all places are taken its sockets accept no more.
import type { Server } from 'node:net'
import type { Logger } from '@nsgi/spec'
import { AcceptGate } from './accept-gate.ts'

/** Milliseconds between two reports: at the limit's edge the state changes with every connection. */
const REPORT_EVERY = 60_000

export class Places {
  /** Whether none is free: answers then end their connections, so that whoever waits gets a turn. */
  isFull = false
  /** Whether no more is accepted for another reason. */
  private isHeld = false
  private readonly limit: number
  private readonly log: Logger
  private readonly gates: AcceptGate[] = []
  private reported = Number.NEGATIVE_INFINITY

  /** `limit` is the number of connections; `Infinity` for as many as come. */
  constructor(limit: number, log: Logger) {
    this.limit = limit
    this.log = log
  }

  /** Has that server, which listens, accept no more while all places are taken. */
  add(server: Server): void {
    const gate = new AcceptGate(server)
    this.gates.push(gate)
    if (this.isFull || this.isHeld) gate.shut()
  }

  /** Told of each change: how many connections are open, and when, in milliseconds of a clock that only goes forward. */
  update(open: number, now: () => number): void {
    const isFull = open >= this.limit
    if (isFull === this.isFull) return
    this.isFull = isFull
    this.setGates()
    if (isFull) this.report(now())
  }

  /** Accepts no more, however many places are free, or does again. */
  hold(isHeld: boolean): void {
    if (isHeld === this.isHeld) return
    this.isHeld = isHeld
    this.setGates()
  }

  private setGates(): void {
    for (const gate of this.gates) {
      if (this.isFull || this.isHeld) gate.shut()
      else gate.open()
    }
  }

  private report(now: number): void {
    if (now - this.reported < REPORT_EVERY) return
    this.reported = now
    this.log.warn(
      { connections: this.limit },
      'All places for connections are taken (--worker-connections, within the limit on open files): new clients wait for another worker, or for a place',
    )
  }
}
