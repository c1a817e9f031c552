import session from 'express-session'
import passportPackage from 'passport'
import { Strategy } from 'passport-local'

const form = { 'Content-Type': 'application/x-www-form-urlencoded' }

export const scenario = {
  packages: ['passport', 'passport-local', 'express-session'],
  frameworks: ['express4', 'express5'],
  cookies: true,
  masks: [[/connect\.sid=s%3A[^;"]+/g, 'connect.sid=ID']],
  build({ framework, log }) {
    const passport = new passportPackage.Passport()
    passport.use(
      new Strategy((name, password, done) =>
        password === 'oolong' ? done(null, { name }) : done(null, false, { message: 'wrong tea' }),
      ),
    )
    passport.serializeUser((user, done) => done(null, user.name))
    passport.deserializeUser((name, done) => done(null, { name }))
    const express = framework.module
    const app = express()
    app.use(session({ secret: 'tea', resave: false, saveUninitialized: false }), passport.session())
    app.post('/login', express.urlencoded({ extended: false }), passport.authenticate('local'), (req, res) =>
      res.json(req.user),
    )
    app.post(
      '/page',
      express.urlencoded({ extended: false }),
      passport.authenticate('local', { successRedirect: '/me', failureRedirect: '/login', failureMessage: true }),
    )
    app.get('/me', (req, res) => res.status(req.isAuthenticated() ? 200 : 401).json(req.user ?? null))
    app.get('/messages', (req, res) => res.json(req.session.messages ?? []))
    app.get('/logout', (req, res, next) =>
      req.logout(error => {
        log.push(`out ${error ?? 'well'}`)
        if (error) next(error)
        else res.redirect('/')
      }),
    )
    return { app }
  },
  exchanges: [
    { name: 'a stranger', path: '/me' },
    { name: 'a wrong password', method: 'POST', path: '/login', headers: form, body: 'username=ann&password=coffee' },
    { name: 'no password', method: 'POST', path: '/login', headers: form, body: 'username=ann' },
    {
      name: 'a wrong password on a page',
      method: 'POST',
      path: '/page',
      headers: form,
      body: 'username=ann&password=mate',
    },
    { name: 'the message of it', path: '/messages' },
    { name: 'the right one', method: 'POST', path: '/login', headers: form, body: 'username=ann&password=oolong' },
    { name: 'known from then on', path: '/me' },
    { name: 'logs out', path: '/logout', logs: 1 },
    { name: 'a stranger again', path: '/me' },
    {
      name: 'the right one on a page',
      method: 'POST',
      path: '/page',
      headers: form,
      body: 'username=bob&password=oolong',
    },
    { name: 'and known', path: '/me' },
  ],
}
