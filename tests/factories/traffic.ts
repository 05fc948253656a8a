import pg from 'pg'

/** People who read and write all the while; how long the slowest waited. */
export function startTraffic(url: string) {
  const touched = new Set<string>()
  let isOn = true
  let [slowestMs, count] = [0, 0]
  const work = async (kind: number) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    for (let n = 0; isOn; n += 1) {
      const started = performance.now()
      const id = `00000001-0000-4000-8000-${(100 + (n % 50)).toString(16).padStart(12, '0')}`
      if (kind === 0) await client.query('select * from public.faces where profile_id = $1', [id])
      else if (kind === 1) {
        touched.add(`public.profiles ${id}`)
        await client.query('update public.profiles set last_seen = now() where id = $1', [id])
      } else {
        await client.query(
          `insert into public.notifications (user_id, type, title) values ($1, 'new_message', 'x')`,
          [id],
        )
      }
      slowestMs = Math.max(slowestMs, performance.now() - started)
      count += 1
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await client.end()
  }
  const workers = [0, 1, 2].map(work)
  return {
    touched,
    stop: async () => {
      isOn = false
      await Promise.all(workers)
      return { slowestMs, count }
    },
  }
}
