/**
 * What stands in the place of a photo that has no address. Photos that browsers can't show (HEIC, TIFF) get one with
 * their analysis.
 * @param state of the analysis: a job's status, or a celebrity's state
 */
export function photoPlaceholder(state: string | undefined): string {
  switch (state) {
    case 'waiting':
    case 'pending':
    case 'analyzing':
    case 'processing':
      return 'The photo can be shown once it has been analysed.'
    default:
      return 'This photo can’t be shown.'
  }
}
