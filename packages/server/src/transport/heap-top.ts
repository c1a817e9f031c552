// The C library's heap, into which the bytes of bodies are copied.
import { Buffer } from 'node:buffer'

/** Bytes of the block whose release sets the threshold: twice as much may then lie free. Its pages are never touched, so it costs nothing. */
const BLOCK = 16 * 1024 * 1024

let isKept = false

/**
 * Has glibc keep free memory at the top of its heap for the next body. By default it gives all above 128 KiB back to the system, which hands it out again
 * a page at a time, zeroed: that took half of the processor time of an upload. Once a larger block has been released the threshold is twice its
 * size (mallopt(3), M_MMAP_THRESHOLD), and the block that is left here is released by the next collection. Other C libraries do not mind.
 */
export function keepHeapTop(): void {
  if (isKept) return
  isKept = true
  Buffer.allocUnsafeSlow(BLOCK)
}
