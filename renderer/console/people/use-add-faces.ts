import { useState } from 'react'
import { useConnection } from '../../rpc/connection'
import { errorCode } from '../../rpc/errors'
import { useUploadImage } from '../../rpc/hooks'
import { describeSendError } from '../photos/photo-problem'

/** A photo that was not taken, and why. */
export interface RefusedPhoto {
  fileName: string
  reason: string
  /** The person has this photo already: it is shown, nothing is lost. */
  isKnown: boolean
}

export interface AddingFaces {
  add: (files: readonly File[]) => void
  isPending: boolean
  /** Of the last photos given. */
  refused: readonly RefusedPhoto[]
  forgetRefused: () => void
}

/** The id that a CONFLICT names: this person's face of that very photo. */
function knownFaceId(error: unknown): string | undefined {
  if (errorCode(error) !== 'CONFLICT') return undefined
  const { data } = error as { data?: { face_id?: unknown } }
  return typeof data?.face_id === 'string' ? data.face_id : undefined
}

/**
 * Uploads photos as faces of a person, one after the other.
 * @param onFace is told each face that came of it, or that has this photo already
 */
export function useAddFaces(profileId: string, onFace: (faceId: string) => void): AddingFaces {
  const { client, api, queries } = useConnection()
  const upload = useUploadImage()
  const [isPending, setPending] = useState(false)
  const [refused, setRefused] = useState<readonly RefusedPhoto[]>([])

  const addOne = async (file: File) => {
    try {
      const image_path = await upload('faces', file, profileId)
      const { face_id } = await client.accounts.addFace({ profile_id: profileId, image_path })
      onFace(face_id)
    } catch (error) {
      const known = knownFaceId(error)
      if (known) onFace(known)
      setRefused((before) => [
        ...before,
        { fileName: file.name, reason: describeSendError(error), isKnown: known !== undefined },
      ])
    }
  }
  const add = async (files: readonly File[]) => {
    setPending(true)
    setRefused([])
    for (const file of files) await addOne(file)
    await queries.invalidateQueries({ queryKey: api.accounts.key() })
    setPending(false)
  }
  return { add: (files) => void add(files), isPending, refused, forgetRefused: () => setRefused([]) }
}
