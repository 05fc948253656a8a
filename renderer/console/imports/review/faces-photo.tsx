import { ImageOff } from 'lucide-react'
import { useState } from 'react'
import type { ImportFileDetail } from '../../../../core/celebrities/contract-import-schemas'
import { cx } from '../../../kit/class-names'
import { fitRegion } from '../../../kit/face/face-transform'
import { useSize } from '../../../kit/face/use-size'
import { formatNumber } from '../../../kit/format'
import { isPicture } from '../import-words'

/** Faces that keys choose: only these show their number, so that a crowd stays a picture. */
const numbered = 9

/** A photo with a box around each face; a click on a box, or its number, proposes that face. */
export function FacesPhoto({
  file,
  onFace,
}: {
  file: ImportFileDetail
  /** Undefined where nothing can be decided. */
  onFace: ((faceIndex: number) => void) | undefined
}) {
  const [frame, frameSize] = useSize<HTMLDivElement>()
  const [failed, setFailed] = useState<string>()
  const { width, height, found_faces: faces } = file
  const src = isPicture(file) ? file.image_url : null
  const isShown = src !== null && failed !== src
  const size = width && height ? { width, height } : null
  const fit = size && frameSize && fitRegion({ x: 0, y: 0, ...size }, frameSize)
  return (
    <div ref={frame} className="relative min-h-40 min-w-0 grow overflow-hidden rounded-md border bg-raised">
      {!isShown && (
        <p className="absolute inset-0 flex flex-col items-center justify-center gap-2 px-6 text-center text-pretty text-ink-3">
          <ImageOff className="size-5 stroke-[1.5]" aria-hidden />
          {file.state === 'found'
            ? 'It is shown once it is analysed.'
            : src !== null
              ? 'The photo can’t be had from its source now.'
              : 'There is no picture to show.'}
        </p>
      )}
      {isShown && (
        <div
          className="absolute"
          style={
            size && fit
              ? { left: fit.tx, top: fit.ty, width: size.width * fit.a, height: size.height * fit.a }
              : { inset: 0 }
          }
        >
          <img
            src={src}
            alt={`Photo of ${file.person_name ?? file.name ?? 'somebody without a name'}`}
            draggable={false}
            decoding="async"
            onError={() => setFailed(src)}
            className="size-full object-contain"
          />
          {size &&
            faces.map((face, index) => (
              <FaceBox
                key={face.face_index}
                number={index + 1}
                isChosen={face.face_index === file.face_index}
                style={{
                  left: `${(face.box.x / size.width) * 100}%`,
                  top: `${(face.box.y / size.height) * 100}%`,
                  width: `${(face.box.width / size.width) * 100}%`,
                  height: `${(face.box.height / size.height) * 100}%`,
                }}
                likeness={face.cosine_to_person}
                onPress={onFace && (() => onFace(face.face_index))}
              />
            ))}
        </div>
      )}
    </div>
  )
}

function FaceBox({
  number,
  isChosen,
  likeness,
  style,
  onPress,
}: {
  number: number
  isChosen: boolean
  /** To the person by name. */
  likeness: number | null
  style: React.CSSProperties
  onPress: (() => void) | undefined
}) {
  const words = likeness === null ? '' : `, likeness ${formatNumber(likeness)} to the person`
  return (
    <button
      type="button"
      aria-label={`Face ${number}${words}${isChosen ? ', proposed' : ''}`}
      aria-pressed={isChosen}
      title={likeness === null ? undefined : `Likeness ${formatNumber(likeness)} to the person`}
      // Faces that nobody can choose any more are still shown.
      disabled={!onPress}
      onClick={onPress}
      style={style}
      className={cx(
        'absolute rounded-sm border-2 shadow-[0_0_0_1px_rgb(0_0_0/0.45),inset_0_0_0_1px_rgb(0_0_0/0.35)]',
        // A photo is no surface of the theme: the same in both.
        isChosen ? 'border-[oklch(0.88_0.14_200)]' : 'border-white/75 hover:border-white',
      )}
    >
      {(isChosen || number <= numbered) && (
        // Above the face, of which nothing is to be covered.
        <span
          className={cx(
            'absolute bottom-full -left-0.5 min-w-4 rounded-t-sm px-1 text-center text-xs font-semibold',
            isChosen ? 'z-10 bg-[oklch(0.88_0.14_200)] text-black' : 'bg-black/65 text-white',
          )}
        >
          {number}
        </span>
      )}
    </button>
  )
}
