import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { expect, test } from 'vitest'
import { listen } from './http'

const others = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ internal, family }) => !internal && family === 'IPv4')
  .map(({ address }) => address)

const answers = (host: string, port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host, port, timeout: 3000 })
    const end = (isOpen: boolean) => () => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false))
  })

test('nobody but this machine reaches the port', async () => {
  const server = await listen(0)
  try {
    const port = Number(new URL(server.url).port)
    expect(await answers('127.0.0.1', port)).toBe(true)
    for (const address of [...others, '::1']) expect(await answers(address, port), address).toBe(false)
  } finally {
    await server.close()
  }
})
