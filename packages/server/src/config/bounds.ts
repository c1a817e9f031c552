// Bounds that several settings share.

/** A day in seconds: no sane wait is longer, and a timer of Node's overflows at 24.8 days. */
export const DAY = 86_400

/** A tebibyte: beyond it a limit is none. */
export const TEBIBYTE: number = 2 ** 40
