import { ArrowLeftRight, Check, EqualNot, Merge, ScanFace, Trash2 } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { ChangeGroup } from '../../../../core/celebrities/contract-curation'
import { Button } from '../../../kit/button'
import type { PhotoView } from '../../../kit/face/use-photo-view'
import { KeyHint } from '../../../kit/key-hint'
import { useShortcut } from '../../../kit/use-shortcut'
import { useConnection } from '../../../rpc/connection'
import { useReanalyze } from '../changes/use-changes'
import { useDistinguish } from '../detail/similar-section'
import { CelebrityFace, FurtherFace, type Look } from './outlier-photo'
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

function AlikeCase({
  item,
  outliers,
  mayEdit,
  other,
  look,
}: CaseProps & { other: NonNullable<Outlier['other']>; look: Look }) {
  const { client, api, queries } = useConnection()
  const [swapped, setSwapped] = useState(false)
  const deal = useDealWith(item, outliers)
  const distinguish = useDistinguish()
  const isFirstStaying = (whoStays(item) === 'celebrity') !== swapped
  const [staying, going] = isFirstStaying ? [item.celebrity, other] : [other, item.celebrity]
  const merge = async () => {
    const seen = await Promise.all(
      [staying.id, going.id].map((id) => queries.query(api.celebrities.get.queryOptions({ input: { id } }))),
    )
    return client.curation.merge({
      id: staying.id,
      others: [going.id],
      seen: Object.fromEntries(seen.map(({ id, updated_at }) => [id, updated_at])),
    })
  }
  const tellApart = () => {
    outliers.hide(item)
    // This case is gone from the screen by the time that it ends: what `mutate` itself is given would not be called.
    distinguish
      .mutateAsync({ id: item.celebrity.id, other: other.id, are_distinct: true })
      .catch(() => undefined)
      .finally(() => outliers.show(item))
  }
  const deeds: Deed[] = [
    {
      letter: 'm',
      icon: <Merge aria-hidden />,
      label: 'Same person: merge',
      onAct: () => deal(merge, `${going.name} merged into ${staying.name}`),
    },
    { letter: 'n', icon: <EqualNot aria-hidden />, label: 'Not the same', onAct: tellApart },
    {
      letter: 's',
      icon: <ArrowLeftRight aria-hidden />,
      label: 'Swap who stays',
      onAct: () => setSwapped(!swapped),
    },
    {
      letter: 'delete',
      icon: <Trash2 aria-hidden />,
      label: 'Trash who goes',
      onAct: () =>
        deal(
          () => client.curation.trash({ selection: { ids: [going.id] } }),
          `${going.name} moved to the trash`,
        ),
    },
  ]
  const tag = (isStaying: boolean) =>
    mayEdit ? { label: isStaying ? 'Stays' : 'Goes', isGood: isStaying } : undefined
  return (
    <Sides deeds={mayEdit ? deeds : []}>
      <CelebrityFace celebrity={item.celebrity} tag={tag(isFirstStaying)} look={look} />
      <CelebrityFace celebrity={other} tag={tag(!isFirstStaying)} look={look} />
    </Sides>
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
  const deal = useDealWith(item, outliers)
  const { id, name } = item.celebrity
  const deeds: Deed[] = [
    {
      letter: 'delete',
      icon: <Trash2 aria-hidden />,
      label: 'Somebody else: remove the further photo',
      onAct: () =>
        deal(() => client.curation.removePhoto({ id, photo_id: photo.id }), `A photo of ${name} was removed`),
    },
    {
      letter: 'u',
      icon: <Check aria-hidden />,
      label: 'Use the further photo instead',
      onAct: () =>
        deal(() => client.curation.usePhoto({ id, photo_id: photo.id }), `${name} is known by another photo`),
    },
  ]
  return (
    <Sides deeds={mayEdit ? deeds : []}>
      <CelebrityFace celebrity={item.celebrity} look={look} />
      <FurtherFace photo={photo} name={name} look={look} />
    </Sides>
  )
}

function QualityCase({ item, outliers, mayEdit, look }: CaseProps & { look: Look }) {
  const { client } = useConnection()
  const deal = useDealWith(item, outliers)
  const reanalyze = useReanalyze()
  const { id, name } = item.celebrity
  const deeds: Deed[] = [
    {
      letter: 'delete',
      icon: <Trash2 aria-hidden />,
      label: 'Move to trash',
      onAct: () =>
        deal(() => client.curation.trash({ selection: { ids: [id] } }), `${name} moved to the trash`),
    },
    {
      letter: 'r',
      icon: <ScanFace aria-hidden />,
      label: 'Re-analyse',
      onAct: () => reanalyze.mutate({ ids: [id] }),
    },
  ]
  return (
    <Sides deeds={mayEdit ? deeds : []}>
      <CelebrityFace celebrity={item.celebrity} look={look} />
    </Sides>
  )
}

function useDealWith(item: Outlier, outliers: Outliers) {
  const deal = useDeal(outliers)
  return (act: () => Promise<ChangeGroup>, done: string) => deal.mutate({ item, act, done })
}

/** Something to do about it, by a key as well. */
interface Deed {
  letter: string
  icon: ReactNode
  label: string
  onAct: () => void
}

/** The faces side by side, and below them what can be done: the likeliest first. */
function Sides({ deeds, children }: { deeds: readonly Deed[]; children: ReactNode }) {
  return (
    <>
      <div className="grid max-w-4xl grid-cols-2 gap-4">{children}</div>
      {deeds.length > 0 && (
        <div role="toolbar" aria-label="What to do" className="flex flex-wrap gap-2">
          {deeds.map((deed, place) => (
            <DeedButton key={deed.letter} {...deed} isPrimary={place === 0} />
          ))}
        </div>
      )}
    </>
  )
}

function DeedButton({ letter, icon, label, onAct, isPrimary }: Deed & { isPrimary: boolean }) {
  useShortcut(letter, onAct)
  return (
    <Button size="lg" variant={isPrimary ? 'primary' : 'secondary'} icon={icon} onPress={onAct}>
      {label}
      <KeyHint keys={[letter === 'delete' ? 'Del' : letter.toUpperCase()]} />
    </Button>
  )
}
