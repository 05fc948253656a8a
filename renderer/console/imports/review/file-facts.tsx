import { Pencil } from 'lucide-react'
import type { Import, ImportFileDetail } from '../../../../core/celebrities/contract-import-schemas'
import { IconButton } from '../../../kit/icon-button'
import { qualityComponentWords } from '../../../../core/model/quality'
import { cx } from '../../../kit/class-names'
import { formatBytes, formatLabel, formatNumber, formatPercent, unknown } from '../../../kit/format'
import { Meter } from '../../../kit/meter'
import { Notice } from '../../../kit/notice'
import { Facts, Section } from '../../../kit/section'
import { RelativeTime } from '../../../kit/time'
import { Thumbnail } from '../../../kit/thumbnail'
import { qualityParts } from '../../../kit/face/quality-parts'
import { ageWords, percentileWords, pictureOf } from '../import-words'
import { PathText } from '../path-text'
import { pathTitle } from '../paths'
import { decisionWords } from './decision-words'

/** All that is known of a file, at the right of its photo. */
export function FileFacts({
  of,
  file,
  item,
  onShow,
  onEdit,
}: {
  of: Import
  file: ImportFileDetail
  /** The file whose item this is: its siblings are flipped through. */
  item: ImportFileDetail
  onShow: (fileId: number) => void
  /** Undefined where nothing can be decided. */
  onEdit: (() => void) | undefined
}) {
  const name = file.person_name ?? file.name
  const age = file.outcome_code === 'maybe_minor' ? ageWords(file.age, of.rules) : null
  return (
    <div
      className="flex min-h-0 flex-col gap-4 overflow-y-auto p-4"
      tabIndex={0}
      role="group"
      aria-label="About this photo"
    >
      <header className="flex items-start gap-2">
        <div className="min-w-0 grow">
          <h2 className={cx('text-md font-semibold text-pretty wrap-anywhere', !name && 'text-ink-3')}>
            {name ?? 'No name'}
          </h2>
          {file.name_original && file.name_original !== name && (
            <p className="text-sm break-words text-ink-3">imported as “{file.name_original}”</p>
          )}
        </div>
        {onEdit && (
          <IconButton label="Describe" keys={['E']} onPress={onEdit}>
            <Pencil />
          </IconButton>
        )}
      </header>
      {age && <Notice tone="warning">{age}</Notice>}
      {file.published_at && (
        <Notice tone="good">
          Published <RelativeTime date={file.published_at} />.
        </Notice>
      )}
      <Described of={of} file={file} />
      <Siblings item={item} shownId={file.id} onShow={onShow} />
      <Quality of={of} file={file} />
      <FileLines file={file} />
      <DecisionList file={file} />
    </div>
  )
}

function Described({ of: { defaults }, file }: { of: Import; file: ImportFileDetail }) {
  const own = (value: string | null, byDefault: string | null, isNeeded = false) =>
    value ??
    (byDefault ? (
      <span>
        {byDefault} <span className="text-ink-3">by default</span>
      </span>
    ) : isNeeded ? (
      <span className="text-warning">missing</span>
    ) : (
      unknown
    ))
  const face = file.found_faces.find(({ face_index }) => face_index === file.face_index)
  const gender = file.gender ?? defaults.gender
  return (
    <Facts
      facts={[
        ['Category', own(file.category, defaults.category)],
        [
          'Gender',
          gender ? formatLabel(gender) : face?.gender ? `${formatLabel(face.gender)}, detected` : unknown,
        ],
        ['Age', file.age === null ? unknown : `about ${file.age}, estimated`],
        ['Licence', own(file.licence, defaults.licence, true)],
        ['Source', own(file.source, defaults.source, true)],
        ['Bio', file.bio],
      ]}
    />
  )
}

function Siblings({
  item,
  shownId,
  onShow,
}: {
  item: ImportFileDetail
  shownId: number
  onShow: (fileId: number) => void
}) {
  if (item.siblings.length === 0) return null
  const all = [item, ...item.siblings]
  return (
    <Section title="Photos of this person" aside="← → flips">
      <ul aria-label="Photos of this person" className="flex flex-wrap gap-1.5">
        {all.map((one, index) => (
          <li key={one.id}>
            <button
              type="button"
              aria-label={`Photo ${index + 1} of ${all.length}`}
              aria-current={one.id === shownId || undefined}
              onClick={() => onShow(one.id)}
              title={[pathTitle(one.path), one.outcome_reason].filter(Boolean).join('\n')}
              className={cx(
                'block rounded-sm',
                one.id === shownId
                  ? 'outline-2 outline-offset-1 outline-accent'
                  : 'opacity-80 hover:opacity-100',
              )}
            >
              <Thumbnail src={pictureOf(one)} name={null} size={44} />
            </button>
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** The chosen face's quality and, where the gallery is known, its place in it. */
function Quality({ of, file }: { of: Import; file: ImportFileDetail }) {
  const face = file.found_faces.find(({ face_index }) => face_index === file.face_index)
  if (!face) return null
  const { percentiles } = file
  const isPlaced = Object.keys(percentiles).length > 0
  const { recognition } = qualityParts(face.quality_components ?? {})
  const place = percentiles.quality_score
  return (
    <Section title="Quality" aside={isPlaced ? 'bars: place in the gallery' : 'parts: 0 to 100'}>
      <div className="flex flex-col gap-1">
        <div title={place === undefined ? undefined : percentileWords(place)}>
          <Meter
            label="Overall"
            value={isPlaced ? (place ?? null) : file.quality_score}
            text={formatNumber(file.quality_score)}
            tone={(file.quality_score ?? 1) < of.rules.min_quality ? 'warning' : 'accent'}
          />
        </div>
        {recognition.map(({ name, value }) => {
          const share = percentiles[name]
          const least = of.rules.min_components[name]
          const isLow = value !== null && least !== undefined && value < least
          return (
            <div key={name} title={share === undefined ? undefined : percentileWords(share)}>
              <Meter
                label={qualityComponentWords[name].label}
                value={isPlaced ? (share ?? null) : value === null ? null : value / 100}
                text={value === null ? unknown : String(Math.round(value))}
                tone={isLow ? 'warning' : 'neutral'}
              />
            </div>
          )
        })}
      </div>
      <p className="text-sm text-pretty text-ink-3">
        {place !== undefined
          ? `This face is ${percentileWords(place)}; the numbers are its own.`
          : of.gallery_at === null
            ? 'The gallery was never reached from this machine, so nothing is compared with it.'
            : `Weakest first; ${formatPercent(of.rules.min_quality)} of the overall quality is asked for.`}
      </p>
    </Section>
  )
}

function FileLines({ file }: { file: ImportFileDetail }) {
  return (
    <Section title="File">
      <Facts
        facts={[
          [
            'Path',
            // Its end says most: it is not cut off.
            <span key="path" className="break-words whitespace-normal">
              <PathText path={file.path} />
            </span>,
          ],
          ['Size', file.width && file.height ? `${file.width} × ${file.height} px` : null],
          ['Bytes', file.bytes === null ? null : formatBytes(file.bytes)],
          [
            'MD5',
            file.image_hash && (
              <code key="hash" className="font-mono text-sm select-all" title={file.image_hash}>
                {file.image_hash}
              </code>
            ),
          ],
        ]}
      />
    </Section>
  )
}

function DecisionList({ file: { decisions } }: { file: ImportFileDetail }) {
  if (decisions.length === 0) return null
  return (
    <Section title="Decisions">
      <ul className="flex flex-col gap-0.5">
        {decisions.map(({ id, kind, decided_at: at, undone_at: undone }) => (
          <li key={id} className="flex justify-between gap-2">
            <span className={cx(undone && 'text-ink-3 line-through')}>{decisionWords(kind)}</span>
            <span className="text-sm text-ink-3">
              {undone ? 'undone ' : ''}
              <RelativeTime date={undone ?? at} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  )
}
