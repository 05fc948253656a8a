import { ArrowRightLeft, Download } from 'lucide-react'
import type { PackView } from '../../../core/models/contract'
import { StatusDot } from '../../kit/badge'
import { Button } from '../../kit/button'
import { DetailPane } from '../../kit/detail-pane'
import { formatBytes, formatLabel, formatNumber } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { Facts, Section } from '../../kit/section'
import { formatProvider, packState } from './words'

/** A pack: what it may be used for, what it is made of, how it runs here, and what can be done with it. */
export function PackDetail({
  pack,
  isAdmin,
  isBusy,
  isInstalling,
  onPlan,
  onInstall,
  onClose,
}: {
  pack: PackView
  isAdmin: boolean
  /** A switch is under way. */
  isBusy: boolean
  isInstalling: boolean
  onPlan: () => void
  onInstall: () => void
  onClose: () => void
}) {
  const { word, tone } = packState(pack)
  const mayInstall = !pack.is_installed && pack.can_fetch
  const maySwitch = pack.is_installed && !pack.is_active
  return (
    <DetailPane
      label="Pack"
      title={pack.title}
      subtitle={`${pack.name}, version ${pack.version}`}
      onClose={onClose}
      actions={
        isAdmin &&
        (mayInstall || maySwitch) && (
          <>
            {maySwitch && (
              <Button
                variant="primary"
                icon={<ArrowRightLeft aria-hidden />}
                isDisabled={isBusy}
                onPress={onPlan}
              >
                Plan the switch…
              </Button>
            )}
            {mayInstall && (
              <Button icon={<Download aria-hidden />} isDisabled={isInstalling} onPress={onInstall}>
                Install…
              </Button>
            )}
            {maySwitch && isBusy && <span className="text-sm text-ink-3">A switch is under way.</span>}
          </>
        )
      }
    >
      <StatusDot tone={tone}>{word}</StatusDot>
      {!pack.is_installed && !pack.can_fetch && (
        <Notice tone="info">
          Its files are your own: semblance packs install {pack.name} --from &lt;folder or zip&gt;
        </Notice>
      )}
      <Section title="Licence">
        <p className="text-pretty text-ink">{pack.licence}</p>
        {pack.terms && (
          <p className="text-pretty text-ink-2">
            {pack.terms.summary}{' '}
            <a href={pack.terms.url} target="_blank" rel="noreferrer" className="text-accent-ink underline">
              Read the terms
            </a>
          </p>
        )}
      </Section>
      <Section title="On this machine">
        <Facts
          facts={[
            ['Files', pack.file_bytes === null ? null : formatBytes(pack.file_bytes)],
            ['Runs on', pack.speed ? formatProvider(pack.speed.provider) : 'Not opened yet'],
            [
              'Speed',
              pack.speed && `${formatNumber(pack.speed.warm_up_ms, 1)} ms for one run of every model`,
            ],
            ['Memory', pack.speed && formatBytes(pack.speed.memory_bytes)],
            [
              'Passed over',
              pack.speed?.note && (
                <span key="note" className="whitespace-normal">
                  {pack.speed.note}
                </span>
              ),
            ],
          ]}
        />
      </Section>
      <Section title="Models">
        <Facts facts={Object.entries(pack.roles).map(([role, by]) => [formatLabel(role), by] as const)} />
      </Section>
      <Section title="Embeddings">
        <p className="font-mono text-sm break-all text-ink-2">
          {pack.embedding_model ?? 'Named once it is installed.'}
        </p>
      </Section>
    </DetailPane>
  )
}
