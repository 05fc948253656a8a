/** Encodings that a table may be written in, as TextDecoder names them. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

/** Bytes that are taken for the header. */
const headBytes = 64

/** What bytes above ASCII look like, byte by byte. */
interface Census {
  head: Uint8Array
  bytes: number
  nulsAtEven: number
  nulsAtOdd: number
  /** The line of the first NUL; 0 where there is none. */
  nulLine: number
  /** Of the first bytes. */
  headNuls: number
  line: number
  /** Letters of two bytes and more. */
  sequences: number
  /** Bytes that UTF-8 can't have where they stand, and the line of the first. */
  invalid: number
  invalidLine: number
  high: number
  /** High bytes that stand in a row of three and more. */
  crowded: number
  run: number
  /** Bytes that Windows-1252 has no letter for. */
  unassigned: number
  expected: number
}

/**
 * Tells how a text is written. Without a mark at its beginning it is UTF-8 where all of it can be; else Windows-1252
 * where its letters beyond ASCII stand as they do in western languages: alone and in pairs, between others.
 * @throws Error whose message is a sentence for a person, where it is none of these
 */
export async function detectEncoding(chunks: AsyncIterable<Uint8Array>): Promise<TextEncoding> {
  const census = await takeCensus(chunks)
  const { head } = census
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return utf8(census)
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  const nuls = census.nulsAtEven + census.nulsAtOdd
  if (nuls === 0) return census.invalid === 0 ? 'utf-8' : western(census)
  // One column at least has an ASCII title, of which every other byte is 0 in UTF-16.
  if (census.headNuls * 8 < Math.min(census.bytes, headBytes)) {
    const line = census.nulLine.toLocaleString('en')
    throw new Error(`It has a NUL at line ${line}, which no text has. Remove it, or save it as CSV, UTF-8.`)
  }
  // A file that is no text has them anywhere.
  if (census.nulsAtOdd > 0 && census.nulsAtEven * 50 < census.nulsAtOdd) return 'utf-16le'
  if (census.nulsAtEven > 0 && census.nulsAtOdd * 50 < census.nulsAtEven) return 'utf-16be'
  throw new Error('It is no text. Save it as CSV, UTF-8.')
}

function utf8({ invalid, invalidLine }: Census): TextEncoding {
  if (invalid > 0) throw new Error(damagedUtf8(invalidLine))
  return 'utf-8'
}

const damagedUtf8 = (line: number) =>
  `It is written in UTF-8 but damaged at line ${line.toLocaleString('en')}. Save it again as CSV, UTF-8.`

function western(census: Census): TextEncoding {
  const { sequences, invalid, invalidLine, unassigned, crowded, high } = census
  if (sequences > 3 * invalid) throw new Error(damagedUtf8(invalidLine))
  if (unassigned > 0 || crowded * 5 > high) {
    throw new Error(
      `It is written in an encoding that can't be told (line ${invalidLine.toLocaleString('en')}): neither UTF-8, UTF-16 nor ` +
        'Windows-1252. Save it again as CSV, UTF-8.',
    )
  }
  return 'windows-1252'
}

async function takeCensus(chunks: AsyncIterable<Uint8Array>): Promise<Census> {
  const census: Census = {
    ...{
      head: new Uint8Array(),
      bytes: 0,
      nulsAtEven: 0,
      nulsAtOdd: 0,
      nulLine: 0,
      headNuls: 0,
      line: 1,
      sequences: 0,
      invalid: 0,
    },
    ...{ invalidLine: 0, high: 0, crowded: 0, run: 0, unassigned: 0, expected: 0 },
  }
  for await (const chunk of chunks) {
    if (census.head.length < 3) census.head = Buffer.concat([census.head, chunk.subarray(0, 3)])
    for (const byte of chunk) count(census, byte)
  }
  if (census.expected > 0) misplaced(census)
  return census
}

const unassignedBytes = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d])

function count(census: Census, byte: number): void {
  const isContinuation = byte >= 0x80 && byte < 0xc0
  if (census.expected > 0) {
    if (isContinuation) {
      census.expected--
      if (census.expected === 0) census.sequences++
    } else {
      misplaced(census)
      census.expected = 0
    }
  } else if (isContinuation || byte > 0xf4 || byte === 0xc0 || byte === 0xc1) misplaced(census)
  if (census.expected === 0 && byte >= 0xc2 && byte <= 0xf4)
    census.expected = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3
  countLegacy(census, byte)
}

function countLegacy(census: Census, byte: number): void {
  if (byte === 0) {
    if (census.nulLine === 0) census.nulLine = census.line
    if (census.bytes < headBytes) census.headNuls++
    if (census.bytes % 2 === 0) census.nulsAtEven++
    else census.nulsAtOdd++
  }
  census.bytes++
  if (byte === 0x0a) census.line++
  if (byte < 0x80) {
    census.run = 0
    return
  }
  census.high++
  census.run++
  if (census.run === 3) census.crowded += 3
  else if (census.run > 3) census.crowded++
  if (unassignedBytes.has(byte)) census.unassigned++
}

function misplaced(census: Census): void {
  census.invalid++
  if (census.invalidLine === 0) census.invalidLine = census.line
}

/** The text, piece by piece, without the mark at its beginning. */
export async function* decodeText(
  chunks: AsyncIterable<Uint8Array>,
  encoding: TextEncoding,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding)
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true })
    if (text !== '') yield text
  }
  const rest = decoder.decode()
  if (rest !== '') yield rest
}
