import type { PhotoSearch } from '../../../core/matching/contract-search'
import { cx } from '../../kit/class-names'
import { formatAmount, formatNumber } from '../../kit/format'
import { Segmented } from '../../kit/segmented'
import { Select } from '../../kit/select'
import { FilePreview } from '../photos/file-preview'

/** So many faces stand side by side as buttons; more are a list. */
const mostButtons = 8

/** The photo with a frame around each face that was found; one of them is searched by. */
export function PhotoFaces({
  file,
  found,
  isBusy,
  chosen,
  onFace,
}: {
  file: File
  found: PhotoSearch | undefined
  isBusy: boolean
  /** The place of the face that is, or is about to be, searched by. */
  chosen: number
  onFace: (index: number) => void
}) {
  const faces = found?.faces ?? []
  return (
    <>
      <div className="relative flex min-h-40 items-center justify-center overflow-hidden rounded-md border bg-raised">
        {/* As wide as the column: shares of the photo are shares of this box. */}
        <div className="relative w-full" aria-busy={isBusy}>
          <FilePreview file={file} alt="The photo that is searched by" className="w-full" />
          {found &&
            faces.map(({ box }, index) => (
              <button
                key={index}
                type="button"
                tabIndex={-1}
                aria-hidden
                title={`Face ${index + 1}`}
                onClick={() => index !== chosen && onFace(index)}
                className={cx(
                  'absolute rounded-sm border-2 shadow-[0_0_0_1px_rgb(0_0_0/0.5)]',
                  index === chosen ? 'border-[oklch(0.88_0.14_200)]' : 'border-white/80 hover:border-white',
                )}
                style={{
                  left: `${(box.x / found.image_width) * 100}%`,
                  top: `${(box.y / found.image_height) * 100}%`,
                  width: `${(box.width / found.image_width) * 100}%`,
                  height: `${(box.height / found.image_height) * 100}%`,
                }}
              />
            ))}
        </div>
      </div>
      {found && faces.length > 1 && (
        <div className="flex flex-col gap-1">
          <span className="text-sm text-ink-2">
            {formatAmount(faces.length, 'face')}; the largest is the first
          </span>
          <FacePicker count={faces.length} chosen={chosen} onFace={onFace} />
        </div>
      )}
      {found && chosen === found.face_index && (
        <p className="text-sm text-ink-3">
          Quality {formatNumber(found.face.quality_score)} of 1
          {found.face.age !== null && `, age about ${found.face.age}`}
        </p>
      )}
    </>
  )
}

/** Every face by keyboard; the frames in the photo are for the pointer. */
function FacePicker({
  count,
  chosen,
  onFace,
}: {
  count: number
  chosen: number
  onFace: (index: number) => void
}) {
  const options = Array.from({ length: count }, (_, index) => ({ id: String(index), label: `${index + 1}` }))
  const onChange = (index: string | undefined) => {
    if (index !== undefined) onFace(Number(index))
  }
  const Picker = count > mostButtons ? Select<string> : Segmented<string>
  return <Picker label="Face" options={options} value={String(chosen)} onChange={onChange} />
}
