import multer from 'multer'

/** Nothing answered: 404. */
export function missing(request, response) {
  answer(request, response, { status: 404, message: 'There is nothing here' })
}

/** The error page. Messages of our own making are shown; those of a bug are not. */
// oxlint-disable-next-line max-params -- Express knows an error handler by its four parameters
export function failures(error, request, response, next) {
  // Too late for a page: Express ends the connection, so that the client sees that it did not get everything.
  if (response.headersSent) {
    next(error)
    return
  }
  const status = statusOf(error)
  if (status === 500) console.error(error)
  answer(request, response, { status, message: status === 500 ? 'Something went wrong in the kitchen' : error.message })
}

function statusOf(error) {
  if (error instanceof multer.MulterError) return error.code === 'LIMIT_FILE_SIZE' ? 413 : 422
  return error.status >= 400 && error.status < 500 ? error.status : 500
}

function answer(request, response, { status, message }) {
  response.status(status)
  if (request.path.startsWith('/api/') || request.accepts(['html', 'json']) === 'json') {
    response.json({ error: message })
    return
  }
  response.send(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${status} · Kirin Tea</title>
<link rel="stylesheet" href="/shop.css">
<main class="message"><h1>${status}</h1><p>${escape(message)}.</p><p><a href="/">Back to the shop</a></p></main>
</html>
`)
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
