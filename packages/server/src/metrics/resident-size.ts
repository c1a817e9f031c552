// How large this process is, also when it is out of file descriptors.

let last = 0

/**
 * Bytes of resident size. Linux tells them in a file: without a descriptor to read it with, Node throws EMFILE, and the size is what it
 * was when it could be read last (0 if never).
 */
export function residentSize(): number {
  try {
    last = process.memoryUsage.rss()
  } catch {
    // The descriptor watch tells the operator what is wrong.
  }
  return last
}
