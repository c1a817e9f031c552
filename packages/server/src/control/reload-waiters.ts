// Who waits for the end of a reload that was asked for, and which end that is.
import type { Notice } from '../arbiter/model.ts'

/** What is told at the end of a reload. */
export interface ReloadAnswer {
  /** `cut`: something else has come before its end. */
  readonly outcome: 'done' | 'failed' | 'cut'
  /** Why it failed, or what has come. */
  readonly reason?: string
}

/** Is called once. */
export type ReloadWaiter = (answer: ReloadAnswer) => void

/** Also what is told to whoever asks then. */
export const STOPS: ReloadAnswer = { outcome: 'cut', reason: 'the server stops' }

/** A reload that was under way when somebody asked for one says nothing of what they asked for. */
export class ReloadWaiters {
  /** What they asked for has not begun: the configuration is being read. */
  #asked: readonly ReloadWaiter[] = []
  /** Workers are being replaced for them. */
  #begun: readonly ReloadWaiter[] = []

  /** To be called when the arbiter has been told: what it reads from then on is for this one. */
  add(waiter: ReloadWaiter): void {
    this.#asked = [...this.#asked, waiter]
  }

  /** Hears how reloads begin and end. */
  observe(notice: Notice): void {
    switch (notice.kind) {
      case 'reloading':
        this.#begun = [...this.#begun, ...this.#asked]
        this.#asked = []
        return
      case 'misread':
        return this.#refuse({ outcome: 'failed', reason: notice.problems.join('; ') })
      case 'reloaded':
        return this.#end({ outcome: 'done' })
      case 'reload-failed':
        return this.#end({ outcome: 'failed', reason: notice.failure.message })
      case 'reload-cut':
        return this.#end({
          outcome: 'cut',
          reason: 'WINCH stops the workers; those that are started next are new ones',
        })
      case 'announced':
        // Workers go on being replaced where that has begun, and what is being read is not used any more.
        return this.#refuse(STOPS)
      case 'stopping':
        this.#refuse(STOPS)
        return this.#end(STOPS)
      default:
    }
  }

  #refuse(answer: ReloadAnswer): void {
    const waiters = this.#asked
    this.#asked = []
    tell(waiters, answer)
  }

  #end(answer: ReloadAnswer): void {
    const waiters = this.#begun
    this.#begun = []
    tell(waiters, answer)
  }
}

function tell(waiters: readonly ReloadWaiter[], answer: ReloadAnswer): void {
  for (const waiter of waiters) waiter(answer)
}
