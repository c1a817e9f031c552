/**
 * Milliseconds without a byte, or without an event that is due, after which a wait fails: far above what a busy machine makes
 * of a round trip. Whoever runs hundreds of broken servers, most of which fail by silence, may want less.
 */
export const PATIENCE = 5000
