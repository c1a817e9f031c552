// Makes public/bell.wav: a bronze bell, struck three times. Run by hand when the bell should sound different.
import { writeFileSync } from 'node:fs'

const RATE = 11_025
const SECONDS = 9
const HEADER = 44

/** Partials of a bell: ratio to the strike note, loudness, seconds until it has faded to a third. */
const PARTIALS = [
  [0.5, 0.5, 2.6],
  [1, 1, 1.5],
  [1.19, 0.6, 1.1],
  [1.5, 0.35, 0.8],
  [2, 0.5, 0.6],
  [2.74, 0.25, 0.35],
]

/** When it is struck, in seconds, and the note, in Hz. */
const STRIKES = [
  [0, 392],
  [1.6, 329.6],
  [3.2, 261.6],
]

function loudness(time) {
  let sum = 0
  for (const [start, note] of STRIKES) {
    if (time < start) continue
    for (const [ratio, level, decay] of PARTIALS) {
      sum += level * Math.exp((start - time) / decay) * Math.sin(2 * Math.PI * note * ratio * (time - start))
    }
  }
  return sum / 5
}

const samples = RATE * SECONDS
const wav = Buffer.alloc(HEADER + samples)
wav.write('RIFF', 0)
wav.writeUInt32LE(wav.length - 8, 4)
wav.write('WAVEfmt ', 8)
wav.writeUInt32LE(16, 16)
wav.writeUInt16LE(1, 20)
wav.writeUInt16LE(1, 22)
wav.writeUInt32LE(RATE, 24)
wav.writeUInt32LE(RATE, 28)
wav.writeUInt16LE(1, 32)
wav.writeUInt16LE(8, 34)
wav.write('data', 36)
wav.writeUInt32LE(samples, 40)
for (let index = 0; index < samples; index++) {
  wav[HEADER + index] = 128 + Math.round(110 * Math.max(-1, Math.min(1, loudness(index / RATE))))
}
writeFileSync(new URL('public/bell.wav', import.meta.url), wav)
