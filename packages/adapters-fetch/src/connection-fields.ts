/** Fields of a response that belong to the connection, which is the server's; beside `connection` itself. */
export const OF_THE_CONNECTION: ReadonlySet<string> = new Set(
  'keep-alive proxy-connection te transfer-encoding upgrade'.split(' '),
)
