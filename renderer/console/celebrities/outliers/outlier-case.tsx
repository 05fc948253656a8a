import { Link } from '@tanstack/react-router'
import { ArrowLeftRight, Check, EqualNot, Merge, ScanFace, Trash2 } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Button } from '../../../kit/button'
import type { PhotoView } from '../../../kit/face/use-photo-view'
import { KeyHint } from '../../../kit/key-hint'
import { useShortcut } from '../../../kit/use-shortcut'
import { useConnection } from '../../../rpc/connection'
import { useReanalyze } from '../changes/use-changes'
import { useDistinguish } from '../detail/similar-section'
import { CelebrityFace, FurtherFace } from './outlier-photo'
import { whoStays, type Outlier } from './outlier-words'
import { useDeal, type Outliers } from './use-outliers'

interface CaseProps {
  item: Outlier
  outliers: Outliers
  mayEdit: boolean
}

const near: PhotoView = { landmarks: false, contours: false, mesh: false, box: false, zoomed: true }

/** One outlier, large, with what can be done about it. */
export function OutlierCase(props: CaseProps) {
  const [isNear, setNear] = useState(true)
  useShortcut('z', () => setNear(!isNear))
  const look = { view: { ...near, zoomed: isNear }, onZoom: () => setNear(!isNear) }
  const { item } = props
  return (
    <div className="flex flex-col gap-4">
      <p className="text-pretty text-ink-2">{item.why}</p>
      {item.kind === 'alike' && item.other ? (
        <AlikeCase {...props} other={item.other} look={look} />
      ) : item.kind === 'unlike' && item.photo ? (
        <UnlikeCase {...props} photo={item.photo} look={look} />
      ) : (
        <QualityCase {...props} look={look} />
      )}
    </div>
  )
}

type Look = Parameters<typeof CelebrityFace>[0]['look']

function AlikeCase({
  item,
  outliers,
  mayEdit,
  other,
  look,
}: CaseProps & { other: NonNullable<Outlier['other']>; look: Look }) {
  const { client, api, queries } = useConnection()
  const [swapped, setSwapped] = useState(false)
  const deal = useDeal(outliers)
  const distinguish = useDistinguish()
  const isFirstStaying = (whoStays(item) === 'celebrity') !== swapped
  const [staying, going] = isFirstStaying ? [item.celebrity, other] : [other, item.celebrity]
  const merge = () =>
    deal.mutate({
      item,
      act: async () => {
        const seen = await Promise.all(
          [staying.id, going.id].map((id) =>
            queries.query(api.celebrities.get.queryOptions({ input: { id } })),
          ),
        )
        return client.curation.merge({
          id: staying.id,
          others: [going.id],
          seen: Object.fromEntries(seen.map(({ id, updated_at }) => [id, updated_at])),
        })
      },
      done: `${going.name} merged into ${staying.name}`,
    })
  const tell = () => {
    outliers.hide(item)
    // This case is gone from the screen by the time that it ends: what `mutate` itself is given would not be called.
    distinguish
      .mutateAsync({ id: item.celebrity.id, other: other.id, are_distinct: true })
      .catch(() => undefined)
      .finally(() => outliers.show(item))
  }
  const trash = () =>
    deal.mutate({
      item,
      act: () => client.curation.trash({ selection: { ids: [going.id] } }),
      done: `${going.name} moved to the trash`,
    })
  const tag = (isStaying: boolean) =>
    mayEdit ? { label: isStaying ? 'Stays' : 'Goes', isGood: isStaying } : undefined
  return (
    <>
      <Sides>
        <CelebrityFace celebrity={item.celebrity} tag={tag(isFirstStaying)} look={look}>
          <OpenLink id={item.celebrity.id} />
        </CelebrityFace>
        <CelebrityFace celebrity={other} tag={tag(!isFirstStaying)} look={look}>
          <OpenLink id={other.id} />
        </CelebrityFace>
      </Sides>
      {mayEdit && (
        <Deeds>
          <Deed letter="m" icon={<Merge aria-hidden />} isPrimary onAct={merge}>
            Same person: merge
          </Deed>
          <Deed letter="n" icon={<EqualNot aria-hidden />} onAct={tell}>
            Not the same
          </Deed>
          <Deed letter="s" icon={<ArrowLeftRight aria-hidden />} onAct={() => setSwapped(!swapped)}>
            Swap who stays
          </Deed>
          <Deed letter="delete" icon={<Trash2 aria-hidden />} onAct={trash}>
            Trash who goes
          </Deed>
        </Deeds>
      )}
    </>
  )
}

function UnlikeCase({
  item,
  outliers,
  mayEdit,
  photo,
  look,
}: CaseProps & { photo: NonNullable<Outlier['photo']>; look: Look }) {
  const { client } = useConnection()
  const deal = useDeal(outliers)
  const { id, name } = item.celebrity
  return (
    <>
      <Sides>
        <CelebrityFace celebrity={item.celebrity} look={look}>
          <OpenLink id={id} />
        </CelebrityFace>
        <FurtherFace photo={photo} name={name} look={look} />
      </Sides>
      {mayEdit && (
        <Deeds>
          <Deed
            letter="delete"
            icon={<Trash2 aria-hidden />}
            isPrimary
            onAct={() =>
              deal.mutate({
                item,
                act: () => client.curation.removePhoto({ id, photo_id: photo.id }),
                done: `A photo of ${name} was removed`,
              })
            }
          >
            Somebody else: remove the further photo
          </Deed>
          <Deed
            letter="u"
            icon={<Check aria-hidden />}
            onAct={() =>
              deal.mutate({
                item,
                act: () => client.curation.usePhoto({ id, photo_id: photo.id }),
                done: `${name} is known by another photo`,
              })
            }
          >
            Use the further photo instead
          </Deed>
        </Deeds>
      )}
    </>
  )
}

function QualityCase({ item, outliers, mayEdit, look }: CaseProps & { look: Look }) {
  const { client } = useConnection()
  const deal = useDeal(outliers)
  const reanalyze = useReanalyze()
  const { id, name } = item.celebrity
  return (
    <>
      <Sides>
        <CelebrityFace celebrity={item.celebrity} look={look}>
          <OpenLink id={id} />
        </CelebrityFace>
      </Sides>
      {mayEdit && (
        <Deeds>
          <Deed
            letter="delete"
            icon={<Trash2 aria-hidden />}
            isPrimary
            onAct={() =>
              deal.mutate({
                item,
                act: () => client.curation.trash({ selection: { ids: [id] } }),
                done: `${name} moved to the trash`,
              })
            }
          >
            Move to trash
          </Deed>
          <Deed letter="r" icon={<ScanFace aria-hidden />} onAct={() => reanalyze.mutate({ ids: [id] })}>
            Re-analyse
          </Deed>
        </Deeds>
      )}
    </>
  )
}

function Sides({ children }: { children: ReactNode }) {
  return <div className="grid max-w-4xl grid-cols-2 gap-4">{children}</div>
}

function Deeds({ children }: { children: ReactNode }) {
  return (
    <div role="toolbar" aria-label="What to do" className="flex flex-wrap gap-2">
      {children}
    </div>
  )
}

/** Something to do about it, by a key as well. */
function Deed({
  letter,
  icon,
  isPrimary = false,
  onAct,
  children,
}: {
  letter: string
  icon: ReactNode
  isPrimary?: boolean
  onAct: () => void
  children: ReactNode
}) {
  useShortcut(letter, onAct)
  return (
    <Button size="lg" variant={isPrimary ? 'primary' : 'secondary'} icon={icon} onPress={onAct}>
      {children}
      <KeyHint keys={[letter === 'delete' ? 'Del' : letter.toUpperCase()]} />
    </Button>
  )
}

function OpenLink({ id }: { id: string }) {
  return (
    <Link to="." search={{ id }} className="self-start text-sm text-accent-ink hover:underline">
      Show in the catalogue
    </Link>
  )
}
