import { ImagePlus } from 'lucide-react'
import type { FaceView } from '../../../core/accounts/contract'
import { StatusDot } from '../../kit/badge'
import { Button } from '../../kit/button'
import { cx } from '../../kit/class-names'
import { formatDateTime } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { Section } from '../../kit/section'
import { Thumbnail } from '../../kit/thumbnail'
import { PickFiles } from '../photos/pick-files'
import { faceState } from './face-state'
import type { AddingFaces } from './use-add-faces'

/** A person's faces side by side, with the way to add another. */
export function FaceStrip({
  faces,
  selectedId,
  onSelect,
  adding,
}: {
  faces: readonly FaceView[]
  selectedId: string | undefined
  onSelect: (faceId: string) => void
  adding: AddingFaces
}) {
  return (
    <Section
      title="Faces"
      aside={
        <PickFiles isMultiple onFiles={(found) => adding.add(found.map(({ file }) => file))}>
          <Button size="sm" icon={<ImagePlus aria-hidden />} isPending={adding.isPending}>
            Add a photo…
          </Button>
        </PickFiles>
      }
    >
      {faces.length === 0 ? (
        <p className="rounded-md border border-dashed border-line-strong px-4 py-6 text-center text-ink-3">
          No face yet. Drop a photo here; it is analysed at once, and then matched.
        </p>
      ) : (
        <ul className="flex flex-wrap gap-2">
          {defaultFirst(faces).map((face) => (
            <li key={face.id}>
              <FaceTile face={face} isSelected={face.id === selectedId} onSelect={() => onSelect(face.id)} />
            </li>
          ))}
        </ul>
      )}
      {adding.refused.map(({ fileName, reason, isKnown }) => (
        <Notice key={fileName} tone={isKnown ? 'warning' : 'bad'}>
          {reason.includes(fileName) ? reason : `${fileName}: ${reason}`}
        </Notice>
      ))}
      {adding.refused.length > 0 && (
        <Button size="sm" variant="ghost" className="self-start" onPress={adding.forgetRefused}>
          Dismiss
        </Button>
      )}
    </Section>
  )
}

function defaultFirst(faces: readonly FaceView[]): FaceView[] {
  return [...faces].sort((a, b) => Number(b.is_default) - Number(a.is_default))
}

function FaceTile({
  face,
  isSelected,
  onSelect,
}: {
  face: FaceView
  isSelected: boolean
  onSelect: () => void
}) {
  const { label, tone, isLive } = faceState(face)
  const words = face.is_default
    ? `Default face, ${label}`
    : `Face of ${formatDateTime(face.created_at)}, ${label}`
  return (
    <button
      type="button"
      aria-pressed={isSelected}
      aria-label={words}
      title={words}
      onClick={onSelect}
      className={cx(
        'flex w-20 flex-col gap-1 overflow-hidden rounded-md border pb-1 text-sm',
        isSelected ? 'border-accent shadow-[0_0_0_1px_var(--accent)]' : 'hover:border-line-strong',
      )}
    >
      <Thumbnail src={face.thumbnail_url} name={null} size="fill" className="rounded-b-none" />
      <span className="flex justify-center px-1 text-ink-2">
        {face.is_default && tone === 'good' ? (
          'Default'
        ) : (
          <StatusDot tone={tone} isLive={isLive}>
            {label}
          </StatusDot>
        )}
      </span>
    </button>
  )
}
