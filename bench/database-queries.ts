/** Runs a statement and gives its rows. Several at once where there are no values. */
export type Sql = <Row = Record<string, unknown>>(text: string, values?: readonly unknown[]) => Promise<Row[]>

export interface QueryDefinition {
  text: string
  values: readonly unknown[]
}

/** The live feed, as the data model documents it ("Live Match Discovery"). */
export const liveFeed: QueryDefinition = {
  text: `select m.*, fa.image_path as face_a_image, fb.image_path as face_b_image, pa.name as user_a_name,
      pb.name as user_b_name
    from public.matches m
    join public.faces fa on m.face_a_id = fa.id
    join public.faces fb on m.face_b_id = fb.id
    join public.profiles pa on fa.profile_id = pa.id
    join public.profiles pb on fb.profile_id = pb.id
    order by m.similarity_score desc, m.created_at desc
    limit 20`,
  values: [],
}

/** A person's matches, as documented ("User Match Details"), with the ids of their faces as the client has them. */
export const matchesOfFaces = (faces: readonly string[]): QueryDefinition => ({
  text: 'select * from public.matches where face_a_id = any ($1::uuid[]) or face_b_id = any ($1::uuid[])',
  values: [faces],
})

/** As small as a query of the application gets: everybody may read a setting, so that its policy costs nothing. */
export const oneSetting: QueryDefinition = {
  text: 'select value from public.system_settings where key = $1',
  values: ['match_threshold'],
}
