import { Button } from '../../../kit/button'
import { formatCount } from '../../../kit/format'
import { ProgressBar } from '../../../kit/progress-bar'
import type { ExportProgress } from '../changes/use-export'

/** How far an export is, with the way to stop it. */
export function ExportLine({
  progress,
  onCancel,
}: {
  progress: ExportProgress | null
  onCancel: () => void
}) {
  if (!progress) return null
  const { rows, of } = progress
  return (
    <div className="flex items-center gap-3 border-b px-4 py-2">
      <div className="grow">
        <ProgressBar
          label="Exporting"
          value={of === 0 ? 0 : Math.min(1, rows / of)}
          text={`${formatCount(rows)} of ${formatCount(of)}`}
        />
      </div>
      <Button size="sm" onPress={onCancel}>
        Stop
      </Button>
    </div>
  )
}
