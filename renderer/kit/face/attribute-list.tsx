import type { ReactNode } from 'react'
import { expressions, type FaceAttributes } from '../../../core/model/face'
import { formatDateTime, formatLabel, formatNumber, unknown } from '../format'
import { Meter } from '../meter'
import { Facts, Section } from '../section'
import {
  formatAttribute,
  geometryAttributes,
  matchingQuality,
  poseAttributes,
  qualityAttributes,
  type NumericAttribute,
} from './attributes'
import { CenteredBar } from './bars'
import { QualityMeters } from './quality-meters'
import { formatLab, SkinSwatch } from './skin-swatch'

/** What is known of the photo itself. */
export interface PhotoFacts {
  image_hash: string | null
  image_width: number | null
  image_height: number | null
  faces_found: number | null
  embedding_model: string | null
  analyzed_at: Date | null
}

export interface AttributeListProps {
  face: FaceAttributes
  photo?: PhotoFacts
}

/** Everything that the analysis says of a face, with units. What it could not determine is a dash. */
export function AttributeList({ face, photo }: AttributeListProps) {
  return (
    <>
      <Section title="Appearance">
        <Appearance face={face} />
      </Section>
      <Section title="Quality" aside="0 to 1, higher is better">
        <div className="flex flex-col gap-1">
          {qualityAttributes.map((attribute) => (
            <QualityMeter key={attribute.label} attribute={attribute} face={face} />
          ))}
        </div>
      </Section>
      {face.quality_components && <QualityMeters components={face.quality_components} />}
      <Section title="Pose" aside="degrees from frontal">
        <Pose face={face} />
      </Section>
      {face.emotion_scores && <ExpressionScores face={face} />}
      {face.geometry_ratios && <Geometry face={face} />}
      {photo && (
        <Section title="Photo">
          <PhotoLines photo={photo} />
        </Section>
      )}
    </>
  )
}

function Appearance({ face }: { face: FaceAttributes }) {
  const { age, gender, expression, expression_confidence: confidence, skin_tone_lab: lab } = face
  return (
    <Facts
      facts={[
        ['Age', age === null ? unknown : `${formatAttribute('years', age)}, estimated`],
        ['Gender', gender === null ? unknown : `${formatLabel(gender)}, detected`],
        [
          'Expression',
          expression === null
            ? unknown
            : `${formatLabel(expression)}${confidence === null ? '' : `, confidence ${formatNumber(confidence)}`}`,
        ],
        [
          'Skin tone',
          lab === null ? (
            unknown
          ) : (
            <span
              className="inline-flex items-center gap-2 align-top"
              title="Dominant colour of cheeks and forehead, CIELAB under D65"
            >
              <SkinSwatch lab={lab} />
              <span className="whitespace-pre">{formatLab(lab)}</span>
            </span>
          ),
        ],
      ]}
    />
  )
}

function QualityMeter({ attribute, face }: { attribute: NumericAttribute; face: FaceAttributes }) {
  const value = attribute.read(face)
  const isOverall = attribute.label === 'Quality'
  return (
    <div title={attribute.meaning}>
      <Meter
        label={attribute.label}
        value={value}
        text={formatNumber(value)}
        tone={isOverall && value !== null && value < matchingQuality ? 'warning' : 'accent'}
        marker={
          isOverall
            ? { value: matchingQuality, label: `matched from ${formatNumber(matchingQuality)}` }
            : undefined
        }
      />
    </div>
  )
}

function Pose({ face }: { face: FaceAttributes }) {
  return (
    <dl className="flex flex-col gap-1">
      {poseAttributes.map(({ label, meaning, kind, read }) => {
        const value = read(face)
        return (
          <div
            key={label}
            title={meaning}
            className="grid grid-cols-[minmax(5.5rem,7rem)_1fr_3rem] items-center gap-2"
          >
            <dt className="text-ink-2">{label}</dt>
            <dd className="col-span-2 grid grid-cols-subgrid items-center">
              <CenteredBar value={value ?? 0} range={60} />
              <span className="text-right">{value === null ? unknown : formatAttribute(kind, value)}</span>
            </dd>
          </div>
        )
      })}
    </dl>
  )
}

function ExpressionScores({ face }: { face: FaceAttributes }) {
  return (
    <Section title="Expression scores" aside="indicative, sum 1">
      <div className="flex flex-col gap-1">
        {expressions.map((expression) => {
          const value = face.emotion_scores?.[expression] ?? null
          return (
            <Meter
              key={expression}
              label={formatLabel(expression)}
              value={value}
              text={formatNumber(value)}
              tone={expression === face.expression ? 'accent' : 'neutral'}
            />
          )
        })}
      </div>
    </Section>
  )
}

function Geometry({ face }: { face: FaceAttributes }) {
  return (
    <Section title="Geometry" aside="ratios of distances">
      <dl className="grid grid-cols-2 gap-x-6 gap-y-1">
        {geometryAttributes.map(({ label, meaning, kind, read }) => {
          const value = read(face)
          return (
            <div key={label} title={meaning} className="flex justify-between gap-2">
              <dt className="truncate text-ink-2">{label}</dt>
              <dd>{value === null ? unknown : formatAttribute(kind, value)}</dd>
            </div>
          )
        })}
      </dl>
    </Section>
  )
}

function PhotoLines({ photo }: { photo: PhotoFacts }) {
  const { image_width: width, image_height: height, faces_found: found } = photo
  return (
    <Facts
      facts={[
        ['Size', width && height ? `${width} × ${height} px` : unknown],
        [
          'Faces found',
          found === null ? unknown : found > 1 ? `${found}; the largest is used` : String(found),
        ],
        ['Model', <Code key="model">{photo.embedding_model}</Code>],
        ['MD5', <Code key="hash">{photo.image_hash}</Code>],
        ['Analysed', photo.analyzed_at ? formatDateTime(photo.analyzed_at) : unknown],
      ]}
    />
  )
}

function Code({ children }: { children: ReactNode }) {
  return <code className="font-mono text-sm select-all">{children ?? unknown}</code>
}
