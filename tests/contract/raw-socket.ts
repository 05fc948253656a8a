import WebSocket from 'ws'
import { until } from './channels'
import type { Project } from './project'

export interface RawFrame {
  joinRef: string | null
  ref: string | null
  topic: string
  event: string
  payload: { status?: string; response?: { reason?: string }; message?: string } & Record<string, unknown>
}

/** A client that sends what no honest one would. */
export interface RawSocket {
  socket: WebSocket
  frames: RawFrame[]
  send(frame: unknown): void
  /** Joins, and gives the answer. */
  join(topic: string, config?: object, accessToken?: string): Promise<RawFrame>
  closed: Promise<{ code: number; reason: string }>
}

interface Options {
  headers?: Record<string, string>
  key?: string
  vsn?: string
  path?: string
}

/** Resolves once it is open; rejects with the HTTP status where the handshake is refused. */
export async function openRaw(project: Project, options: Options = {}): Promise<RawSocket> {
  const { headers, key = project.publishableKey, vsn = '2.0.0', path = '/realtime/v1/websocket' } = options
  const url = `${project.url.replace(/^http/, 'ws')}${path}?apikey=${key}&vsn=${vsn}`
  const socket = new WebSocket(url, { headers })
  const frames: RawFrame[] = []
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) return
    const parsed = JSON.parse(data.toString()) as unknown
    if (Array.isArray(parsed)) {
      const [joinRef, ref, topic, event, payload] = parsed as [null, null, string, string, never]
      frames.push({ joinRef, ref, topic, event, payload })
    } else {
      const { join_ref: joinRef, ...rest } = parsed as { join_ref: null } & Omit<RawFrame, 'joinRef'>
      frames.push({ joinRef, ...rest })
    }
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  })
  await new Promise<void>((resolve, reject) => {
    socket.on('open', () => resolve())
    socket.on('unexpected-response', (_, response) => reject(new Error(String(response.statusCode))))
    socket.on('error', reject)
  })
  socket.on('error', () => undefined)
  let count = 0
  const send = (frame: unknown) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  return {
    socket,
    frames,
    send,
    closed,
    async join(topic, config = {}, accessToken) {
      const ref = `j${(count += 1)}`
      const payload = { config, ...(accessToken === undefined ? {} : { access_token: accessToken }) }
      send(
        vsn === '2.0.0'
          ? [ref, ref, topic, 'phx_join', payload]
          : { join_ref: ref, ref, topic, event: 'phx_join', payload },
      )
      let answer: RawFrame | undefined
      const answered = () => {
        answer = frames.find((frame) => frame.event === 'phx_reply' && frame.ref === ref)
        return answer !== undefined
      }
      await until(answered, `the answer to the join of ${topic}`)
      if (!answer) throw new Error('There is no answer.')
      return answer
    },
  }
}
